// Coefficients of a template whose elements have weights M, by OpenCV's formulas. They weight products by M² and means by M:
//
//   ccoeff   Σ M²(t − t')(x − x')    with t' = Σ Mt / Σ M and x' = Σ Mx / Σ M, for each channel
//
// With w = M² and A = w(t − t'), that is Σ Ax − x' Σ A. ccoeffNormed divides it by the norms of M(t − t') and of M(x − x'); the square of
// the latter is Σ wx² − 2x' Σ wx + x'² Σ w. A binary mask is its own square, so Σ A is 0 and Σ wx is x' Σ w. All window sums are
// correlations with A, M or w.

import { product } from '../../core/lists.js';
import { isFloat32 } from '../../core/typed-array.js';
import type { NumberArray, Samples } from '../../sums/samples.js';
import { marked, normOf, PRODUCT_ROUNDING, quotients, SMALLEST_SHARE, SQUARE_SLACK } from '../finish.js';
import { isBinary } from '../mask.js';
import { reusedDoubles } from '../reused-arrays.js';
import { planeAt } from '../statistics.js';
import { productsOf } from '../windows/products.js';
import { coefficientsOf } from '../windows/window-norms.js';
import { magnitudeOf, TemplateCache, times, unit, withoutMean } from './pattern.js';
import { type Match, repairAll } from './repair.js';

/** The kernels of one channel, and their sums. */
interface Kernels {
  readonly channel: number;
  readonly a: Float64Array;
  readonly mask: Float64Array;
  /** the same array as `mask` if that is binary */
  readonly w: Float64Array;
  /** 0 for a binary mask */
  readonly aTotal: number;
  readonly total: number;
  readonly wTotal: number;
}

/** The kernels of all channels that have a weight above 0, and the norm of the template without its mean. */
interface MaskedPattern {
  readonly norm: number;
  readonly channels: readonly Kernels[];
}

/** A template with weights. */
type MaskedMatch = Match & { readonly weights: Samples };

const patterns = new TemplateCache<MaskedPattern>();

const totalOf = (numbers: Float64Array) => numbers.reduce((sum, x) => sum + x, 0);

function patternOf({ template, weights }: MaskedMatch): MaskedPattern {
  return patterns.of(template, weights, () => {
    const { numbers, norm } = unit(withoutMean(template, weights));
    const kernel = times(numbers, weights);
    const count = product(template.shape.slice(1));
    const channels = Array.from({ length: template.shape[0] }, (_, channel): Kernels => {
      const part = (of: NumberArray) => Float64Array.from(planeAt(of, channel, count));
      const a = part(kernel);
      const mask = part(weights.data);
      const isOwnSquare = isBinary(mask);
      const w = isOwnSquare ? mask : mask.map((weight) => weight * weight);
      const aTotal = isOwnSquare ? 0 : totalOf(a);
      return { channel, a, mask, w, aTotal, total: totalOf(mask), wTotal: totalOf(w) };
    });
    return { norm, channels: channels.filter(({ total }) => total > 0) };
  });
}

/** Writes Σ M²(t − t')(x − x') of all windows. */
export function maskedProducts(match: MaskedMatch, out: NumberArray): void {
  const { norm, channels } = patternOf(match);
  const products = reusedDoubles('numerators', out.length).fill(0);
  for (const kernels of channels) addProducts(products, match, kernels);
  const factor = norm / match.picture.statistics.scale;
  for (let i = 0; i < out.length; i++) out[i] = products[i] * factor;
}

/** Writes the coefficients of all windows. */
export function maskedCoefficients(match: MaskedMatch, out: NumberArray): void {
  const { channels } = patternOf(match);
  const isPlain = channels.length === 1 && channels[0].w === channels[0].mask && isFloat32(out);
  const coefficients = isPlain ? plainCoefficients : weightedCoefficients;
  if (coefficients(match, channels, leastSquare(match, channels), out)) repairAll(match, 'ccoeffNormed', out);
}

