// Coefficients of a template whose elements have weights M, by OpenCV's formulas. They weight products by M² and means by M:
//
//   ccoeff   Σ M²(t − t')(x − x')    with t' = Σ Mt / Σ M and x' = Σ Mx / Σ M, for each channel
//
// All window sums are correlations with M, with M², or with these times the template.

import { product } from '../../core/lists.js';
import { isFloat32 } from '../../core/typed-array.js';
import type { Signal } from '../../sums/request.js';
import type { NumberArray, Samples } from '../../sums/samples.js';
import { marked, normOf, PRODUCT_ROUNDING, quotients, SMALLEST_SHARE, SQUARE_SLACK } from '../finish.js';
import { isBinary } from '../mask.js';
import { planeAt } from '../statistics.js';
import { productsOf } from '../windows/products.js';
import { coefficientsOf } from '../windows/window-norms.js';
import { magnitudeOf, TemplateCache, times, unit, withoutMean } from './pattern.js';
import { type Match, repairAll } from './repair.js';

/** The kernels of one channel: A = M²(t − t'), M and M². */
interface Kernels {
  readonly a: Float64Array;
  readonly mask: Float64Array;
  /** M²; the same array as `mask` if that is binary */
  readonly w: Float64Array;
  /** the sums of the kernels; A's is 0 for a binary mask */
  readonly aTotal: number;
  readonly total: number;
  readonly wTotal: number;
}

/** The kernels of all channels, and the norm of the template without its mean. */
interface MaskedPattern {
  readonly norm: number;
  readonly channels: readonly Kernels[];
}

const patterns = new TemplateCache<MaskedPattern>();

const totalOf = (numbers: Float64Array) => numbers.reduce((sum, x) => sum + x, 0);

function patternOf(template: Samples, weights: Samples): MaskedPattern {
  const { numbers, norm } = unit(withoutMean(template, weights));
  const kernel = times(numbers, weights);
  const count = product(template.shape.slice(1));
  const channels = Array.from({ length: template.shape[0] }, (_, channel): Kernels => {
    const part = (of: NumberArray) => Float64Array.from(planeAt(of, channel, count));
    const a = part(kernel);
    const mask = part(weights.data);
    const isOwnSquare = isBinary(mask);
    const w = isOwnSquare ? mask : mask.map((weight) => weight * weight);
    return { a, mask, w, aTotal: isOwnSquare ? 0 : totalOf(a), total: totalOf(mask), wTotal: totalOf(w) };
  });
  return { norm, channels };
}

/**
 * With w = M², A = w(t − t') and x' the window's mean, the numerator is Σ Ax − x' Σ A, and the square is Σ wx² − 2x' Σ wx + x'² Σ w.
 * A binary mask is its own square, so Σ A is 0 and Σ wx is x' Σ w.
 */
export function maskedCoefficients(match: Match & { weights: Samples }, out: NumberArray): void {
  const { picture, template, weights, settings, where } = match;
  const isNormed = settings.method === 'ccoeffNormed';
  const planeShape = [1, ...template.shape.slice(1)];
  const { norm, channels } = patterns.of(template, weights, () => patternOf(template, weights));
  const { energy, reach, scale } = picture.statistics;
  let numerators: NumberArray | undefined;
  let squares: Float64Array | undefined;
  // a single channel with a binary mask is computed as without a mask
  const isPlain = channels.length === 1 && channels[0].w === channels[0].mask && isFloat32(out);
  let means: NumberArray;
  let slack = 0;
  channels.forEach(({ a, mask, w, aTotal, total, wTotal }, channel) => {
    if (total === 0) return;
    const plane = picture.plane(channel, false);
    const sumsOf = (of: Signal, kernel: Float64Array, use: string) =>
      productsOf(of, kernel, planeShape, where, use);
    const aSums = sumsOf(plane, a, numerators ? 'products' : 'numerators');
    const maskSums = isNormed || aTotal !== 0 ? sumsOf(plane, mask, 'means') : aSums;
    if (aTotal !== 0) for (let i = 0; i < out.length; i++) aSums[i] -= (maskSums[i] * aTotal) / total;
    numerators = added(numerators, aSums);
    if (!isNormed) return;
    const xSquares = sumsOf(
      picture.plane(channel, true),
      w,
      squares ? 'squares' : 'variances',
    ) as Float64Array;
    // a mean is at most √(max M / Σ M) of the plane's norm, and each sum's error is its rounding times two norms
    const m = normOf(mask);
    const w2 = normOf(w);
    const most = Math.sqrt(magnitudeOf(mask) / total);
    slack += reach * scale * Math.sqrt(energy) * w2;
    slack += energy * (2 * most * w2 + (2 * m * (w2 + most * wTotal)) / total);
    means = maskSums;
    const wSums = w === mask ? maskSums : sumsOf(plane, w, 'weighted means');
    if (!isPlain) subtractMeans(xSquares, maskSums, wSums, total, wTotal);
    squares = added(squares, xSquares) as Float64Array;
  });
  // some weight is above 0, so at least one channel has sums
  const products = numerators!;
  if (isNormed) {
    const least = 4 * magnitudeOf(weights.data) ** 2 * energy * SMALLEST_SHARE;
    const limit = Math.max((PRODUCT_ROUNDING / SQUARE_SLACK) * slack, least);
    let doubtful: boolean;
    if (isPlain) {
      const limits = { share: 0, limit, isZeroSure: false };
      doubtful = coefficientsOf(means!, squares!, products, channels[0].total, limits, out);
    } else {
      const norms = marked(squares!, limit);
      quotients(products, norms, out);
      doubtful = norms.doubtful;
    }
    if (doubtful) repairAll(match, 'ccoeffNormed', out);
    return;
  }
  const factor = norm / scale;
  for (let i = 0; i < out.length; i++) out[i] = products[i] * factor;
}

/** Adds a channel's sums to those of the previous channels, if there are any. */
function added(before: NumberArray | undefined, sums: NumberArray): NumberArray {
  if (before) for (let i = 0; i < sums.length; i++) before[i] += sums[i];
  return before ?? sums;
}

function subtractMeans(
  from: Float64Array,
  maskSums: NumberArray,
  sums: NumberArray,
  total: number,
  weight: number,
): void {
  for (let i = 0; i < from.length; i++) {
    const mean = maskSums[i] / total;
    from[i] -= mean * (2 * sums[i] - mean * weight);
  }
}
