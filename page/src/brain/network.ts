// MeshNet with its weights, and the memory and time that it needs for a volume of a given shape.

import { loadSafetensors } from 'convnd';
import weights from '../../../examples/data/meshnet-gwm.safetensors?url';
import { MeshNet } from '../../../examples/meshnet.ts';
import { classes } from '../../../examples/tissues.ts';
import { fetchFile } from '../fetch-file.ts';
import type { Need } from './job.ts';

export async function loadNetwork(): Promise<MeshNet> {
  return new MeshNet(loadSafetensors(await (await fetchFile(weights)).arrayBuffer()));
}

/** The requirements of the network for a shape. */
export function needOf(network: MeshNet, shape: readonly number[]): Need {
  const voxels = shape.reduce((a, b) => a * b);
  let x = [1, 1, ...shape];
  let scratch = 0;
  for (const layer of network.layers) {
    scratch = Math.max(scratch, scratchOf(layer.explain(x)));
    x = layer.outputShape(x);
  }
  const channels = network.layers[0].outChannels;
  return {
    hidden: 4 * voxels * Math.max(channels, classes.length),
    // with outputs that wait until they may overwrite inputs
    scratch: 2 * scratch,
    arrays: 6 * voxels,
  };
}

const units: Record<string, number> = { '': 1, k: 1e3, M: 1e6, G: 1e9 };

/** @throws Error if the output of `explain` has another format */
export function scratchOf(explanation: string): number {
  const found = /^memory +([\d.]+) ([kMG]?)B scratch/m.exec(explanation);
  if (!found) throw new Error('explain() does not name the scratch');
  return Number(found[1]) * units[found[2]];
}