/** Coefficients of a single channel with a binary mask, which are computed as without a mask. Returns whether some are DOUBTFUL. */
function plainCoefficients(
  match: MaskedMatch,
  [kernels]: readonly Kernels[],
  limit: number,
  out: NumberArray,
): boolean {
  const products = sumsOf(match, kernels, 'a');
  const means = sumsOf(match, kernels, 'mask');
  const squares = sumsOf(match, kernels, 'w', true);
  return coefficientsOf(means, squares, products, kernels.total, { share: 0, limit, isZeroSure: false }, out);
}

/** The same for any weights and channels. */
function weightedCoefficients(
  match: MaskedMatch,
  channels: readonly Kernels[],
  limit: number,
  out: NumberArray,
): boolean {
  const products = reusedDoubles('numerators', out.length).fill(0);
  const squares = reusedDoubles('variances', out.length).fill(0);
  for (const kernels of channels) {
    const means = sumsOf(match, kernels, 'mask');
    addProducts(products, match, kernels, means);
    addSquares(squares, match, kernels, means);
  }
  const norms = marked(squares, limit);
  quotients(products, norms, out);
  return norms.doubtful;
}

/** Adds Σ Ax − x' Σ A of a channel. */
function addProducts(
  products: Float64Array,
  match: MaskedMatch,
  kernels: Kernels,
  means?: NumberArray,
): void {
  const sums = sumsOf(match, kernels, 'a');
  const share = kernels.aTotal / kernels.total;
  if (share === 0) for (let i = 0; i < sums.length; i++) products[i] += sums[i];
  else {
    const all = means ?? sumsOf(match, kernels, 'mask');
    for (let i = 0; i < sums.length; i++) products[i] += sums[i] - all[i] * share;
  }
}

/** Adds Σ wx² − 2x' Σ wx + x'² Σ w of a channel. */
function addSquares(squares: Float64Array, match: MaskedMatch, kernels: Kernels, means: NumberArray): void {
  const { mask, w, total, wTotal } = kernels;
  const xSquares = sumsOf(match, kernels, 'w', true);
  const sums = w === mask ? means : sumsOf(match, kernels, 'w');
  for (let i = 0; i < squares.length; i++) {
    const mean = means[i] / total;
    squares[i] += xSquares[i] - mean * (2 * sums[i] - mean * wTotal);
  }
}

/** The sums of a channel, or of its squares, with one of its kernels. They are overwritten by the next ones with this kernel. */
function sumsOf(
  { picture, template, where }: MaskedMatch,
  kernels: Kernels,
  kernel: 'a' | 'mask' | 'w',
  squared = false,
): NumberArray {
  const plane = picture.plane(kernels.channel, squared);
  const shape = [1, ...template.shape.slice(1)];
  return productsOf(
    plane,
    kernels[kernel],
    shape,
    where,
    `${squared ? 'squares' : 'numbers'} with ${kernel}`,
  );
}

/** The smallest square that is accurate enough. */
function leastSquare({ picture, weights }: MaskedMatch, channels: readonly Kernels[]): number {
  const { energy, reach, scale } = picture.statistics;
  let slack = 0;
  for (const { mask, w, total, wTotal } of channels) {
    // a mean is at most √(max M / Σ M) of the plane's norm, and each sum's error is its rounding times two norms
    const m = normOf(mask);
    const w2 = normOf(w);
    const most = Math.sqrt(magnitudeOf(mask) / total);
    slack += reach * scale * Math.sqrt(energy) * w2;
    slack += energy * (2 * most * w2 + (2 * m * (w2 + most * wTotal)) / total);
  }
  const least = 4 * magnitudeOf(weights.data) ** 2 * energy * SMALLEST_SHARE;
  return Math.max((PRODUCT_ROUNDING / SQUARE_SLACK) * slack, least);
}
