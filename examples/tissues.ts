// The classes of MeshNet.

import type { Colours } from './slices.js';

/** The class names, in the order of the network's output channels. */
export const classes = ['background', 'white matter', 'grey matter'] as const;

/** The colour of each class; the background is not coloured. */
export const colours = [undefined, [255, 196, 77], [72, 149, 239]] as const satisfies Colours;

/** The number of voxels of each label. */
export function tally(labels: Uint8Array): number[] {
  const counts = classes.map(() => 0);
  for (let i = 0; i < labels.length; i++) counts[labels[i]]++;
  return counts;
}
