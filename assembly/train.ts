// The exports of the module of gradients, declared in src/train/entries.ts. It imports the memory of the layers' module and has no static
// data. Micro-kernels are exported to prevent inlining; the shipped module does not have these exports.

export { correlate3x8InPlace } from './kernels/correlate3x8';
export { correlate4x8InPlace } from './kernels/correlate4x8';
export { correlate5x8InPlace } from './kernels/correlate5x8';
export { dots1x3, dots1x4, dots1x5 } from './train/dots1';
export { dots2x3 } from './train/dots2x3';
export { dots2x4 } from './train/dots2x4';
export { maskAndSum } from './train/mask';
export { packFour, packRows } from './train/pack-channels';
export { roundSums } from './train/round';
export { weightPairs } from './train/weight-pairs';
export { packChannels, weightPanels } from './train/weight-panels';
export { weightPlanes, weightPlanes as weightQuads } from './train/weight-planes';
