// Reads a volume, or reads it and labels it with MeshNet. A job depends on no earlier job, so its worker may be ended
// at any time.

import { type Conv3d, memoryUsage, tensor } from 'convnd';
import { argmax, type MeshNet } from '../../../examples/meshnet.ts';
import { labelFile } from '../../../examples/nifti.ts';
import { tally } from '../../../examples/tissues.ts';
import { serveTask } from '../task.ts';
import { startThreads } from '../threads.ts';
import type { Job, LayerDone, Reading, Segmentation } from './job.ts';
import { loadNetwork, needOf } from './network.ts';
import { gzip, readVolume } from './volume-file.ts';

type Report = (progress: LayerDone) => void;

serveTask<Job, LayerDone, Reading | Segmentation>(({ kind, name, file }, report) =>
  kind === 'read' ? read(name, file) : segment(name, file, report),
);

async function read(name: string, file: Blob): Promise<[Reading, Transferable[]]> {
  const { data, shape, spacing, oriented, affine } = await readVolume(name, file);
  const bytes = new Uint8Array(data.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Math.round(255 * data[i]);
  const need = needOf(await loadNetwork(), shape);
  return [{ data: bytes, shape, spacing, oriented, affine, need }, [bytes.buffer]];
}

async function segment(name: string, file: Blob, report: Report): Promise<[Segmentation, Transferable[]]> {
  const volume = await readVolume(name, file);
  const network = await loadNetwork();
  const threads = await startThreads();
  const start = performance.now();
  const told = reporter(network, threads, report);
  const scores = network.forward(tensor(volume.data, [1, 1, ...volume.shape]), told);
  const labels = argmax(scores) as Uint8Array<ArrayBuffer>;
  const seconds = (performance.now() - start) / 1000;
  const description = 'convnd MeshNet: 0 background, 1 white, 2 grey matter';
  const packed = await gzip(labelFile(labels, volume, description));
  const counts = tally(labels);
  const wasm = memoryUsage().total;
  return [{ labels, counts, file: packed, seconds, threads, wasm }, [labels.buffer]];
}

/** Tells the page which layer is running, and the fraction of the estimated total time that has passed. */
function reporter({ layers }: MeshNet, threads: number, report: Report): () => void {
  const costs = layers.map(costOf);
  const total = costs.reduce((a, b) => a + b);
  let layer = 0;
  let done = 0;
  const tell = () => {
    report({
      layer,
      layers: layers.length,
      threads,
      next: layer < layers.length ? nameOf(layers[layer]) : '',
      done,
      total,
    });
  };
  tell();
  return () => {
    done += costs[layer++];
    tell();
  };
}

/** Moving an output through memory takes about as long as this many products. */
const traffic = 30;

function costOf({ inChannels, outChannels, kernelSize }: Conv3d): number {
  return outChannels * (inChannels * kernelSize.reduce((a, b) => a * b) + traffic);
}

function nameOf({ kernelSize, dilation }: Conv3d): string {
  return `${kernelSize.join(' × ')}, dilation ${dilation[0]}`;
}
