// Largest: the gradient of maxima over windows. Each goes to the number of its window that was the largest; sums are float64 and rounded
// once.

import type { AxisWindows } from '../../layers/recording.js';
import { type Table, tableOf } from './windows.js';

/**
 * The gradient of maxima: each goes to the number that was the largest of its window. Of equal ones it is the first, and of several NaN the
 * last, as in torch.
 * @param x the inputs, map by map
 * @param from gradients of outputs
 * @param to is written whole
 */
export function spreadToLargest(
  axes: readonly AxisWindows[],
  maps: number,
  x: Float32Array,
  from: Float32Array,
  to: Float32Array,
): void {
  const [depth, height, width] = axes.map(tableOf);
  const size = depth.input * height.input * width.input;
  const sums = new Float64Array(size);
  const largest = new LargestOfRow(depth, height, width);
  let o = 0;
  for (let map = 0; map < maps; map++) {
    const numbers = x.subarray(map * size, (map + 1) * size);
    sums.fill(0);
    for (let d = 0; d < depth.output; d++)
      for (let h = 0; h < height.output; h++) {
        const places = largest.find(numbers, d, h);
        for (let w = 0; w < places.length; w++, o++) if (places[w] >= 0) sums[places[w]] += from[o];
      }
    to.set(sums, map * size);
  }
}

/** Finds the largest numbers of the windows of a row of outputs. */
class LargestOfRow {
  readonly #most: Float32Array;
  readonly #places: Int32Array;

  constructor(
    readonly depth: Table,
    readonly height: Table,
    readonly width: Table,
  ) {
    this.#most = new Float32Array(width.output);
    this.#places = new Int32Array(width.output);
  }

  /** Their places in the map; -1 for an empty window. */
  find(numbers: Float32Array, d: number, h: number): Int32Array {
    const { depth, height, width } = this;
    this.#places.fill(-1);
    for (let i = 0; i < depth.counts[d]; i++) {
      const slice = depth.firsts[d] + i * depth.step;
      for (let j = 0; j < height.counts[h]; j++)
        this.#compare(numbers, (slice * height.input + height.firsts[h] + j * height.step) * width.input);
    }
    return this.#places;
  }

  /** Compares what the windows have of a row of inputs. */
  #compare(numbers: Float32Array, row: number): void {
    const { step, firsts, counts } = this.width;
    const [all, places] = [this.#most, this.#places];
    for (let w = 0; w < places.length; w++) {
      let place = places[w];
      let most = all[w];
      let at = row + firsts[w];
      for (let left = counts[w]; left > 0; left--, at += step) {
        const value = numbers[at];
        if (value > most || place < 0 || Number.isNaN(value)) {
          most = value;
          place = at;
        }
      }
      places[w] = place;
      all[w] = most;
    }
  }
}
