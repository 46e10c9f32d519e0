// The entries of the module: src/engine/entries.ts declares the same names. Those that compute share one signature,
// entry(plan, begin, end), over independent items.

export { clamp, leakyRelu } from './activate';
export { stage } from './stage';
export { pack } from './pack';
export { gemm } from './gemm';
export { direct } from './direct';
export { depthwise } from './depthwise';
export { winograd } from './winograd';
export { interleave } from './interleave';
export { fingerprint } from './fingerprint';

/** The first byte that the module does not use itself. */
export function heapBase(): usize {
  return __heap_base;
}
