// Coefficients of a masked image and perhaps a masked template (D. Padfield, Masked object registration in the Fourier domain, IEEE
// Transactions on Image Processing 21, 2012). With W = 1 where both masks are 1, and n = Σ W, for each window:
//
//   r = (Σ Wtx − Σ Wt Σ Wx / n) / √((Σ Wt² − (Σ Wt)² / n) · (Σ Wx² − (Σ Wx)² / n))
//
// Each sum is the correlation of a masked array (1, x or x²) with another one.

import type { Where } from '../../core/errors.js';
import { product } from '../../core/lists.js';
import type { AxisSum } from '../../sums/request.js';
import type { NumberArray, Samples } from '../../sums/samples.js';
import { normOf, PRODUCT_ROUNDING, PRODUCT_SLACK, SQUARE_SLACK } from '../finish.js';
import { boxOf, elementOf, positionOf } from '../positions.js';
import { reusedDoubles } from '../reused-arrays.js';
import { centred, planeAt, statisticsOf } from '../statistics.js';
import { flatWindows } from '../windows/flat-windows.js';
import { productsOf, squaresOf, windowsWithin } from '../windows/products.js';
import { clipped, type ExactScore, exactScore } from './exact-score.js';
import { inDouble, magnitudeOf, times, withoutMean } from './pattern.js';

/** An image and a template, with binary masks. */
interface MaskedImageMatch {
  readonly image: Samples;
  readonly imageMask: Samples;
  readonly template: Samples;
  readonly mask: Samples;
  /** scores are 0 below this fraction of the largest overlap */
  readonly minOverlap: number;
  /** the flat indices of the windows to score; default all */
  readonly kept?: Int32Array | undefined;
  readonly where: Where;
}

/** Included numbers without their mean, scaled to near 1; 0 elsewhere. Included NaN stay NaN. */
function centredWhereIncluded({ data, shape }: Samples, mask: Samples): Float64Array {
  // statistics ignore NaN
  const included = Float64Array.from(data);
  for (let i = 0; i < included.length; i++) if (!(mask.data[i] > 0)) included[i] = Number.NaN;
  const planes = { data: included, shape };
  return times(centred({ data, shape }, statisticsOf(planes), included), mask);
}

/** Replaces excluded numbers by the previous number, so that windows whose included numbers are equal become flat. */
function filled({ data, shape }: Samples, mask: Samples): Samples {
  const numbers = data.slice();
  for (let i = 1; i < numbers.length; i++) if (mask.data[i] === 0) numbers[i] = numbers[i - 1];
  return { data: numbers, shape };
}

/** Writes the scores of all windows. */
export function scoreMaskedImage(match: MaskedImageMatch, out: NumberArray): void {
  const { image, imageMask, template } = match;
  const exact = exactMasked(match);
  const axes = windowsWithin(image.shape, template.shape);
  const map = axes.map(({ count }) => count);
  let flat: Uint8Array | undefined;
  maskedImageScores(match, axes, out, (i, score) => {
    flat ??= flatWindows(filled(image, imageMask), template.shape);
    return score === 0 && flat[i] ? 0 : exact(elementOf(positionOf(i, map), image.shape.slice(1)));
  });
}

/** Norms below this fraction of the largest one are rounding errors, as in scikit-image. */
const ROUNDING_SHARE = 1e3 * Number.EPSILON;

/** Recomputes the doubtful score of a window. */
type RepairScore = (window: number, score: number) => number;

/**
 * Writes the scores of windows that may extend beyond the image, where everything is excluded.
 * @returns for each window, the number of elements that both masks include
 */
export function maskedImageScores(
  { image, imageMask, template, mask, minOverlap, kept, where }: MaskedImageMatch,
  axes: readonly AxisSum[],
  out: NumberArray,
  repair?: RepairScore,
): Float64Array {
  const x = centredWhereIncluded(image, imageMask);
  const t = centredWhereIncluded(template, mask);
  const [size, count] = [image, template].map(({ shape }) => product(shape.slice(1)));
  const shapes = [image, template].map(({ shape }) => [1, ...shape.slice(1)]);
  const zeros = (use: string) => reusedDoubles(use, out.length).fill(0);
  const totals: Totals = {
    overlap: new Float64Array(out.length),
    numerators: zeros('numerators'),
    ts: zeros('variances of t'),
    xs: zeros('variances of x'),
    doubt: zeros('doubt'),
  };
  for (let channel = 0; channel < image.shape[0]; channel++) {
    const planeOf = (data: NumberArray, numbers: number) => inDouble(planeAt(data, channel, numbers));
    const included = planeOf(imageMask.data, size);
    const x1 = planeOf(x, size);
    const x2 = squaresOf(x1);
    const t0 = planeOf(mask.data, count);
    const t1 = planeOf(t, count);
    const t2 = squaresOf(t1, 'squares of a template');
    // a new view of the kernel for each sum, because spectra are cached for arrays that are used again
    const sumsOf = (plane: Float64Array, kernel: Float64Array, use: string) => {
      const planes = { data: plane, shape: shapes[0] };
      const found = productsOf(planes, kernel.subarray(), shapes[1], where, use, { axes });
      return kept ? new Float64Array(kept).map((at) => found[at]) : found;
    };
    const sums = {
      counts: sumsOf(included, t0, 'counts'),
      t: sumsOf(included, t1, 'sums of t'),
      tt: sumsOf(included, t2, 'squares of t'),
      x: sumsOf(x1, t0, 'sums of x'),
      xx: sumsOf(x2, t0, 'squares of x'),
      tx: sumsOf(x1, t1, 'products'),
    };
    addChannel(totals, sums, [t0, t1, t2].map(normOf), [included, x1, x2].map(normOf));
  }
  writeScores(totals, minOverlap, out, repair);
  return totals.overlap;
}

