// The entries of the third module, which computes gradients: src/train/entries.ts declares the same names. It works in the memory of the
// first one and has no data of its own. Micro-kernels are exported so that the compiler does not inline them; they are not shipped.

export { correlate3x8InPlace } from './kernels/correlate3x8';
export { correlate4x8InPlace } from './kernels/correlate4x8';
export { correlate5x8InPlace } from './kernels/correlate5x8';
export { dots1x3, dots1x5 } from './train/dots1';
export { dots2x4 } from './train/dots2x4';
export { maskAndSum } from './train/mask';
export { packFour, packRows } from './train/pack-channels';
export { roundSums } from './train/round';
export { weightPairs } from './train/weight-pairs';
export { packChannels, weightPanels } from './train/weight-panels';
export { weightPlanes, weightPlanes as weightQuads } from './train/weight-planes';
