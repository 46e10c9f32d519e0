// matchTemplate and matchTemplates: how well a template fits at each place of an image.

import { describe, refuse, refuseKind, type Where } from '../core/errors.js';
import { sameShape } from '../core/tensor.js';
import { checkOut, refuseComplex } from '../sums/result.js';
import { asSamples, type Dtype, type Samples, type SamplesLike, zeros } from '../sums/samples.js';
import { asMask, forChannels, onlyTruth } from './mask.js';
import { scoreMasked } from './masked.js';
import { type MatchOptions, type MatchSettings, matchSettings } from './options.js';
import { Picture } from './picture.js';
import { padded, planesOf } from './planes.js';
import { mapSizes } from './products.js';
import { score } from './scores.js';
import { scoreShown } from './shown.js';

/**
 * How well a template fits at each place of an image (a signal, a picture or a volume): the map of scores.
 *
 * Each score compares the template with the window of the image that begins there. By default it is the correlation coefficient, from −1
 * to 1, as scikit-image's `match_template` and OpenCV's `TM_CCOEFF_NORMED`: unchanged by brightness and contrast. It is computed in
 * float64, within 1e-6 of the true coefficient for any finite float32 input. A window or template of equal numbers has coefficient 0;
 * what is 0 / 0 otherwise is defined too: ccorrNormed 0, sqdiffNormed 0 if both are zero and 1 if one is. Finite input never gives NaN.
 *
 * @param image [length], [height, width] or [depth, height, width], and one axis more with `channelAxis`
 * @param template as many axes as the image, none of them longer; with `channelAxis` as many channels
 * @param options see `MatchOptions`
 * @returns a score for each window that lies within the image: size − template size + 1 along each axis; with `padInput` the image's size
 * @throws RangeError where sizes don't fit, naming both shapes; TypeError for unknown options and names
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
  const given = new GivenImage(image, options as MatchOptions, 'matchTemplate');
  return given.match(template, 'template', options?.out) as Samples<D>;
}

/**
 * The maps of several templates. What they need of the image is computed once, and its window sums once for each size of template.
 *
 * @param image as for `matchTemplate`
 * @param templates of any sizes within the image
 * @param options as for `matchTemplate`, without `out`; a mask is for all of them, which then have one shape
 * @returns a map for each template
 * @throws as `matchTemplate`
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
    refuseKind(where, 'out is of matchTemplate only: several templates have several maps');
  const given = new GivenImage(image, options as MatchOptions, 'matchTemplates', [], templates.length > 1);
  return templates.map((template, i) => given.match(template, `templates[${i}]`)) as Samples<D>[];
}

/** An image with options, for one template after another. */
export class GivenImage {
  readonly settings: MatchSettings;
  readonly #image: Samples;
  readonly #options: MatchOptions;
  readonly #name: string;
  readonly #planes: Samples;
  /** the picture, by the width of its border */
  readonly #pictures = new Map<string, Picture>();

  /**
   * @param name of the function, for errors
   * @param more names of options that are that function's own
   * @param isShared several templates are to come
   */
  constructor(
    image: SamplesLike,
    options: MatchOptions | undefined,
    name: string,
    more: readonly string[] = [],
    readonly isShared = false,
  ) {
    const where: Where = () => name;
    refuseComplex(image, 'image', where);
    const dtype = options?.dtype === 'float64' ? 'float64' : 'float32';
    this.#image = asSamples(image, dtype, 'image', where);
    const { shape } = this.#image;
    this.#name = name;
    this.#options = options ?? {};
    this.settings = matchSettings(options, shape.length, where, more);
    const rank = shape.length - (this.settings.channelAxis === undefined ? 0 : 1);
    if (rank < 1 || rank > 3)
      refuse(where, `image: expected 1 to 3 axes beside channelAxis, got shape ${describe(shape)}`);
    this.#planes = planesOf(this.#image, this.settings.channelAxis);
  }

