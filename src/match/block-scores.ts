// Block scores: coefficients of a picture of one channel, made where the products lie, from sums over its windows. Nothing but the
// picture is copied in, and nothing but scores out.

import { product } from '../core/lists.js';
import { isFloat32 } from '../core/typed-array.js';
import type { BlockResults, Blocks, Finish } from '../sums/request.js';
import type { NumberArray } from '../sums/samples.js';
import { wholeScores } from './integer-scores.js';
import type { Picture } from './picture.js';
import { mapSizes } from './products.js';
import { type ScoreMaker, stripScores } from './window-norms.js';

/** A finish for the coefficients of one template; none where they are made from a map of products. */
export function blockScores(
  picture: Picture,
  template: readonly number[],
  out: NumberArray,
): BlockScores | undefined {
  const { planes, statistics, isShared } = picture;
  const isPicture = planes.shape[0] === 1 && planes.shape.length === 3;
  const isSingle = isFloat32(planes.data) && isFloat32(out);
  if (!isPicture || !isSingle || isShared || !statistics.finite) return undefined;
  const maker = wholeScores(picture, template) ?? stripScores(planes, statistics, template);
  return maker && new BlockScores(maker, mapSizes(planes.shape, template), template, out);
}

class BlockScores implements Finish {
  /** some scores are DOUBTFUL */
  doubtful = false;
  /** windows that are left */
  #left: number;
  #isSingle = 0;

  constructor(
    readonly maker: ScoreMaker,
    readonly map: readonly number[],
    readonly template: readonly number[],
    readonly out: NumberArray,
  ) {
    this.#left = product(map);
  }

  /** Whether all scores are made. */
  get isDone(): boolean {
    return this.#left === 0;
  }

  /** For blocks of whole rows and of the whole template. */
  bytes({ good, taps, precision }: Blocks): number {
    if (good[2] < this.map[1] || String(taps) !== String(this.template)) return 0;
    this.#isSingle = Number(precision === 'float32');
    return this.maker.bytes;
  }

  take(results: BlockResults): void {
    const { buffer, at, first, count } = results;
    const [, rows, windows] = count;
    // scores take the place of products: a row of them is no longer
    if (this.maker.make(results, this.#isSingle)) this.doubtful = true;
    this.out.set(new Float32Array(buffer, at, rows * windows), first[1] * windows);
    this.#left -= rows * windows;
  }
}
