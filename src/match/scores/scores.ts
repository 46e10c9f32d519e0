// Scores: the map of one template, by each of the six methods. Weights M apply as in OpenCV's formulas, which weight products by M²;
// coefficients, whose means are weighted by M, are in masked.ts.
//
//   ccorr    Σ M²tx          normalised: over √(Σ M²t² · Σ M²x²)
//   sqdiff   Σ M²(t − x)²    normalised: over the same

import type { Finish, Signal } from '../../sums/request.js';
import type { NumberArray, Samples } from '../../sums/samples.js';
import {
  DOUBTFUL,
  marked,
  normOf,
  PRODUCT_ROUNDING,
  quotients,
  SMALLEST_SHARE,
  SQUARE_SLACK,
  type WindowNorms,
} from '../finish.js';
import type { MatchMethod, MatchSettings } from '../options.js';
import { centred } from '../statistics.js';
import { productsOf, squaresOf } from '../windows/products.js';
import { blockScores } from './block-scores.js';
import { maskedCoefficients, maskedProducts } from './masked.js';
import { centredUnit, inDouble, magnitudeOf, times, type Unit, unit, weighted } from './pattern.js';
import { type Match, repairAll } from './repair.js';

/** Writes the scores of all windows. */
export function score(match: Match, out: NumberArray): void {
  const { method } = match.settings;
  const { weights } = match;
  if (weights && method === 'ccoeff') maskedProducts({ ...match, weights }, out);
  else if (weights && method === 'ccoeffNormed') maskedCoefficients({ ...match, weights }, out);
  else scorers[method](match, out);
}

/** Without weights, or with weights of methods without means. */
const scorers: Record<MatchMethod, (match: Match, out: NumberArray) => void> = {
  ccoeffNormed(match, out) {
    const { picture, template } = match;
    const finish = blockScores(picture, template.shape, out);
    const products = centredProducts(match, centredUnit(template), finish);
    const doubtful =
      finish?.left === 0 ? finish.doubtful : picture.quotients('deviation', products, template.shape, out);
    if (doubtful) repairAll(match, 'ccoeffNormed', out);
  },

  ccoeff(match, out) {
    const { picture, template } = match;
    const pattern = centredUnit(template);
    const products = centredProducts(match, pattern);
    const factor = pattern.norm / picture.statistics.scale;
    for (let i = 0; i < out.length; i++) out[i] = products[i] * factor;
  },

  ccorr(match, out) {
    const { picture, template, weights, settings } = match;
    const isDouble = settings.precision === 'float64';
    const { data, shape } = picture.planes;
    const planes = { data: isDouble ? inDouble(data) : data, shape };
    out.set(
      productsWith(match, planes, isDouble ? times(weighted(template, weights), weights) : template.data),
    );
  },

  ccorrNormed(match, out) {
    const { picture, template, weights, settings } = match;
    const pattern = unit(weighted(template, weights));
    const weighed = { ...pattern, numbers: times(pattern.numbers, weights) };
    const products = productsWith(match, picture.scaled(settings.precision), inPrecision(weighed, settings));
    const norms = weights && maskedNorms(match, weights);
    if (norms) quotients(products, norms, out);
    const doubtful = norms ? norms.doubtful : picture.quotients('plain', products, template.shape, out);
    if (doubtful) repairAll(match, 'ccorrNormed', out);
  },

  sqdiff(match, out) {
    const factor = 1 / match.picture.statistics.scale ** 2;
    distances(match, out, (square) => square * factor);
  },

  sqdiffNormed(match, out) {
    const { picture, template, weights } = match;
    const { norm } = unit(weighted(template, weights));
    const { squares, doubtful } = weights
      ? maskedNorms(match, weights)
      : picture.norms('plain', template.shape);
    const { scale, plain } = picture.statistics;
    // corrects for the scale of the norms, which are those of x · scale
    const factor = plain.scale / (norm * scale) / scale;
    distances(match, out, (square, i) => {
      if (squares[i] < 0) return DOUBTFUL;
      if (squares[i] === 0 || norm === 0) return squares[i] === norm ? 0 : 1;
      return (square * factor) / Math.sqrt(squares[i]);
    });
    if (doubtful) repairAll(match, 'sqdiffNormed', out);
  },
};

/** The template in the type that products are computed in. */
function inPrecision(pattern: Unit, { precision }: MatchSettings): NumberArray {
  if (precision === 'float64') return pattern.numbers;
  pattern.single ??= new Float32Array(pattern.numbers);
  return pattern.single;
}

function productsWith(
  { template, where }: Match,
  planes: Signal,
  kernel: NumberArray,
  use?: string,
  finish?: Finish,
): NumberArray {
  return productsOf(planes, kernel, template.shape, where, use, { finish });
}

function centredProducts(match: Match, pattern: Unit, finish?: Finish): NumberArray {
  const { picture, settings } = match;
  const planes = picture.centred(settings.precision);
  return productsWith(match, planes, inPrecision(pattern, settings), 'products', finish);
}

const squaresIn = (planes: Samples): Samples => ({ data: squaresOf(planes.data), shape: planes.shape });

const squared = ({ data }: Samples): Float64Array => Float64Array.from(data, (weight) => weight * weight);

/** The squared norms of x · scale times M. A square of 0 may be a rounding error, so such windows are doubtful. */
function maskedNorms(match: Match, weights: Samples): WindowNorms {
  const { picture } = match;
  const squares = squaresIn(picture.scaled('float64'));
  const kernel = squared(weights);
  const slack = (PRODUCT_ROUNDING / SQUARE_SLACK) * normOf(squares.data) * normOf(kernel);
  const limit = Math.max(slack, magnitudeOf(kernel) * picture.statistics.plainEnergy * SMALLEST_SHARE);
  return marked(productsWith(match, squares, kernel, 'norms') as Float64Array, limit);
}

/**
 * Writes scores made from Σ M²(t − x)² of each window, computed as Σ M²t² − 2 Σ M²tx + Σ M²x² and not below 0. Both t and x are shifted by
 * the image's centres, which does not change the difference.
 */
function distances(match: Match, out: NumberArray, of: (square: number, window: number) => number): void {
  const { picture, template, weights } = match;
  const numbers = centred(template, picture.statistics, new Float64Array(template.data.length));
  const half = times(numbers, weights);
  const products = centredProducts(match, { numbers: times(half, weights), norm: 1 });
  const squares = weights
    ? productsWith(match, squaresIn(picture.centred('float64')), squared(weights), 'squares')
    : picture.centredSquares(template.shape);
  const own = half.reduce((sum, t) => sum + t * t, 0);
  for (let i = 0; i < out.length; i++) out[i] = of(Math.max(own - 2 * products[i] + squares[i], 0), i);
}