  /** The map of a template. */
  match(given: SamplesLike, name: string, out?: Samples): Samples {
    const { settings } = this;
    const { channelAxis, dtype } = settings;
    refuseComplex(given, name, () => this.#name);
    const template = asSamples(given, dtype, name, () => this.#name);
    const where: Where = () =>
      `${this.#name} of image ${describe(this.#image.shape)}, ${name} ${describe(template.shape)}`;
    this.#checkSizes(template.shape, name, where);
    const pattern = planesOf(template, channelAxis);
    const picture = this.#picture(pattern.shape);
    const sizes = mapSizes(picture.planes.shape, pattern.shape);
    if (out !== undefined) checkOut(out, sizes, dtype, [this.#image, template], where);
    const result = out ?? zeros(sizes, dtype);
    const mask = this.#mask(template.shape, where);
    if (this.#options.imageMask !== undefined) this.#shown(picture, pattern, mask, result, where);
    else if (mask) scoreMasked({ picture, template: pattern, weights: mask, settings, where }, result.data);
    else score({ picture, template: pattern, settings, where }, result.data);
    return result;
  }

  /** Sizes of a template without its channels. */
  windowOf(template: SamplesLike): number[] {
    const { shape } = asSamples(template, 'float32', 'template', () => this.#name);
    return shape.filter((_, axis) => axis !== this.settings.channelAxis);
  }

  #checkSizes(template: readonly number[], name: string, where: Where): void {
    const { shape } = this.#image;
    if (template.length !== shape.length)
      refuse(where, `${name}: expected ${shape.length} axes as the image has, got ${template.length}`);
    if ([...shape, ...template].includes(0)) refuse(where, `image and ${name} must not be empty`);
    const { channelAxis } = this.settings;
    template.forEach((size, axis) => {
      if (axis === channelAxis && size !== shape[axis])
        refuse(where, `${name}: expected ${shape[axis]} channels as the image has, got ${size}`);
      if (size > shape[axis]) refuse(where, `${name} must not be larger than the image along any axis`);
    });
  }

  #picture(template: readonly number[]): Picture {
    const { border } = this.settings;
    const key = border ? template.join() : '';
    let picture = this.#pictures.get(key);
    if (!picture) {
      picture = new Picture(
        border ? padded(this.#planes, template.slice(1), border) : this.#planes,
        this.isShared,
      );
      this.#pictures.set(key, picture);
    }
    return picture;
  }

  /** Weights of the template's numbers, in planes. */
  #mask(template: readonly number[], where: Where): Samples | undefined {
    const { mask } = this.#options;
    if (mask === undefined) return undefined;
    const { channelAxis, dtype, precision } = this.settings;
    if (precision === 'float32') refuseKind(where, "precision 'float32' is there without masks only");
    const weights = forChannels(asMask(mask, 'mask', dtype, where), template, channelAxis, 'mask', where);
    if (weights.data.every((weight) => weight === 0)) refuse(where, 'mask: some weight must be above 0');
    return planesOf(weights, channelAxis);
  }

  #shown(
    picture: Picture,
    template: Samples,
    weights: Samples | undefined,
    out: Samples,
    where: Where,
  ): void {
    const { settings } = this;
    const { channelAxis, dtype, minOverlap, border } = settings;
    const given = asMask(this.#options.imageMask!, 'imageMask', dtype, where);
    const planes = planesOf(
      forChannels(given, this.#image.shape, channelAxis, 'imageMask', where),
      channelAxis,
    );
    onlyTruth(planes, 'imageMask', where);
    const mask = weights ?? { data: template.data.map(() => 1), shape: template.shape };
    onlyTruth(mask, 'mask', where);
    const imageMask = border ? padded(planes, template.shape.slice(1), 'nothing') : planes;
    if (!sameShape(imageMask.shape, picture.planes.shape)) throw new Error('a mask of another size');
    scoreShown({ image: picture.planes, imageMask, template, mask, minOverlap, where }, out.data);
  }
}
