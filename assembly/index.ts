// The entries of the module. Those that compute share one signature, entry(plan, begin, end), over independent items.

export { stage } from './stage';
export { pack } from './pack';
export { gemm } from './gemm';
export { direct } from './direct';
export { interleave } from './interleave';
export { fingerprint } from './fingerprint';

/** The first byte that the module does not use itself. */
export function heapBase(): usize {
  return __heap_base;
}
