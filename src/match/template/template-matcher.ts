// Matches one template after another against an image, with the same options.

import { describe, refuse, refuseKind, type Where } from '../../core/errors.js';
import { addressOf } from '../../engine/address.js';
import { checkOut } from '../../sums/result.js';
import { asSamples, type Samples, type SamplesLike, zeros } from '../../sums/samples.js';
import { asMask, checkBinary, maskPlanes } from '../mask.js';
import { type MatchOptions, type MatchSettings, matchSettings } from '../options.js';
import { padded, planesOf } from '../planes.js';
import { scoreMaskedImage } from '../scores/masked-image.js';
import { score } from '../scores/scores.js';
import { Picture } from '../windows/picture.js';
import { mapSizes } from '../windows/products.js';

/** Shapes with channels first; the image's includes its border. */
export function planeShapes(image: readonly number[], template: readonly number[], settings: MatchSettings) {
  const { channelAxis, border } = settings;
  const planar = (shape: readonly number[]) => [
    channelAxis === undefined ? 1 : shape[channelAxis],
    ...shape.filter((_, axis) => axis !== channelAxis),
  ];
  const [planes, pattern] = [image, template].map(planar);
  const wider = planes.map((size, axis) => (axis > 0 && border ? size + pattern[axis] - 1 : size));
  return { planes: wider, pattern };
}

/**
 * Checks a template's sizes against the image's.
 * @throws RangeError
 */
export function checkSizes(
  image: readonly number[],
  template: readonly number[],
  channelAxis: number | undefined,
  name: string,
  where: Where,
): void {
  const rank = image.length - (channelAxis === undefined ? 0 : 1);
  if (rank < 1 || rank > 3)
    refuse(where, `image: expected 1 to 3 axes besides channelAxis, got shape ${describe(image)}`);
  if (template.length !== image.length)
    refuse(where, `${name}: expected ${image.length} axes as the image has, got ${template.length}`);
  if ([...image, ...template].includes(0)) refuse(where, `image and ${name} must not be empty`);
  template.forEach((size, axis) => {
    if (axis === channelAxis && size !== image[axis])
      refuse(where, `${name}: expected ${image[axis]} channels as the image has, got ${size}`);
    if (size > image[axis]) refuse(where, `${name} must not be larger than the image along any axis`);
  });
}

/** An image and options, for one template after another. */
export class TemplateMatcher {
  readonly settings: MatchSettings;
  readonly #image: Samples;
  readonly #options: MatchOptions;
  readonly #name: string;
  readonly #planes: Samples;
  /** by template size if there is a border, which depends on it */
  readonly #pictures = new Map<string, Picture>();

  /**
   * @param name the function's name, for errors
   * @param more names of options that only this function has
   * @param isShared whether several templates will be matched
   */
  constructor(
    image: SamplesLike,
    options: MatchOptions | undefined,
    name: string,
    more: readonly string[] = [],
    readonly isShared = false,
  ) {
    const where: Where = () => name;
    const dtype = options?.dtype === 'float64' ? 'float64' : 'float32';
    this.#image = asSamples(image, dtype, 'image', where);
    const { shape } = this.#image;
    this.#name = name;
    this.#options = options ?? {};
    this.settings = matchSettings(options, shape.length, where, more);
    this.#planes = planesOf(this.#image, this.settings.channelAxis);
  }

  /** The map of scores of a template. */
  match(given: SamplesLike, name: string, out?: Samples): Samples {
    const { settings } = this;
    const { channelAxis, dtype } = settings;
    const template = asSamples(given, dtype, name, () => this.#name);
    const where: Where = () =>
      `${this.#name} of image ${describe(this.#image.shape)}, ${name} ${describe(template.shape)}`;
    checkSizes(this.#image.shape, template.shape, channelAxis, name, where);
    const pattern = planesOf(template, channelAxis);
    const picture = this.#picture(pattern.shape);
    const sizes = mapSizes(picture.planes.shape, pattern.shape);
    const mask = this.#mask(template.shape, where);
    const imageMask = this.#imageMask(where);
    if (out !== undefined) checkOut(out, sizes, dtype, [this.#image, template, mask, imageMask], where);
    // growing memory moves a resident tensor's numbers
    const result = out && addressOf(out) < 0 ? out : zeros(sizes, dtype);
    if (imageMask) this.#scoreMaskedImage(picture, imageMask, pattern, mask, result, where);
    else score({ picture, template: pattern, weights: mask, settings, where }, result.data);
    if (out && out !== result) out.data.set(result.data);
    return out ?? result;
  }

  /** A template's shape without channels. */
  windowOf(template: readonly number[]): number[] {
    return template.filter((_, axis) => axis !== this.settings.channelAxis);
  }

  #picture(template: readonly number[]): Picture {
    const { border } = this.settings;
    const key = border ? template.join() : '';
    let picture = this.#pictures.get(key);
    if (!picture) {
      picture = new Picture(
        border ? padded(this.#planes, template.slice(1), border) : this.#planes,
        this.isShared,
        !(border && this.isShared),
      );
      this.#pictures.set(key, picture);
    }
    return picture;
  }

  /** The weights of the template's elements, as planes. */
  #mask(template: readonly number[], where: Where): Samples | undefined {
    const { mask } = this.#options;
    if (mask === undefined) return undefined;
    const { channelAxis, dtype, precision } = this.settings;
    if (precision === 'float32') refuseKind(where, "precision 'float32' does not support masks");
    const weights = maskPlanes(asMask(mask, 'mask', dtype, where), template, channelAxis, 'mask', where);
    if (weights.data.every((weight) => weight === 0)) refuse(where, 'mask: some weight must be above 0');
    return weights;
  }

  /** Which elements of the image are included, as planes. */
  #imageMask(where: Where): Samples | undefined {
    const { imageMask } = this.#options;
    if (imageMask === undefined) return undefined;
    const { channelAxis, dtype } = this.settings;
    const given = asMask(imageMask, 'imageMask', dtype, where);
    const planes = maskPlanes(given, this.#image.shape, channelAxis, 'imageMask', where);
    checkBinary(planes, 'imageMask', where);
    return planes;
  }

  #scoreMaskedImage(
    { planes }: Picture,
    included: Samples,
    template: Samples,
    weights: Samples | undefined,
    out: Samples,
    where: Where,
  ): void {
    const { minOverlap, border } = this.settings;
    const mask = weights ?? { data: template.data.map(() => 1), shape: template.shape };
    checkBinary(mask, 'mask', where);
    const imageMask = border ? padded(included, template.shape.slice(1), 'nothing') : included;
    scoreMaskedImage({ image: planes, imageMask, template, mask, minOverlap, where }, out.data);
  }
}