/** For each window, over all channels: the overlap, the numerator, both variances, and their error bound. */
interface Totals {
  readonly overlap: Float64Array;
  readonly numerators: NumberArray;
  readonly ts: NumberArray;
  readonly xs: NumberArray;
  /** in units of PRODUCT_ROUNDING; Infinity where a variance is not accurate enough */
  readonly doubt: NumberArray;
}

/** Adds a channel. The lists have the norms of each side's mask, numbers and squares. */
function addChannel(
  { overlap, numerators, ts, xs, doubt }: Totals,
  sums: Readonly<Record<'counts' | 't' | 'tt' | 'x' | 'xx' | 'tx', NumberArray>>,
  [m, tn, tn2]: readonly number[],
  [n, xn, xn2]: readonly number[],
): void {
  const { counts, t, tt, x, xx, tx } = sums;
  for (let i = 0; i < overlap.length; i++) {
    const pixels = Math.round(counts[i]);
    overlap[i] += pixels;
    if (pixels === 0) continue;
    numerators[i] += tx[i] - (t[i] * x[i]) / pixels;
    ts[i] += tt[i] - (t[i] * t[i]) / pixels;
    xs[i] += xx[i] - (x[i] * x[i]) / pixels;
    // a sum's error is its rounding times two norms, and a mean is at most the norm of the included numbers over √n
    const share = 1 / Math.sqrt(pixels);
    const tRounding = PRODUCT_ROUNDING * n * tn2;
    const xRounding = PRODUCT_ROUNDING * m * xn2;
    const isUnknown =
      ts[i] * SQUARE_SLACK < tRounding + 2 * PRODUCT_ROUNDING * n * tn * tn * share ||
      xs[i] * SQUARE_SLACK < xRounding + 2 * PRODUCT_ROUNDING * m * xn * xn * share;
    doubt[i] = isUnknown ? Number.POSITIVE_INFINITY : doubt[i] + xn * tn * (1 + (n + m) * share);
    // rounding errors
    if (ts[i] <= tRounding) ts[i] = 0;
    if (xs[i] <= xRounding) xs[i] = 0;
  }
}

function writeScores(
  { overlap, numerators, ts, xs, doubt }: Totals,
  minOverlap: number,
  out: NumberArray,
  repair?: RepairScore,
): void {
  const norms = ts;
  for (let i = 0; i < norms.length; i++) norms[i] = Math.sqrt(ts[i] * xs[i]);
  // with a repair, a norm that may be a rounding error is doubtful
  const limit = repair ? 0 : ROUNDING_SHARE * magnitudeOf(norms);
  const least = minOverlap * magnitudeOf(overlap);
  for (let i = 0; i < out.length; i++) {
    const norm = norms[i];
    // the score of a flat template or image is 0, and is not doubtful
    out[i] = norm <= limit ? 0 : clipped(numerators[i] / norm);
    if (overlap[i] < least || overlap[i] === 0) out[i] = 0;
    else if (repair && !(PRODUCT_ROUNDING * doubt[i] <= PRODUCT_SLACK * norm)) out[i] = repair(i, out[i]);
  }
}

/** The definition, over the elements of a window that both masks include. */
function exactMasked({ image, imageMask, template, mask }: MaskedImageMatch): ExactScore {
  const offsets = boxOf(image.shape, template.shape);
  return (corner) => {
    const data = mask.data.map((included, i) => included * imageMask.data[corner + offsets[i]]);
    const both = { data, shape: template.shape };
    // a flat template scores 0, even where the image is not finite
    if (withoutMean(template, both).every((t) => t === 0)) return 0;
    return exactScore('ccoeffNormed', image, template, both, offsets)(corner);
  };
}
