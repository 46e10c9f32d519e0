// The gradient of max pooling: each output gradient goes to the maximum of its window. Sums are in float64 and rounded once.

import { findLargest, windowTable } from '../../layers/largest.js';
import type { AxisWindows } from '../../layers/recording.js';

/**
 * The gradient of max pooling.
 * @param x the inputs, map by map
 * @param from the gradients of the outputs
 * @param to receives the gradients of the inputs; overwritten
 */
export function spreadToLargest(
  axes: readonly AxisWindows[],
  maps: number,
  x: Float32Array,
  from: Float32Array,
  to: Float32Array,
): void {
  const tables = axes.map(windowTable);
  const size = to.length / maps;
  const outputs = from.length / maps;
  const sums = new Float64Array(size);
  const places = new Int32Array(outputs);
  for (let map = 0, o = 0; map < maps; map++) {
    findLargest(tables, x.subarray(map * size, (map + 1) * size), places);
    sums.fill(0);
    for (let i = 0; i < outputs; i++, o++) if (places[i] >= 0) sums[places[i]] += from[o];
    to.set(sums, map * size);
  }
}
