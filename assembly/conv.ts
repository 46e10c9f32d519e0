// The entries of the module: src/engine/entries.ts declares the same names. Those that compute share one signature,
// entry(task, workspace, begin, end), over independent items.

export { depthwiseLanes } from './schedule/depthwise-lanes';
export { depthwisePlanes } from './schedule/depthwise-planes';
export {
  depthwiseLongRows,
  depthwiseNarrow,
  depthwiseRows,
  depthwiseVectors,
} from './schedule/depthwise-rows';
export { direct, directRows } from './schedule/direct';
export { gemm } from './schedule/gemm';
export { inside } from './schedule/inside';
export { stage } from './schedule/stage';
export { winograd } from './schedule/winograd';
export { fingerprint, finite } from './weights/fingerprint';
export { pack, packWinograd } from './weights/pack';
export { finish } from './window/finish';
export { interleave } from './window/interleave';

/** The first byte that the module does not use itself. */
export function heapBase(): usize {
  return __heap_base;
}
