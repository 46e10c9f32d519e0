// Squared norms of all windows, from window sums of strips of the image, and scores computed from these norms.

import { DOUBLE_BYTES, FLOAT_BYTES } from '../../core/bytes.js';
import { product, sum } from '../../core/lists.js';
import { heap } from '../../engine/heap.js';
import type { BlockResults } from '../../sums/request.js';
import { dtypeIn, type NumberArray, type Samples } from '../../sums/samples.js';
import { numbersAt } from '../../sums/scratch.js';
import { inChunks } from '../chunks.js';
import {
  isSingle,
  type Limits,
  ROUNDING,
  SMALLEST_SHARE,
  SQUARE_SLACK,
  type WindowNorms,
} from '../finish.js';
import { matchModule } from '../module.js';
import type { Statistics } from '../statistics.js';
import { Strips } from './strips.js';

/** Bytes of the kernel's parameters. */
const PARAMETER_BYTES = 128;

/** 'deviation': norms of windows without their means; 'plain': norms of the numbers as they are. */
export type NormKind = 'deviation' | 'plain';

/** The window sums for norms of (x − the window's mean) · scale, or of x · scale, over all channels, and the limits of doubt. */
export function stripsOf(
  kind: NormKind,
  planes: Samples,
  statistics: Statistics,
  template: readonly number[],
): [Strips, Limits] {
  if (kind === 'plain') {
    const { plain, plainEnergy } = statistics;
    const limits = { share: 0, limit: plainEnergy * SMALLEST_SHARE, isZeroSure: true };
    return [new Strips(planes, plain, template, false), limits];
  }
  const { whole, reach, energy } = statistics;
  const count = product(template.slice(1));
  // n Σx² and (Σx)² of integers are exact if they fit 53 bits: then so is the variance, which is exactly 0 in flat windows
  const isExact = whole && template[0] * (count * reach) ** 2 < 2 ** 53;
  const additions = sum(template.slice(1));
  const share = isExact ? 0 : ((3 * additions + 6) * ROUNDING) / SQUARE_SLACK;
  const limits = { share, limit: energy * SMALLEST_SHARE, isZeroSure: isExact };
  return [new Strips(planes, statistics, template, true), limits];
}

/** Squared norms; -1 where they are doubtful. */
export function normsIn(strips: Strips, { share, limit, isZeroSure }: Limits): WindowNorms {
  const entries = matchModule(heap());
  const all = new Float64Array(strips.windows);
  let doubtful = false;
  strips.each(({ begin, windows, channel, sums, squares, variances, energies, buffer }) => {
    const isLast = channel === strips.channels - 1;
    const found = entries.addVariances(
      sums,
      squares,
      variances,
      energies,
      windows,
      strips.numbers,
      Number(channel === 0),
      Number(isLast),
      share,
      limit,
      Number(isZeroSure),
    );
    if (!isLast) return;
    doubtful ||= found !== 0;
    all.set(new Float64Array(buffer, variances, windows), begin);
  });
  return { squares: all, doubtful };
}

/** Sums of squares. */
export function squaresIn(strips: Strips): Float64Array {
  return normsIn(strips, { share: 0, limit: 0, isZeroSure: true }).squares;
}

/** Float32 scores of a single channel: products over norms, without storing a map of norms. Returns whether some are DOUBTFUL. */
export function quotientsIn(
  strips: Strips,
  limits: Limits,
  products: NumberArray,
  out: NumberArray,
): boolean {
  const { coefficients } = matchModule(heap());
  let doubtful = false;
  strips.each(({ begin, windows, sums, squares, variances, energies, free, buffer }) => {
    writeParameters(buffer, free, strips.numbers, limits);
    numbersAt(buffer, energies, windows, dtypeIn(products)).set(products.subarray(begin, begin + windows));
    // scores overwrite products
    const single = isSingle(products);
    const found = coefficients(sums, squares, energies, single, variances, energies, windows, free);
    doubtful ||= found !== 0;
    out.set(new Float32Array(buffer, energies, windows), begin);
  });
  return doubtful;
}

/** Computes scores inside a block of products. */
export interface ScoreMaker {
  /** bytes of scratch memory */
  readonly bytes: number;
  /** Writes float32 scores row by row without gaps, starting at the first product. Returns whether some are DOUBTFUL. */
  make(results: BlockResults, isSingle: number): boolean;
}

/** A maker of scores from float64 sums, for a finite single-channel float32 picture that is at least eight columns wide. */
export function stripScores(
  planes: Samples,
  statistics: Statistics,
  template: readonly number[],
): ScoreMaker | undefined {
  if (planes.shape[2] < 8) return undefined;
  const [strips, limits] = stripsOf('deviation', planes, statistics, template);
  return {
    bytes: strips.bytes + PARAMETER_BYTES,
    make({ buffer, at, pitch, first, count, source, free }, isSingle) {
      const { coefficients } = matchModule(heap());
      const parameters = free + strips.bytes;
      const [, rows, windows] = count;
      writeParameters(buffer, parameters, strips.numbers, limits);
      let doubtful = false;
      let row = 0;
      strips.of(source, free, first[1], rows, (strip) => {
        for (let i = 0; i < strip.windows; i += windows, row++) {
          const skip = DOUBLE_BYTES * i;
          const found = coefficients(
            strip.sums + skip,
            strip.squares + skip,
            at + row * pitch,
            isSingle,
            // not the address of the sums: a row is rounded up to fours, which would overwrite the beginning of the next row's sums
            strip.variances,
            at + FLOAT_BYTES * row * windows,
            windows,
            parameters,
          );
          doubtful ||= found !== 0;
        }
      });
      return doubtful;
    },
  };
}

/** Writes the parameters of the entries `coefficients` and `wholeCoefficients`; the latter sums numbers without the products' scale. */
export function writeParameters(
  buffer: ArrayBuffer,
  at: number,
  n: number,
  { share, limit, isZeroSure }: Limits,
  scale = 1,
  origin = 0,
): void {
  const squares = n / scale ** 2;
  const sure = Number(isZeroSure);
  new Float64Array(buffer, at, 6).set([n, share, limit * squares, sure, 0.5 / squares, 1.5]);
  new Float32Array(buffer, at + 48, 5).set([Math.sqrt(squares), 1, -1, origin, 1.5 * 2 ** 23]);
}

/**
 * Float32 coefficients from float64 window sums, sums of squares of n numbers each, and products.
 * @returns whether some are DOUBTFUL
 */
export function coefficientsOf(
  sums: NumberArray,
  squares: NumberArray,
  products: NumberArray,
  n: number,
  limits: Limits,
  out: NumberArray,
): boolean {
  const { coefficients } = matchModule(heap());
  let doubtful = false;
  inChunks([sums, squares, products], 'scores', ([s, e, p, free, parameters], begin, count, buffer) => {
    writeParameters(buffer, parameters, n, limits);
    doubtful = coefficients(s, e, p, 0, s, free, count, parameters) !== 0 || doubtful;
    out.set(new Float32Array(buffer, free, count), begin);
  });
  return doubtful;
}
