// Masked: the map of one template whose numbers have weights M, by OpenCV's formulas. They weigh products by M² and means by M:
//
//   ccorr    Σ M²tx              normalised: over √(Σ M²t² · Σ M²x²)
//   sqdiff   Σ M²(t − x)²        normalised: over the same
//   ccoeff   Σ M²(t − t')(x − x')    with t' = Σ Mt / Σ M and x' = Σ Mx / Σ M, of each channel
//
// All sums over windows are products with M, with M², or with those times the template.

import type { Where } from '../core/errors.js';
import { product } from '../core/lists.js';
import type { NumberArray, Samples } from '../sums/samples.js';
import { exactScore, type NormedMethod } from './exact.js';
import {
  marked,
  mend,
  normOf,
  PRODUCT_ROUNDING,
  quotients,
  SMALLEST_SHARE,
  SQUARE_SLACK,
  type WindowNorms,
} from './finish.js';
import type { MatchMethod, MatchSettings } from './options.js';
import { Kept, unit, weighted, withoutMean } from './pattern.js';
import type { Picture } from './picture.js';
import { mapSizes, productsOf, squaresOf } from './products.js';
import { centred } from './statistics.js';

/** One template with weights, which are planes as the template is. */
interface MaskedMatch {
  readonly picture: Picture;
  readonly template: Samples;
  readonly weights: Samples;
  readonly settings: MatchSettings;
  readonly where: Where;
}

/** Writes the scores of all windows. */
export function scoreMasked(match: MaskedMatch, out: NumberArray): void {
  scorers[match.settings.method](match, out);
}

const scorers: Record<MatchMethod, (match: MaskedMatch, out: NumberArray) => void> = {
  ccoeffNormed: (match, out) => coefficients(match, out, true),
  ccoeff: (match, out) => coefficients(match, out, false),

  ccorr(match, out) {
    const { picture, template, weights } = match;
    const planes = { data: new Float64Array(picture.planes.data), shape: picture.planes.shape };
    out.set(products(match, planes, times(weighted(template, weights), weights)));
  },

  ccorrNormed(match, out) {
    const { picture, template, weights } = match;
    const { numbers } = unit(weighted(template, weights));
    const planes = picture.scaled('float64');
    const norms = plainNorms(match);
    quotients(products(match, planes, times(numbers, weights)), norms, out);
    mendAll(match, norms, 'ccorrNormed', out);
  },

  sqdiff(match, out) {
    const factor = 1 / match.picture.statistics.scale ** 2;
    distances(match, out, (square) => square * factor);
  },

  sqdiffNormed(match, out) {
    const { picture, template, weights } = match;
    const { norm } = unit(weighted(template, weights));
    const norms = plainNorms(match);
    const { scale } = picture.statistics;
    const factor = picture.statistics.plain.scale / (norm * scale) / scale;
    distances(match, out, (square, i) => {
      return norm === 0 ? 1 : (square * factor) / Math.sqrt(norms.squares[i]);
    });
    mendAll(match, norms, 'sqdiffNormed', out);
  },
};

/** Each number times its weight. */
function times(numbers: Float64Array, { data }: Samples): Float64Array {
  return numbers.map((x, i) => (data[i] > 0 ? x * data[i] : 0));
}

function products(
  { template, where }: MaskedMatch,
  planes: Samples,
  kernel: Float64Array,
  use?: string,
): NumberArray {
  return productsOf(planes, [kernel], template.shape, where, use)[0];
}

/** Of x · scale times M. A square of 0 may be a rounding error, so such windows are doubtful. */
function plainNorms(match: MaskedMatch): WindowNorms {
  const { picture, weights } = match;
  const energy = picture.statistics.plainEnergy;
  const squares = { data: squaresOf(picture.scaled('float64').data), shape: picture.planes.shape };
  const kernel = Float64Array.from(weights.data, (w) => w * w);
  const slack = (PRODUCT_ROUNDING / SQUARE_SLACK) * normOf(squares.data) * normOf(kernel);
  const largest = kernel.reduce((most, w) => Math.max(most, w), 0);
  const limit = Math.max(slack, largest * energy * SMALLEST_SHARE);
  const sums = products(match, squares, kernel, 'norms') as Float64Array;
  return marked(sums, limit);
}

/** Σ M²(t − x)² as Σ M²t² − 2 Σ M²tx + Σ M²x², of numbers without the image's centres: the difference doesn't know of them. */
function distances(
  match: MaskedMatch,
  out: NumberArray,
  of: (square: number, window: number) => number,
): void {
  const { picture, template, weights } = match;
  const kernel = Float64Array.from(weights.data, (w) => w * w);
  const numbers = centred(template, picture.statistics, new Float64Array(template.data.length));
  const planes = picture.centred('float64');
  const cross = products(match, planes, times(times(numbers, weights), weights));
  const squares = { data: squaresOf(planes.data), shape: planes.shape };
  const windows = products(match, squares, kernel, 'squares');
  const own = times(numbers, weights).reduce((sum, t) => sum + t * t, 0);
  for (let i = 0; i < out.length; i++) {
    const square = own - 2 * cross[i] + windows[i];
    out[i] = of(Math.max(square, 0), i);
  }
}

