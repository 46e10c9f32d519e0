// Picture: an image while templates are looked for in it. What several templates need of it is computed once.

import { product } from '../core/lists.js';
import type { NumberArray, Samples } from '../sums/samples.js';
import { windowSums } from '../sums/window-sums.js';
import { inverseNorms, ROUNDING, SMALLEST_SHARE, SQUARE_SLACK, type WindowNorms } from './finish.js';
import { mapSizes } from './products.js';
import { centred, powerOfTwo, type Statistics, statisticsOf } from './statistics.js';

/** Planes of an image, as they are and as sums need them. */
export class Picture {
  readonly #norms = new Map<string, WindowNorms>();
  readonly #centred = new Map<string, NumberArray>();
  #statistics: Statistics | undefined;
  #scaled: { data: Float64Array; scale: number; energy: number } | undefined;

  /** @param planes with a border around them, if there is one */
  constructor(readonly planes: Samples) {}

  get statistics(): Statistics {
    this.#statistics ??= statisticsOf(this.planes);
    return this.#statistics;
  }

  /** (x − centre) · scale. */
  centred(dtype: 'float64' | 'float32'): Samples {
    let data = this.#centred.get(dtype);
    if (!data) {
      const count = this.planes.data.length;
      const room = dtype === 'float64' ? new Float64Array(count) : new Float32Array(count);
      data = centred(this.planes, this.statistics, room);
      this.#centred.set(dtype, data);
    }
    return { data, shape: this.planes.shape };
  }

  /** x · scale, with the sum of the squares. Numbers that are not finite have no part in that. */
  get scaled(): { data: Float64Array; scale: number; energy: number } {
    if (this.#scaled) return this.#scaled;
    const { data } = this.planes;
    const magnitude = (x: number) => (x - x === 0 ? Math.abs(x) : 0);
    let largest = 0;
    for (let i = 0; i < data.length; i++) largest = Math.max(largest, magnitude(data[i]));
    const scale = 1 / powerOfTwo(largest);
    const numbers = Float64Array.from(data, (x) => x * scale);
    const energy = numbers.reduce((sum, x) => sum + magnitude(x) ** 2, 0);
    this.#scaled = { data: numbers, scale, energy };
    return this.#scaled;
  }

  /** Of (x − the window's mean) · scale, over all channels. */
  deviationNorms(template: readonly number[]): WindowNorms {
    return this.#cached('deviation', template, () => this.#deviationNorms(template));
  }

  /** Of x · scale, over all channels. */
  plainNorms(template: readonly number[]): WindowNorms {
    return this.#cached('plain', template, () => {
      const { data, energy } = this.scaled;
      const squares = this.#sumOfChannels(data, template, (x) => x * x);
      const limit = energy * SMALLEST_SHARE;
      return inverseNorms(squares, () => limit, true);
    });
  }

  /** Sums of ((x − centre) · scale)² of all windows, over all channels. */
  centredSquares(template: readonly number[]): Float64Array {
    return this.#sumOfChannels(this.centred('float64').data, template, (x) => x * x);
  }

  #cached(kind: string, template: readonly number[], make: () => WindowNorms): WindowNorms {
    const key = `${kind} ${template.join()}`;
    const found = this.#norms.get(key) ?? make();
    this.#norms.set(key, found);
    return found;
  }

  #deviationNorms(template: readonly number[]): WindowNorms {
    const { whole, reach, energy } = this.statistics;
    const { data, shape } = this.centred('float64');
    const sizes = [1, ...template.slice(1)];
    const count = product(sizes);
    const squares = this.#sumOfChannels(data, template, (x) => x * x);
    const { data: plain } = windowSums({ data, shape }, sizes);
    const windows = squares.length;
    // n·Σx² and (Σx)² of whole numbers are exact where they fit: then v is, and exactly 0 in flat windows
    const isExact = whole && count * count * reach * reach * shape[0] < 2 ** 53;
    const additions = sizes.reduce((a, b) => a + b, 0);
    const share = isExact ? 0 : ((3 * additions + 6) * ROUNDING) / SQUARE_SLACK;
    const limit = energy * SMALLEST_SHARE;
    const variances = new Float64Array(windows);
    for (let i = 0; i < windows; i++) variances[i] = squares[i] * count;
    for (let channel = 0, at = 0; channel < shape[0]; channel++)
      for (let i = 0; i < windows; i++, at++) variances[i] -= plain[at] * plain[at];
    for (let i = 0; i < windows; i++) variances[i] /= count;
    return inverseNorms(variances, (i) => share * squares[i] + limit, isExact);
  }

  #sumOfChannels(data: NumberArray, template: readonly number[], of: (x: number) => number): Float64Array {
    const { shape } = this.planes;
    const terms = Float64Array.from(data, of);
    const { data: planes } = windowSums({ data: terms, shape }, [1, ...template.slice(1)]);
    const windows = product(mapSizes(shape, template));
    const sum = planes.subarray(0, windows);
    for (let at = windows; at < planes.length; at++) sum[at % windows] += planes[at];
    return sum;
  }
}
