// The exports of the layers' module, declared in src/engine/entries.ts. Entries that compute have the signature
// (task, workspace, begin, end) and process independent items.

export { depthwiseLanes } from './schedule/depthwise-lanes';
export { depthwisePlanes } from './schedule/depthwise-planes';
export {
  depthwiseLongRows,
  depthwiseRows,
} from './schedule/depthwise-rows';
export { direct, directRows } from './schedule/direct';
export { gemm } from './schedule/gemm';
export { inside } from './schedule/inside';
export { interleave } from './schedule/interleave';
export { stage } from './schedule/stage';
export { winograd } from './schedule/winograd';
export { fingerprint, finite } from './weights/fingerprint';
export { pack, packWinograd } from './weights/pack';
export { finish } from './window/finish';

/** The first byte after the module's static data. */
export function heapBase(): usize {
  return __heap_base;
}