function mendAll(match: MaskedMatch, norms: WindowNorms, method: NormedMethod, out: NumberArray): void {
  if (!norms.doubtful) return;
  const { planes } = match.picture;
  const exact = exactScore(method, planes, match.template, match.weights);
  mend(norms, exact, mapSizes(planes.shape, match.template.shape), planes.shape.slice(1), out);
}

/** What sums over windows are made with: of one channel, A = M²(t − t'), M and M². */
interface Kernels {
  readonly a: Float64Array;
  readonly mask: Float64Array;
  /** the mask itself where it is of 0 and 1 */
  readonly w: Float64Array;
  /** their sums: A's is 0 for a mask of 0 and 1 */
  readonly aTotal: number;
  readonly total: number;
  readonly wTotal: number;
}

/** Kernels of all channels, whose template without its mean had that norm. */
interface MaskedPattern {
  readonly norm: number;
  readonly channels: readonly Kernels[];
}

const patterns = new Kept<MaskedPattern>();

const totalOf = (numbers: Float64Array) => numbers.reduce((sum, x) => sum + x, 0);

function patternOf(template: Samples, weights: Samples): MaskedPattern {
  const { numbers, norm } = unit(withoutMean(template, weights));
  const kernel = times(numbers, weights);
  const count = product(template.shape.slice(1));
  const channels = Array.from({ length: template.shape[0] }, (_, channel): Kernels => {
    const part = (of: NumberArray) => Float64Array.from(of.subarray(channel * count, (channel + 1) * count));
    const [a, mask] = [part(kernel), part(weights.data)];
    const isBinary = mask.every((weight) => weight === 0 || weight === 1);
    const w = isBinary ? mask : mask.map((weight) => weight * weight);
    return { a, mask, w, aTotal: isBinary ? 0 : totalOf(a), total: totalOf(mask), wTotal: totalOf(w) };
  });
  return { norm, channels };
}

/**
 * With w = M², A = w(t − t') and x' the window's mean: the numerator is Σ Ax − x' Σ A, the square Σ wx² − 2x' Σ wx + x'² Σ w.
 * Masks of 0 and 1 are their own squares, so Σ A is 0 and Σ wx is x' Σ w.
 */
function coefficients(match: MaskedMatch, out: NumberArray, isNormed: boolean): void {
  const { picture, template, weights, where } = match;
  const { norm, channels } = patterns.of(template, weights, () => patternOf(template, weights));
  const { data, shape } = picture.centred('float64');
  const size = product(shape.slice(1));
  const planeShape = [1, ...template.shape.slice(1)];
  let numerators: NumberArray | undefined;
  let squares: Float64Array | undefined;
  let slack = 0;
  channels.forEach(({ a, mask, w, aTotal, total, wTotal }, channel) => {
    if (total === 0) return;
    const plane = {
      data: data.subarray(channel * size, (channel + 1) * size),
      shape: [1, ...shape.slice(1)],
    };
    const sumsOf = (of: Samples, kernel: Float64Array, use: string) =>
      productsOf(of, [kernel], planeShape, where, use)[0];
    const aSums = sumsOf(plane, a, numerators ? 'products' : 'numerators');
    const maskSums = isNormed || aTotal !== 0 ? sumsOf(plane, mask, 'means') : aSums;
    if (aTotal !== 0) subtract(aSums, maskSums, aTotal / total);
    numerators = added(numerators, aSums);
    if (!isNormed) return;
    const squared = { data: squaresOf(plane.data), shape: plane.shape };
    const xSquares = sumsOf(squared, w, squares ? 'squares' : 'variances') as Float64Array;
    const wSums = w === mask ? maskSums : sumsOf(plane, w, 'weighted means');
    subtractMeans(xSquares, maskSums, wSums, total, wTotal);
    squares = added(squares, xSquares) as Float64Array;
    // a mean is at most √(max M / Σ M) of the plane's norm, and each sum off by its rounding times two norms
    const [x, m, w2] = [normOf(plane.data), normOf(mask), normOf(w)];
    const most = Math.sqrt(mask.reduce((a, b) => Math.max(a, b), 0) / total);
    slack += normOf(squared.data) * w2 + x * x * (2 * most * w2 + (2 * m * (w2 + most * wTotal)) / total);
  });
  // some weight is above 0, so some channel had sums
  const products = numerators!;
  if (isNormed) {
    const largest = Float64Array.from(weights.data).reduce((a, b) => Math.max(a, b), 0) ** 2;
    const limit = Math.max(
      (PRODUCT_ROUNDING / SQUARE_SLACK) * slack,
      4 * largest * picture.statistics.energy * SMALLEST_SHARE,
    );
    const norms = marked(squares!, limit);
    quotients(products, norms, out);
    mendAll(match, norms, 'ccoeffNormed', out);
    return;
  }
  const factor = norm / picture.statistics.scale;
  for (let i = 0; i < out.length; i++) out[i] = products[i] * factor;
}

/** The sums of a channel added to those of the ones before; its own where there are none. */
function added(before: NumberArray | undefined, sums: NumberArray): NumberArray {
  if (before) for (let i = 0; i < sums.length; i++) before[i] += sums[i];
  return before ?? sums;
}

function subtract(from: NumberArray, sums: NumberArray, share: number): void {
  for (let i = 0; i < from.length; i++) from[i] -= sums[i] * share;
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
