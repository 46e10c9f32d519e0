// matchTemplate and matchTemplates: how well a template matches at each position of an image.

import { checkShape } from '../../core/arguments.js';
import { describe, refuseKind, type Where } from '../../core/errors.js';
import type { Dtype, Samples, SamplesLike } from '../../sums/samples.js';
import { type MatchOptions, matchSettings } from '../options.js';
import { mapSizes } from '../windows/products.js';
import { explained } from './explain.js';
import { checkSizes, planeShapes, TemplateMatcher } from './template-matcher.js';

/**
 * Computes a score for each position of a template in an image (a signal, a picture or a volume): the map of scores.
 *
 * Each score compares the template with the window of the image that begins there. By default it is the correlation coefficient, from −1
 * to 1, like scikit-image's `match_template` and OpenCV's `TM_CCOEFF_NORMED`: independent of brightness and contrast. It is computed in
 * float64, within 1e-6 of the true coefficient for any finite float32 input. A window or template of equal numbers has coefficient 0;
 * other cases of 0 / 0 are defined too: ccorrNormed 0, sqdiffNormed 0 if both are zero and 1 if one is. Finite input never gives NaN.
 *
 * @param image [length], [height, width] or [depth, height, width], and one axis more with `channelAxis`
 * @param template as many axes as the image, none of them longer; with `channelAxis` as many channels
 * @param options see `MatchOptions`
 * @returns a score for each window within the image: size − template size + 1 along each axis; with `padInput` the image's size
 * @throws RangeError with both shapes if sizes don't match; TypeError for unknown options and names
 * @see https://docs.opencv.org/4.x/df/dfb/group__imgproc__object.html
 * @see https://scikit-image.org/docs/stable/api/skimage.feature.html#skimage.feature.match_template
 * @example
 * import { matchTemplate } from 'convnd/match';
 * const image = [[0, 0, 0, 0], [0, 1, 2, 0], [0, 3, 9, 0]];
 * const scores = matchTemplate(image, [[1, 2], [3, 9]]);
 * console.log(scores.shape.join(), scores.data[4].toFixed(3)); // 2,3 1.000
 */
export function matchTemplate<D extends Dtype = 'float32'>(
  image: SamplesLike,
  template: SamplesLike,
  options?: MatchOptions<D>,
): Samples<D> {
  const given = new TemplateMatcher(image, options as MatchOptions, 'matchTemplate');
  return given.match(template, 'template', options?.out) as Samples<D>;
}

/**
 * Describes how the map of an image and a template of these shapes is computed, and its accuracy.
 * @param options as for `matchTemplate`; of masks only their presence matters
 * @throws as `matchTemplate`, for shapes and options
 * @example
 * import { matchTemplate } from 'convnd/match';
 * const lines = matchTemplate.explain([512, 512], [64, 64]).split('\n');
 * console.log(lines[1]); // method        ccoeffNormed: correlation coefficient, -1 to 1
 * console.log(lines[6]); // error         within 1e-6 of the definition for finite float32 input
 */
matchTemplate.explain = (
  image: readonly number[],
  template: readonly number[],
  options?: MatchOptions,
): string => {
  const where: Where = () =>
    `matchTemplate.explain of image ${describe(image)}, template ${describe(template)}`;
  checkShape(image, 'image', where);
  checkShape(template, 'template', where);
  const settings = matchSettings(options, image.length, where);
  checkSizes(image, template, settings.channelAxis, 'template', where);
  const { planes, pattern } = planeShapes(image, template, settings);
  const mask = options?.imageMask !== undefined ? 'image' : options?.mask !== undefined ? 'weights' : 'none';
  return explained(settings, {
    image,
    template,
    planes,
    map: mapSizes(planes, pattern),
    mask,
  });
};

/**
 * The maps of several templates. Statistics of the image are computed once, its window sums once for each template size.
 *
 * @param image as for `matchTemplate`
 * @param templates of any sizes within the image
 * @param options as for `matchTemplate`, without `out`; a mask applies to all of them, which must then have the same shape
 * @returns a map for each template
 * @throws as `matchTemplate`, and TypeError for `out`
 * @see https://docs.opencv.org/4.x/df/dfb/group__imgproc__object.html
 * @example
 * import { matchTemplates } from 'convnd/match';
 * const [rising, falling] = matchTemplates([0, 1, 2, 3, 1, 0], [[1, 2], [2, 1]]);
 * console.log(rising.data.join(), falling.data.join()); // 1,1,1,-1,-1 -1,-1,-1,1,1
 */
export function matchTemplates<D extends Dtype = 'float32'>(
  image: SamplesLike,
  templates: readonly SamplesLike[],
  options?: Omit<MatchOptions<D>, 'out'>,
): Samples<D>[] {
  const where: Where = () => 'matchTemplates';
  if (!Array.isArray(templates))
    refuseKind(where, `templates: expected an array of templates, but got ${describe(templates)}`);
  if ((options as MatchOptions | undefined)?.out !== undefined)
    refuseKind(where, 'out is an option of matchTemplate only, because several templates have several maps');
  const given = new TemplateMatcher(
    image,
    options as MatchOptions,
    'matchTemplates',
    [],
    templates.length > 1,
  );
  return templates.map((template, i) => given.match(template, `templates[${i}]`)) as Samples<D>[];
}
