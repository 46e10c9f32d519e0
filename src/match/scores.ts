// Scores: the map of one template without a mask, by each of the six methods.

import type { Where } from '../core/errors.js';
import type { Finish } from '../sums/request.js';
import { dtypeIn, type NumberArray, type Samples } from '../sums/samples.js';
import { blockScores } from './block-scores.js';
import { cornerOf, exactScore, type NormedMethod } from './exact.js';
import { DOUBTFUL } from './finish.js';
import { flatWindows } from './flat.js';
import type { MatchMethod, MatchSettings } from './options.js';
import { centredUnit, type Unit, unit, weighted } from './pattern.js';
import type { Picture } from './picture.js';
import { mapSizes, productsOf } from './products.js';
import { centred } from './statistics.js';

/** One template on its way to scores. */
interface Match {
  readonly picture: Picture;
  readonly template: Samples;
  readonly settings: MatchSettings;
  readonly where: Where;
}

/** Writes the scores of all windows. */
export function score(match: Match, out: NumberArray): void {
  scorers[match.settings.method](match, out);
}

const scorers: Record<MatchMethod, (match: Match, out: NumberArray) => void> = {
  ccoeffNormed(match, out) {
    const { picture, template } = match;
    const finish = blockScores(picture, template.shape, out);
    const products = centredProducts(match, centredUnit(template), finish);
    const doubtful = finish?.isDone
      ? finish.doubtful
      : picture.quotients('deviation', products, template.shape, out);
    if (doubtful) mendAll(match, 'ccoeffNormed', out);
  },

  ccoeff(match, out) {
    const pattern = centredUnit(match.template);
    const products = centredProducts(match, pattern);
    const factor = pattern.norm / match.picture.statistics.scale;
    for (let i = 0; i < out.length; i++) out[i] = products[i] * factor;
  },

  ccorr(match, out) {
    const { template, settings, picture, where } = match;
    const [products] =
      settings.precision === 'float64'
        ? productsOf(inDouble(picture.planes), [weighted(template)], template.shape, where)
        : productsOf(picture.planes, [template.data], template.shape, where);
    out.set(products);
  },

  ccorrNormed(match, out) {
    const { picture, template } = match;
    const products = scaledProducts(match, unit(weighted(template)));
    if (picture.quotients('plain', products, template.shape, out)) mendAll(match, 'ccorrNormed', out);
  },

  sqdiff(match, out) {
    const factor = 1 / match.picture.statistics.scale ** 2;
    distances(match, out, (square) => square * factor);
  },

  sqdiffNormed(match, out) {
    const { picture, template } = match;
    const { norm } = unit(weighted(template));
    const { squares, doubtful } = picture.norms('plain', template.shape);
    const { scale: centredScale } = picture.statistics;
    // of norms: the image's are of x · scale
    const factor = picture.statistics.plain.scale / (norm * centredScale) / centredScale;
    distances(match, out, (square, i) => {
      if (squares[i] < 0) return DOUBTFUL;
      if (squares[i] === 0 || norm === 0) return norm === 0 && squares[i] === 0 ? 0 : 1;
      return (square * factor) / Math.sqrt(squares[i]);
    });
    if (doubtful) mendAll(match, 'sqdiffNormed', out);
  },
};

function inDouble({ data, shape }: Samples): Samples {
  return dtypeIn(data) === 'float64' ? { data, shape } : { data: new Float64Array(data), shape };
}

/** Numbers of the type that products are made in. */
function inPrecision(pattern: Unit, { precision }: MatchSettings): NumberArray {
  if (precision === 'float64') return pattern.numbers;
  pattern.single ??= new Float32Array(pattern.numbers);
  return pattern.single;
}

function centredProducts(
  { picture, template, settings, where }: Match,
  pattern: Unit,
  finish?: Finish,
): NumberArray {
  const planes = picture.centred(settings.precision);
  const numbers = inPrecision(pattern, settings);
  return productsOf(planes, [numbers], template.shape, where, 'products', finish)[0];
}

function scaledProducts({ picture, template, settings, where }: Match, pattern: Unit): NumberArray {
  const planes = picture.scaled(settings.precision);
  return productsOf(planes, [inPrecision(pattern, settings)], template.shape, where)[0];
}

/** Σ(t − x)² as Σt² − 2Σtx + Σx², of numbers without the image's centres: the difference doesn't know of them. */
function distances(match: Match, out: NumberArray, of: (square: number, window: number) => number): void {
  const { picture, template } = match;
  const numbers = centred(template, picture.statistics, new Float64Array(template.data.length));
  const products = centredProducts(match, { numbers, norm: 1 });
  const squares = picture.centredSquares(template.shape);
  const own = numbers.reduce((sum, t) => sum + t * t, 0);
  differences(own, products, squares, out, of);
}

/** Σt² − 2Σtx + Σx² of each window, and not below 0, made into a score. */
export function differences(
  own: number,
  products: NumberArray,
  squares: NumberArray,
  out: NumberArray,
  of: (square: number, window: number) => number,
): void {
  for (let i = 0; i < out.length; i++) out[i] = of(Math.max(own - 2 * products[i] + squares[i], 0), i);
}

/** Computes anew what isn't known well enough. Where that is much, flat windows are told apart first: their coefficient is 0. */
export function mendAll(
  { picture: { planes }, template, weights }: Omit<Match, 'settings' | 'where'> & { weights?: Samples },
  method: NormedMethod,
  out: NumberArray,
): void {
  const exact = exactScore(method, planes, template, weights);
  const windows = mapSizes(planes.shape, template.shape);
  let doubtful = 0;
  for (let i = 0; i < out.length; i++) if (out[i] === DOUBTFUL) doubtful++;
  const isMuch = doubtful * template.data.length > planes.data.length;
  if (isMuch && method === 'ccoeffNormed' && !weights) {
    const flat = flatWindows(planes, template.shape);
    for (let i = 0; i < out.length; i++) if (flat[i] && out[i] === DOUBTFUL) out[i] = 0;
  }
  for (let i = 0; i < out.length; i++)
    if (out[i] === DOUBTFUL) out[i] = exact(cornerOf(i, windows, planes.shape.slice(1)));
}
