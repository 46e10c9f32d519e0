// The entries of the module: src/engine/entries.ts declares the same names. Those that compute share one signature,
// entry(plan, begin, end), over independent items.

export { clamp, leakyRelu } from './activate';
export { depthwise } from './depthwise';
export { direct } from './direct';
export { fingerprint } from './fingerprint';
export { gemm } from './gemm';
export { interleave } from './interleave';
export { pack } from './pack';
export { stage } from './stage';
export { winograd } from './winograd';

/** The first byte that the module does not use itself. */
export function heapBase(): usize {
  return __heap_base;
}
