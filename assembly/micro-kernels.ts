// The micro-kernels. They are exported so that tests can call them, and so that they stay functions of their own: inlined into
// a macro-kernel, V8 runs out of vector registers inside the loop. The module that is shipped has no exports of them.

export { correlate3x8, correlate3x8InPlace } from './kernels/correlate3x8';
export { correlate4x8, correlate4x8InPlace } from './kernels/correlate4x8';
export { correlate5x8, correlate5x8InPlace } from './kernels/correlate5x8';
export { depthwise3x3, depthwise3x3s2 } from './kernels/depthwise3x3';
export { taps1x16 } from './kernels/taps1x16';
export { taps4x4 } from './kernels/taps4x4';
export { three1x16 } from './kernels/three1x16';
export { transformInput3x2, transformOutput3x2 } from './kernels/winograd3x2';
export { spreadColumns4x3, spreadRows4x3 } from './kernels/winograd4x3spread';
export { sumColumns4x3, sumRows4x3 } from './kernels/winograd4x3sum';
