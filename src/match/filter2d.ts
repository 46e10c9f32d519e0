// filter2d and sepFilter2d: OpenCV's filter2D and sepFilter2D, for pictures with or without a channel axis.

import { optionsObject, whole } from '../core/arguments.js';
import { describe, refuse, refuseKind, type Where } from '../core/errors.js';
import { type BorderName, borderOf, numberOf } from '../sums/borders/names.js';
import { filtered, type Reach } from '../sums/filtered.js';
import type { Border } from '../sums/request.js';
import { checkOut, dtypeOf } from '../sums/result.js';
import { asSamples, type Dtype, type Samples, type SamplesLike } from '../sums/samples.js';
import { channelAxisOf, fromOpenCv } from './options.js';

/** OpenCV's names of borders. */
const openCvBorders = {
  BORDER_CONSTANT: 'constant',
  BORDER_REPLICATE: 'nearest',
  BORDER_REFLECT: 'symmetric',
  BORDER_REFLECT_101: 'mirror',
  BORDER_REFLECT101: 'mirror',
  BORDER_DEFAULT: 'mirror',
  BORDER_WRAP: 'wrap',
} as const;

/** Options of `filter2d` and `sepFilter2d`. */
export interface Filter2dOptions<D extends Dtype = Dtype> {
  /**
   * extension of the image; for a b c d: 'reflect101' (default) c b|a b c d|c b, 'symmetric' b a|a b c d|d c, 'replicate'
   * a a|a b c d|d d, 'wrap' c d|a b c d|a b, 'constant' zeros; also in OpenCV's spelling, such as 'BORDER_REFLECT_101'
   */
  readonly border?: BorderName | keyof typeof openCvBorders | undefined;
  /** the kernel element at the output's position, [column, row] like OpenCV's (x, y); default -1, which is size // 2 */
  readonly anchor?: readonly [x: number, y: number] | undefined;
  /** added to every sum; default 0 */
  readonly delta?: number | undefined;
  /** the axis of channels, which are filtered separately; default none. OpenCV's is -1 */
  readonly channelAxis?: number | null | undefined;
  /** type of the result and of the sums: 'float32' (default) or 'float64' */
  readonly dtype?: D | undefined;
  /** a tensor of the image's shape and the result's type, which is written and returned; not the image itself */
  readonly out?: Samples<D> | undefined;
}

const known: readonly (keyof Filter2dOptions)[] = [
  'border',
  'anchor',
  'delta',
  'channelAxis',
  'dtype',
  'out',
];

/** The checked arguments of a call. */
interface Call<D extends Dtype = Dtype> {
  readonly image: Samples;
  /** the axes of rows and columns: y and x */
  readonly axes: readonly [number, number];
  readonly border: Border;
  readonly delta: number;
  readonly dtype: D;
  readonly out: Samples<D> | undefined;
  readonly where: Where;
}

function callOf<D extends Dtype>(
  name: string,
  given: SamplesLike,
  options: Filter2dOptions<D> | undefined,
): Call<D> {
  const here = () => name;
  optionsObject(options, known, here);
  const { border = 'reflect101', delta, channelAxis, out } = options ?? {};
  const dtype = dtypeOf(options?.dtype, here);
  const image = asSamples(given, dtype, 'image', here);
  const { shape } = image;
  const where = () => `${name} of image ${describe(shape)}`;
  const channel = channelAxisOf(channelAxis, shape.length, where);
  const [y, x, ...more] = shape.map((_, axis) => axis).filter((axis) => axis !== channel);
  if (x === undefined || more.length > 0)
    refuse(
      where,
      channel === undefined
        ? `image must be [height, width], or give its channels by channelAxis, but has ${shape.length} axes`
        : `image must be [height, width] beside channelAxis ${channelAxis}, but has ${shape.length} axes`,
    );
  if (shape.includes(0)) refuse(where, 'image is empty');
  if (out !== undefined) checkOut(out, shape, dtype, [image], where);
  const named = fromOpenCv(openCvBorders, border);
  return {
    image,
    axes: [y, x],
    border: borderOf(named, 'border', undefined, 'borderValue', where),
    delta: numberOf(delta, 'delta', where),
    dtype,
    out,
    where,
  };
}

/** The size of a kernel along y and x, and its element at the output's position. */
function reachesOf(anchor: unknown, height: number, width: number, where: Where): Reach[] {
  const given = anchor ?? [-1, -1];
  if (!Array.isArray(given) || given.length !== 2)
    refuseKind(where, `anchor must be [x, y], but got ${describe(anchor)}`);
  return [height, width].map((size, axis) => {
    const at = whole(given[1 - axis], 'anchor', where);
    if (at < -1 || at >= size)
      refuse(
        where,
        `anchor must lie inside the kernel of width ${width}, height ${height}, but got [${given}]`,
      );
    return { size, middle: at < 0 ? size >> 1 : at };
  });
}

function add<D extends Dtype>(samples: Samples<D>, delta: number): Samples<D> {
  if (delta === 0) return samples;
  const { data } = samples;
  for (let i = 0; i < data.length; i++) data[i] += delta;
  return samples;
}

