// matchTemplate.explain: how a map of scores is computed, and its accuracy.

import { asList } from '../../core/errors.js';
import { product } from '../../core/lists.js';
import type { MatchSettings } from '../options.js';

const formulas = {
  ccoeffNormed: 'correlation coefficient, -1 to 1',
  ccoeff: 'covariance times the count',
  ccorrNormed: 'cosine, -1 to 1',
  ccorr: 'sum of products',
  sqdiffNormed: 'sum of squared differences over the norms',
  sqdiff: 'sum of squared differences',
} as const;

/** The shapes that `explained` describes. */
interface MatchSizes {
  readonly image: readonly number[];
  readonly template: readonly number[];
  /** with channels first; includes the border around the image */
  readonly planes: readonly number[];
  readonly map: readonly number[];
  /** the kind of mask: weights of the template, or an image mask */
  readonly mask: 'none' | 'weights' | 'image';
}

/** How many correlations a map needs; with a mask, each channel needs its own. */
function correlations({ method }: MatchSettings, mask: MatchSizes['mask'], channels: number): string {
  if (mask === 'image')
    return `6 for each channel (${6 * channels}): n, sums and sums of squares of both, products`;
  if (mask === 'none') return '1: products with the template, over all channels';
  if (method === 'ccoeffNormed') return `3 for each channel (${3 * channels}); 4 if weights are not 0 and 1`;
  if (method === 'ccoeff') return `1 for each channel (${channels}); 2 if weights are not 0 and 1`;
  return method === 'ccorr' ? '1' : method === 'sqdiffNormed' ? '3' : '2';
}

/** The lines of the explanation. */
export function explained(settings: MatchSettings, sizes: MatchSizes): string {
  const { method, precision, dtype } = settings;
  const { image, template, planes, map, mask } = sizes;
  const terms = product(template);
  const unit = precision === 'float32' ? '2^-24' : '2^-53';
  const log = Math.log2(product(planes)).toFixed(0);
  const isNormed = method.endsWith('Normed');
  const bound = !isNormed
    ? `off by ${unit} x ${log} x norm of the image x norm of the template at most, then rounded to ${dtype}`
    : precision === 'float64'
      ? `within 1e-6 of the definition for finite float32 input`
      : `off by ${unit} x ${log} x (norm of the image / norm of the window), both without their means`;
  const windows = mask === 'none' && method !== 'ccorr' && method !== 'ccoeff';
  return [
    `matchTemplate of image ${asList(image)}, template ${asList(template)}: scores ${asList(map)}`,
    `method        ${method}: ${formulas[method]}`,
    `products      ${terms} a score, in ${precision}`,
    `correlations  ${correlations(settings, mask, planes[0])}`,
    ...(windows ? ['window sums   float64, without subtraction: three additions per number and axis'] : []),
    ...(isNormed
      ? ['doubtful      windows that vary too little compared with the image are recomputed in two passes']
      : []),
    `error         ${bound}`,
  ].join('\n');
}
