// The classes of MeshNet.

import type { Colours } from './slices.js';

/** What each voxel can be, in the order of the network's output channels. */
export const classes = ['background', 'white matter', 'grey matter'] as const;

/** What each class is drawn in; the background is left as it is. */
export const colours = [undefined, [255, 196, 77], [72, 149, 239]] as const satisfies Colours;

/** How many voxels have each label. */
export function tally(labels: Uint8Array): number[] {
  const counts = classes.map(() => 0);
  for (let i = 0; i < labels.length; i++) counts[labels[i]]++;
  return counts;
}
