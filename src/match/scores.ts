// Scores: the map of one template without a mask, by each of the six methods.

import type { Where } from '../core/errors.js';
import type { NumberArray, Samples } from '../sums/samples.js';
import { cornerOf, exactScore, type NormedMethod } from './exact.js';
import { flatWindows } from './flat.js';
import type { MatchMethod, MatchSettings } from './options.js';
import { centredUnit, unit, weighted } from './pattern.js';
import type { Picture } from './picture.js';
import { mapSizes, productsOf } from './products.js';
import { centred } from './statistics.js';
import { DOUBTFUL } from './window-norms.js';

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
    const { numbers } = centredUnit(template);
    const products = centredProducts(match, numbers);
    if (picture.quotients('deviation', products, template.shape, out)) mendAll(match, 'ccoeffNormed', out);
  },

  ccoeff(match, out) {
    const { numbers, norm } = centredUnit(match.template);
    const products = centredProducts(match, numbers);
    const factor = norm / match.picture.statistics.scale;
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
    const { numbers } = unit(weighted(template));
    const products = scaledProducts(match, numbers);
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
  return data instanceof Float64Array ? { data, shape } : { data: Float64Array.from(data), shape };
}

/** Numbers of the type that products are made in. */
function inPrecision(numbers: Float64Array, { precision }: MatchSettings): NumberArray {
  return precision === 'float64' ? numbers : Float32Array.from(numbers);
}

function centredProducts({ picture, template, settings, where }: Match, numbers: Float64Array): NumberArray {
  const planes = picture.centred(settings.precision);
  return productsOf(planes, [inPrecision(numbers, settings)], template.shape, where)[0];
}

function scaledProducts({ picture, template, settings, where }: Match, numbers: Float64Array): NumberArray {
  const planes = picture.scaled(settings.precision);
  return productsOf(planes, [inPrecision(numbers, settings)], template.shape, where)[0];
}

/** Σ(t − x)² as Σt² − 2Σtx + Σx², of numbers without the image's centres: the difference doesn't know of them. */
function distances(match: Match, out: NumberArray, of: (square: number, window: number) => number): void {
  const { picture, template } = match;
  const numbers = centred(template, picture.statistics, new Float64Array(template.data.length));
  const products = centredProducts(match, numbers);
  const squares = picture.centredSquares(template.shape);
  const own = numbers.reduce((sum, t) => sum + t * t, 0);
  for (let i = 0; i < out.length; i++) {
    const square = own - 2 * products[i] + squares[i];
    out[i] = of(Math.max(square, 0), i);
  }
}

/** Computes anew what isn't known well enough. Where that is much, flat windows are told apart first: their coefficient is 0. */
function mendAll({ picture: { planes }, template }: Match, method: NormedMethod, out: NumberArray): void {
  const exact = exactScore(method, planes, template);
  const windows = mapSizes(planes.shape, template.shape);
  let doubtful = 0;
  for (let i = 0; i < out.length; i++) if (out[i] === DOUBTFUL) doubtful++;
  const isMuch = method === 'ccoeffNormed' && doubtful * template.data.length > planes.data.length;
  const flat = isMuch ? flatWindows(planes, template.shape) : undefined;
  for (let i = 0; i < out.length; i++) {
    if (out[i] !== DOUBTFUL) continue;
    out[i] = flat?.[i] ? 0 : exact(cornerOf(i, windows, planes.shape.slice(1)));
  }
}
