// Shown: the coefficient where only a part of the image is shown, and perhaps of the template (D. Padfield, Masked object registration in
// the Fourier domain, IEEE Transactions on Image Processing 21, 2012). With W = 1 where both are shown, n = Σ W, and for each window:
//
//   r = (Σ Wtx − Σ Wt Σ Wx / n) / √((Σ Wt² − (Σ Wt)² / n) · (Σ Wx² − (Σ Wx)² / n))
//
// Each sum is a correlation of what one side shows (1, x or x²) with what the other does.

import type { Where } from '../core/errors.js';
import { product } from '../core/lists.js';
import type { NumberArray, Samples } from '../sums/samples.js';
import { clipped, type ExactScore, exactScore } from './exact-score.js';
import { normOf, PRODUCT_ROUNDING, PRODUCT_SLACK, SQUARE_SLACK } from './finish.js';
import { times, withoutMean } from './pattern.js';
import { boxOf, elementOf, placeOf } from './places.js';
import { mapSizes, productsOf, squaresOf } from './products.js';
import { centred, statisticsOf } from './statistics.js';

/** An image and a template, with planes of 0 and 1 that say what is shown of each. */
interface ShownMatch {
  readonly image: Samples;
  readonly imageMask: Samples;
  readonly template: Samples;
  readonly mask: Samples;
  /** the share of the largest overlap below which a score is 0 */
  readonly minOverlap: number;
  readonly where: Where;
}

/** Numbers that are shown, NaN for the others: statistics leave those out. */
function onlyShown({ data, shape }: Samples, mask: Samples): Samples {
  return { data: Float64Array.from(data, (x, i) => (mask.data[i] > 0 ? x : Number.NaN)), shape };
}

/** What is shown, near 1 and without its mean; 0 elsewhere. What is shown and no number stays none. */
function centredWhereShown(planes: Samples, mask: Samples): Float64Array {
  const statistics = statisticsOf(onlyShown(planes, mask));
  return times(centred(planes, statistics, new Float64Array(planes.data.length)), mask);
}

/** Writes the scores of all windows. */
export function scoreShown(match: ShownMatch, out: NumberArray): void {
  const { image, imageMask, template, mask, minOverlap, where } = match;
  const x = centredWhereShown(image, imageMask);
  const t = centredWhereShown(template, mask);
  const [size, count] = [image, template].map(({ shape }) => product(shape.slice(1)));
  const shapes = [image, template].map(({ shape }) => [1, ...shape.slice(1)]);
  const windows = out.length;
  const [overlap, numerators, ts, xs, doubt] = Array.from({ length: 5 }, () => new Float64Array(windows));
  for (let channel = 0; channel < image.shape[0]; channel++) {
    const planeOf = (data: NumberArray, numbers: number) =>
      new Float64Array(data.subarray(channel * numbers, (channel + 1) * numbers));
    const [shown, x1] = [planeOf(imageMask.data, size), planeOf(x, size)];
    const [t0, t1] = [planeOf(mask.data, count), planeOf(t, count)];
    const [x2, t2] = [squaresOf(x1, 'squares of an image'), squaresOf(t1, 'squares of a template')];
    const sumsOf = (plane: Float64Array, kernel: Float64Array, use: string) =>
      productsOf({ data: plane, shape: shapes[0] }, kernel, shapes[1], where, use);
    const counts = sumsOf(shown, t0, 'counts');
    const [tSums, tSquares] = [sumsOf(shown, t1, 'sums of t'), sumsOf(shown, t2, 'squares of t')];
    const [xSums, xSquares] = [sumsOf(x1, t0, 'sums of x'), sumsOf(x2, t0, 'squares of x')];
    const cross = sumsOf(x1, t1, 'products');
    const [m, n] = [normOf(t0), normOf(shown)];
    const [tn, xn, tn2, xn2] = [t1, x1, t2, x2].map(normOf);
    for (let i = 0; i < windows; i++) {
      const pixels = Math.round(counts[i]);
      overlap[i] += pixels;
      if (pixels === 0) continue;
      numerators[i] += cross[i] - (tSums[i] * xSums[i]) / pixels;
      ts[i] += tSquares[i] - (tSums[i] * tSums[i]) / pixels;
      xs[i] += xSquares[i] - (xSums[i] * xSums[i]) / pixels;
      // a mean is at most the norm of what is shown over √n, and a sum is off by its rounding times two norms
      const root = Math.sqrt(pixels);
      const isUnknown =
        ts[i] / (n * (tn2 + (2 * tn * tn) / root)) < PRODUCT_ROUNDING / SQUARE_SLACK ||
        xs[i] / (xn2 * m + (2 * xn * xn * m) / root) < PRODUCT_ROUNDING / SQUARE_SLACK;
      doubt[i] = isUnknown ? Number.POSITIVE_INFINITY : doubt[i] + xn * tn * (1 + (n + m) / root);
    }
  }
  const least = minOverlap * overlap.reduce((a, b) => Math.max(a, b), 0);
  const exact = exactShown(match);
  const map = mapSizes(image.shape, template.shape);
  for (let i = 0; i < windows; i++) {
    if (overlap[i] < least || overlap[i] === 0) {
      out[i] = 0;
      continue;
    }
    const norm = Math.sqrt(ts[i] * xs[i]);
    if (!(PRODUCT_ROUNDING * doubt[i] <= PRODUCT_SLACK * norm)) {
      out[i] = exact(elementOf(placeOf(i, map), image.shape.slice(1)));
      continue;
    }
    // of a flat template, or of a flat image, nothing is in doubt and nothing compares
    out[i] = norm === 0 ? 0 : clipped(numerators[i] / norm);
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