/**
 * Correlates an image with a kernel, like OpenCV's filter2D: `out[y, x] = delta + Σ kernel[i, j] · image[y + i - anchor.y, x + j - anchor.x]`.
 * Unlike OpenCV, it supports the border 'wrap'.
 *
 * @param image [height, width], or with an axis of channels given by `channelAxis`
 * @param kernel [height, width]; it may be larger than the image
 * @param options border, anchor, delta, channelAxis, dtype, out
 * @returns a tensor of the image's shape
 * @throws RangeError for an empty image or kernel, a wrong number of axes, an anchor outside the kernel, a delta that is not finite; TypeError
 *   for unknown options and borders, and for 'reflect', which is ambiguous: OpenCV's BORDER_REFLECT is 'symmetric'
 * @see https://docs.opencv.org/4.x/d4/d86/group__imgproc__filter.html#ga27c049795ce870216ddfb366086b5a04
 * @example
 * import { filter2d } from 'convnd/match';
 * const sharpen = [[0, -1, 0], [-1, 5, -1], [0, -1, 0]];
 * const picture = [[1, 1, 1, 1], [1, 2, 2, 1], [1, 1, 1, 1]];
 * console.log(filter2d(picture, sharpen).data.join()); // 1,-1,-1,1,-1,5,5,-1,1,-1,-1,1
 * console.log(filter2d([[1, 2, 3]], [[1, 0, 0]], { border: 'constant', delta: 10 }).data.join()); // 10,11,12
 */
export function filter2d<D extends Dtype = 'float32'>(
  image: SamplesLike,
  kernel: SamplesLike,
  options?: Filter2dOptions<D>,
): Samples<D> {
  const call = callOf('filter2d', image, options);
  const samples = asSamples(kernel, call.dtype, 'kernel', call.where);
  const { shape } = samples;
  const where = () => `${call.where()}, kernel ${describe(shape)}`;
  if (shape.length !== 2) refuse(where, `kernel must be [height, width], but has ${shape.length} axes`);
  if (shape.includes(0)) refuse(where, 'kernel is empty');
  const reaches = reachesOf(options?.anchor, shape[0], shape[1], where);
  return add(sumsOf({ ...call, where }, samples, reaches, call.out), call.delta);
}

/** Correlates along y and x by the given reaches; undefined for an axis without a kernel. */
function sumsOf<D extends Dtype>(
  call: Call<D>,
  samples: Samples,
  [down, across]: readonly (Reach | undefined)[],
  out?: Samples<D>,
): Samples<D> {
  const [y, x] = call.axes;
  const along = call.image.shape.map((_, axis) => (axis === y ? down : axis === x ? across : undefined));
  return filtered(call.image, { samples, along, direction: 1 }, call, out);
}

/**
 * Correlates the rows of an image with one kernel and its columns with another, like OpenCV's sepFilter2D. It equals `filter2d` with their
 * outer product, at the cost of their lengths.
 *
 * @param image [height, width], or with an axis of channels given by `channelAxis`
 * @param kernelX along x, that is along each row: a list of numbers
 * @param kernelY along y, down each column
 * @param options border, anchor, delta, channelAxis, dtype, out
 * @returns a tensor of the image's shape
 * @throws as `filter2d`
 * @see https://docs.opencv.org/4.x/d4/d86/group__imgproc__filter.html#ga910e29ff7d7b105057d1625a4bf6318d
 * @example
 * import { sepFilter2d } from 'convnd/match';
 * const picture = [[0, 0, 5, 5], [0, 0, 5, 5], [0, 0, 5, 5]];
 * console.log(sepFilter2d(picture, [-1, 0, 1], [1, 2, 1]).data.slice(4, 8).join()); // 0,20,20,0
 */
export function sepFilter2d<D extends Dtype = 'float32'>(
  image: SamplesLike,
  kernelX: SamplesLike,
  kernelY: SamplesLike,
  options?: Filter2dOptions<D>,
): Samples<D> {
  const call = callOf('sepFilter2d', image, options);
  const x = lineOf(kernelX, 'kernelX', call);
  const y = lineOf(kernelY, 'kernelY', call);
  const where = () => `${call.where()}, kernelX [${x.data.length}], kernelY [${y.data.length}]`;
  const [down, across] = reachesOf(options?.anchor, y.data.length, x.data.length, where);
  const rows = sumsOf({ ...call, where }, x, [undefined, across]);
  return add(sumsOf({ ...call, image: rows, where }, y, [down], call.out), call.delta);
}

/** A kernel that is a list, or a matrix with one row or one column. */
function lineOf(kernel: SamplesLike, name: string, { dtype, where }: Call): Samples {
  const samples = asSamples(kernel, dtype, name, where);
  const { data, shape } = samples;
  if (shape.filter((size) => size !== 1).length > 1 || shape.length > 2)
    refuse(where, `${name} must be a list of numbers, but has shape ${describe(shape)}`);
  if (data.length === 0) refuse(where, `${name} is empty`);
  return samples;
}
