// Shown: the coefficient where only a part of the image is shown, and perhaps of the template (D. Padfield, Masked object registration in
// the Fourier domain, IEEE Transactions on Image Processing 21, 2012). With W = 1 where both are shown, n = Σ W, and for each window:
//
//   r = (Σ Wtx − Σ Wt Σ Wx / n) / √((Σ Wt² − (Σ Wt)² / n) · (Σ Wx² − (Σ Wx)² / n))
//
// Each sum is a correlation of what one side shows (1, x or x²) with what the other does.

import type { Where } from '../core/errors.js';
import { product } from '../core/lists.js';
import type { AxisSum } from '../sums/request.js';
import type { NumberArray, Samples } from '../sums/samples.js';
import { clipped, type ExactScore, exactScore } from './exact-score.js';
import { normOf, PRODUCT_ROUNDING, PRODUCT_SLACK, SQUARE_SLACK } from './finish.js';
import { flatWindows } from './flat-windows.js';
import { inDouble, magnitudeOf, times, withoutMean } from './pattern.js';
import { boxOf, elementOf, placeOf } from './places.js';
import { productsOf, squaresOf, windowsWithin } from './products.js';
import { reusedArray } from './reused-arrays.js';
import { centred, statisticsOf } from './statistics.js';

/** An image and a template, with planes of 0 and 1 that say what is shown of each. */
export interface ShownMatch {
  readonly image: Samples;
  readonly imageMask: Samples;
  readonly template: Samples;
  readonly mask: Samples;
  /** the share of the largest overlap below which a score is 0 */
  readonly minOverlap: number;
  /** windows that count, by their numbers; default all */
  readonly kept?: Int32Array | undefined;
  readonly where: Where;
}

/** What is shown, near 1 and without its mean; 0 elsewhere. What is shown and no number stays none. */
function centredWhereShown({ data, shape }: Samples, mask: Samples): Float64Array {
  // statistics leave out what is no number
  const shown = Float64Array.from(data);
  for (let i = 0; i < shown.length; i++) if (!(mask.data[i] > 0)) shown[i] = Number.NaN;
  const planes = { data: shown, shape };
  return times(centred({ data, shape }, statisticsOf(planes), shown), mask);
}

/** Instead of each number that is not shown the one before it: what is flat then was flat. */
function filled({ data, shape }: Samples, mask: Samples): Samples {
  const numbers = data.slice();
  for (let i = 1; i < numbers.length; i++) if (mask.data[i] === 0) numbers[i] = numbers[i - 1];
  return { data: numbers, shape };
}

/** Writes the scores of all windows. */
export function scoreShown(match: ShownMatch, out: NumberArray): void {
  const { image, imageMask, template } = match;
  const exact = exactShown(match);
  const axes = windowsWithin(image.shape, template.shape);
  const map = axes.map(({ count }) => count);
  let flat: Uint8Array | undefined;
  shownScores(match, axes, out, (i, score) => {
    flat ??= flatWindows(filled(image, imageMask), template.shape);
    return score === 0 && flat[i] ? 0 : exact(elementOf(placeOf(i, map), image.shape.slice(1)));
  });
}

/** What a norm is of the largest one, at most, where scikit-image takes it for rounding. */
const ROUNDING_SHARE = 1e3 * Number.EPSILON;

/** The score of a window that is not known well enough, out of what was found. */
type OpenScore = (window: number, score: number) => number;

/**
 * Writes the scores of windows that may reach out of the image, of which nothing is shown there.
 * @returns how many elements both show, for each window
 */
