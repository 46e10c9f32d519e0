// Shown: the coefficient where only a part of the image is shown, and perhaps of the template (D. Padfield, Masked object registration in
// the Fourier domain, IEEE Transactions on Image Processing 21, 2012). With W = 1 where both are shown, n = Σ W, and for each window:
//
//   r = (Σ Wtx − Σ Wt Σ Wx / n) / √((Σ Wt² − (Σ Wt)² / n) · (Σ Wx² − (Σ Wx)² / n))
//
// Each sum is a correlation of what one side shows (1, x or x²) with what the other does.

import type { Where } from '../core/errors.js';
import { product } from '../core/lists.js';
import type { NumberArray, Samples } from '../sums/samples.js';
import { cornerOf, type ExactScore, offsetsOf } from './exact.js';
import { normOf, PRODUCT_ROUNDING, PRODUCT_SLACK, SQUARE_SLACK } from './finish.js';
import { magnitudeOf } from './pattern.js';
import { mapSizes, productsOf, squaresOf } from './products.js';
import { centred, powerOfTwo, statisticsOf } from './statistics.js';

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
  const numbers = centred(
    planes,
    statisticsOf(onlyShown(planes, mask)),
    new Float64Array(planes.data.length),
  );
  return numbers.map((x, i) => (mask.data[i] > 0 ? x : 0));
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
    const ofImage = (data: NumberArray) =>
      new Float64Array(data.subarray(channel * size, (channel + 1) * size));
    const ofTemplate = (data: NumberArray) =>
      new Float64Array(data.subarray(channel * count, (channel + 1) * count));
    const [shown, x1, t0, t1] = [ofImage(imageMask.data), ofImage(x), ofTemplate(mask.data), ofTemplate(t)];
    const [x2, t2] = [squaresOf(x1, 'squares of an image'), squaresOf(t1, 'squares of a template')];
    const sums = (plane: Float64Array, kernels: Float64Array[], use: string) =>
      productsOf({ data: plane, shape: shapes[0] }, kernels, shapes[1], where, use);
    const [counts, tSums, tSquares] = sums(shown, [t0, t1, t2], 'counts');
    const [xSums, cross] = sums(x1, [t0, t1], 'products');
    const [xSquares] = sums(x2, [t0], 'squares');
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
      const needed = Math.max(
        ts[i] / (n * (tn2 + (2 * tn * tn) / root)) < PRODUCT_ROUNDING / SQUARE_SLACK ? 1 : 0,
        xs[i] / (xn2 * m + (2 * xn * xn * m) / root) < PRODUCT_ROUNDING / SQUARE_SLACK ? 1 : 0,
      );
      doubt[i] = needed > 0 ? Number.POSITIVE_INFINITY : doubt[i] + xn * tn * (1 + (n + m) / root);
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
      out[i] = exact(cornerOf(i, map, image.shape.slice(1)));
      continue;
    }
    const score = numerators[i] / norm;
    out[i] = score > 1 ? 1 : Math.max(score, -1);
  }
}

/** By its definition, with two passes over what both show of a window. */
function exactShown({ image, imageMask, template, mask }: ShownMatch): ExactScore {
  const offsets = offsetsOf(image.shape, template.shape);
  const plane = product(image.shape.slice(1));
  const count = offsets.length;
  return (corner) => {
    const pairs: [number[], number[]][] = [];
    for (let channel = 0; channel < image.shape[0]; channel++) {
      const [xs, ts]: [number[], number[]] = [[], []];
      for (let i = 0; i < count; i++) {
        const at = corner + channel * plane + offsets[i];
        if (!(imageMask.data[at] > 0 && mask.data[channel * count + i] > 0)) continue;
        xs.push(image.data[at]);
        ts.push(template.data[channel * count + i]);
      }
      pairs.push([withoutMean(xs), withoutMean(ts)]);
    }
    const [xs, ts] = [scaled(pairs.flatMap(([x]) => x)), scaled(pairs.flatMap(([, t]) => t))];
    let [cross, xx, tt] = [0, 0, 0];
    for (let i = 0; i < xs.length; i++) {
      cross += xs[i] * ts[i];
      xx += xs[i] * xs[i];
      tt += ts[i] * ts[i];
    }
    if (xx === 0 || tt === 0) return 0;
    const score = cross / (Math.sqrt(xx) * Math.sqrt(tt));
    return score > 1 ? 1 : Math.max(score, -1);
  };
}

/** Equal numbers become exactly 0, as the mean is that of differences from the first one. */
function withoutMean(numbers: readonly number[]): number[] {
  const differences = numbers.map((x) => x - numbers[0]);
  const mean = differences.reduce((a, b) => a + b, 0) / numbers.length;
  return differences.map((d) => d - mean);
}

function scaled(numbers: readonly number[]): number[] {
  const unit = powerOfTwo(magnitudeOf(numbers));
  return numbers.map((x) => x / unit);
}
