// Exports all micro-kernels, for tests, and to prevent the compiler from inlining them: inside a macro-kernel V8 runs out of vector
// registers. The shipped module does not have these exports.

export { columns1x4k3x3, columns1x4k3x3s2 } from './kernels/columns1x4k3x3';
export { correlate3x8, correlate3x8InPlace } from './kernels/correlate3x8';
export { correlate4x8, correlate4x8InPlace } from './kernels/correlate4x8';
export { correlate5x8, correlate5x8InPlace } from './kernels/correlate5x8';
export { correlate10x4 } from './kernels/correlate10x4';
export { correlate20x1 } from './kernels/correlate20x1';
export { lanes4x7 } from './kernels/lanes4x7';
export { row1x16 } from './kernels/row1x16';
export { row1x16k3 } from './kernels/row1x16k3';
export { row2x16 } from './kernels/row2x16';
export { input3x2 } from './kernels/winograd3x2/input';
export { output3x2 } from './kernels/winograd3x2/output';
export { inputColumns4x3, inputRows4x3 } from './kernels/winograd4x3/input';
export { outputColumns4x3, outputRows4x3 } from './kernels/winograd4x3/output';
export { input8 } from './kernels/winograd8/input';
export { output8 } from './kernels/winograd8/output';
