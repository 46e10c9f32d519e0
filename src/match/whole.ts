// Whole: coefficients of a picture of whole numbers, such as bytes, made where the products lie. Sums over its windows are exact in 32
// bits, which takes a quarter as long as sums in float64, and nothing but the image is copied in and nothing but scores out.

import { product } from '../core/lists.js';
import { heap } from '../engine/heap.js';
import type { Blocks, Finish } from '../sums/request.js';
import type { NumberArray } from '../sums/samples.js';
import { isSingle, SMALLEST_SHARE } from './finish.js';
import { matchModule } from './module.js';
import type { Picture } from './picture.js';
import { mapSizes } from './products.js';
import { writeFacts } from './window-norms.js';

/** Whole numbers below it are float32. */
const WHOLE = 2 ** 24;

/** Squares below it, and differences of two, become whole numbers of 32 bits by one addition. */
const SQUARE = 2 ** 22;

/** Sums of squares below it are whole numbers of 32 bits. */
const SUM = 2 ** 31;

/** Bytes of the facts that the kernel is told, and of sums: at most so many for each column, and beside them. */
const FACTS = 128;
const COLUMN = 36;
const BESIDE = 256;

/** Numbers behind the last row that the kernel reads. */
const BEHIND = 8;

/** A finish for the coefficients of one template, if the picture is of that kind and the only template's. */
export function wholeFinish(
  picture: Picture,
  template: readonly number[],
  out: NumberArray,
): WholeFinish | undefined {
  const { planes, statistics, isShared } = picture;
  const { whole, finite, reach, centres } = statistics;
  const isPicture = planes.shape[0] === 1 && planes.shape.length === 3;
  const areSingle = isSingle(planes.data) && isSingle(out);
  const isExact = whole && finite && Math.abs(centres[0]) < WHOLE && reach ** 2 < SQUARE;
  if (!isPicture || !areSingle || isShared || !isExact || reach ** 2 * product(template) >= SUM)
    return undefined;
  return new WholeFinish(picture, template, out);
}

class WholeFinish implements Finish {
  /** some scores are DOUBTFUL */
  doubtful = false;
  /** rows of windows that are left */
  #left: number;
  #isSingle = 0;
  readonly #windows: number;
  readonly #columns: number;

  constructor(
    readonly picture: Picture,
    readonly template: readonly number[],
    readonly out: NumberArray,
  ) {
    [this.#left, this.#windows] = mapSizes(picture.planes.shape, template);
    this.#columns = picture.planes.shape[2];
  }

  /** Whether all scores are made. */
  get isDone(): boolean {
    return this.#left === 0;
  }

  /** For blocks of whole rows and of the whole template. */
  bytes({ good, taps, precision }: Blocks): number {
    if (good[2] < this.#windows || String(taps) !== String(this.template)) return 0;
    this.#isSingle = Number(precision === 'float32');
    return this.#roomBytes + 4 * ((good[1] + this.template[1] - 1) * this.#columns + BEHIND);
  }

  get #roomBytes(): number {
    return FACTS + COLUMN * this.#columns + BESIDE;
  }

  take(
    buffer: ArrayBuffer,
    at: number,
    pitch: number,
    first: readonly number[],
    count: readonly number[],
    free: number,
  ): void {
    const { wholeCoefficients } = matchModule(heap());
    const { planes, statistics } = this.picture;
    const [, height, width] = this.template;
    const [, begin] = first;
    const [, rows, windows] = count;
    const { centres, scale, energy } = statistics;
    const limits = { share: 0, limit: energy * SMALLEST_SHARE, isZeroSure: true };
    writeFacts(buffer, free, product(this.template), limits, scale, centres[0]);
    const x = free + this.#roomBytes;
    const columns = this.#columns;
    const numbers = (rows + height - 1) * columns;
    const image = new Float32Array(buffer, x, numbers + BEHIND);
    image.set(planes.data.subarray(begin * columns, begin * columns + numbers));
    image.fill(centres[0], numbers);
    // scores take the place of products: a row of them is no longer
    const found = wholeCoefficients(
      x,
      4 * columns,
      height,
      width,
      rows,
      windows,
      at,
      this.#isSingle,
      pitch,
      at,
      free + FACTS,
      free,
    );
    if (found !== 0) this.doubtful = true;
    this.out.set(new Float32Array(buffer, at, rows * windows), begin * windows);
    this.#left -= rows;
  }
}