export function shownScores(
  { image, imageMask, template, mask, minOverlap, kept, where }: ShownMatch,
  axes: readonly AxisSum[],
  out: NumberArray,
  open?: OpenScore,
): Float64Array {
  const x = centredWhereShown(image, imageMask);
  const t = centredWhereShown(template, mask);
  const [size, count] = [image, template].map(({ shape }) => product(shape.slice(1)));
  const shapes = [image, template].map(({ shape }) => [1, ...shape.slice(1)]);
  const zeros = (use: string) => reusedArray(use, 'float64', out.length).fill(0);
  const totals: Totals = {
    overlap: new Float64Array(out.length),
    numerators: zeros('numerators'),
    ts: zeros('variances of t'),
    xs: zeros('variances of x'),
    doubt: zeros('doubt'),
  };
  for (let channel = 0; channel < image.shape[0]; channel++) {
    const planeOf = (data: NumberArray, numbers: number) =>
      inDouble(data.subarray(channel * numbers, (channel + 1) * numbers));
    const [shown, x1] = [planeOf(imageMask.data, size), planeOf(x, size)];
    const [t0, t1] = [planeOf(mask.data, count), planeOf(t, count)];
    const [x2, t2] = [squaresOf(x1), squaresOf(t1, 'squares of a template')];
    // a view of the kernel for each, as spectra are kept of arrays that come again
    const sumsOf = (plane: Float64Array, kernel: Float64Array, use: string) => {
      const planes = { data: plane, shape: shapes[0] };
      const found = productsOf(planes, kernel.subarray(), shapes[1], where, use, { axes });
      return kept ? new Float64Array(kept).map((at) => found[at]) : found;
    };
    const sums = {
      counts: sumsOf(shown, t0, 'counts'),
      t: sumsOf(shown, t1, 'sums of t'),
      tt: sumsOf(shown, t2, 'squares of t'),
      x: sumsOf(x1, t0, 'sums of x'),
      xx: sumsOf(x2, t0, 'squares of x'),
      tx: sumsOf(x1, t1, 'products'),
    };
    addChannel(totals, sums, [t0, t1, t2].map(normOf), [shown, x1, x2].map(normOf));
  }
  writeScores(totals, minOverlap, out, open);
  return totals.overlap;
}

/** Of each window over all channels: how much both show, what stands above and below the fraction, and what they may be off by. */
interface Totals {
  readonly overlap: Float64Array;
  readonly numerators: NumberArray;
  readonly ts: NumberArray;
  readonly xs: NumberArray;
  /** over PRODUCT_ROUNDING; Infinity where a square is not known well enough */
  readonly doubt: NumberArray;
}

/** Adds a channel, given norms of what each side shows, of its numbers and of their squares. */
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
    // a sum is off by its rounding times two norms, and a mean is at most the norm of what is shown over √n
    const share = 1 / Math.sqrt(pixels);
    const tRounding = PRODUCT_ROUNDING * n * tn2;
    const xRounding = PRODUCT_ROUNDING * m * xn2;
    const isUnknown =
      ts[i] * SQUARE_SLACK < tRounding + 2 * PRODUCT_ROUNDING * n * tn * tn * share ||
      xs[i] * SQUARE_SLACK < xRounding + 2 * PRODUCT_ROUNDING * m * xn * xn * share;
    doubt[i] = isUnknown ? Number.POSITIVE_INFINITY : doubt[i] + xn * tn * (1 + (n + m) * share);
    // nothing but rounding
    if (ts[i] <= tRounding) ts[i] = 0;
    if (xs[i] <= xRounding) xs[i] = 0;
  }
}

function writeScores(
  { overlap, numerators, ts, xs, doubt }: Totals,
  minOverlap: number,
  out: NumberArray,
  open?: OpenScore,
): void {
  const norms = ts;
  for (let i = 0; i < norms.length; i++) norms[i] = Math.sqrt(ts[i] * xs[i]);
  const limit = ROUNDING_SHARE * magnitudeOf(norms);
  const least = minOverlap * magnitudeOf(overlap);
  for (let i = 0; i < out.length; i++) {
    const norm = norms[i];
    // of a flat template, or of a flat image, nothing is in doubt and nothing compares
    out[i] = norm <= limit ? 0 : clipped(numerators[i] / norm);
    if (overlap[i] < least || overlap[i] === 0) out[i] = 0;
    else if (open && !(PRODUCT_ROUNDING * doubt[i] <= PRODUCT_SLACK * norm)) out[i] = open(i, out[i]);
  }
}

/** By its definition, over what both show of a window. */
function exactShown({ image, imageMask, template, mask }: ShownMatch): ExactScore {
  const offsets = boxOf(image.shape, template.shape);
  return (corner) => {
    const data = mask.data.map((shown, i) => shown * imageMask.data[corner + offsets[i]]);
    const both = { data, shape: template.shape };
    // a flat template scores 0, whatever stands in the image
    if (withoutMean(template, both).every((t) => t === 0)) return 0;
    return exactScore('ccoeffNormed', image, template, both, offsets)(corner);
  };
}
