// sepfir2d: filters the rows and the columns of a picture, like scipy.signal.sepfir2d.

import { optionsObject } from '../core/arguments.js';
import { describe, refuse, type Where } from '../core/errors.js';
import { product } from '../core/lists.js';
import { checkOut, dtypeOf } from '../sums/result.js';
import { asSamples, type Dtype, type Samples, type SamplesLike } from '../sums/samples.js';
import { sums } from '../sums/sums.js';
import { alongAxis, checkTaps, requestAlong } from './filter-axis.js';

/** Options of `sepfir2d`. */
export interface Sepfir2dOptions<D extends Dtype = Dtype> {
  /** type of the result and of the sums; default 'float32' */
  readonly dtype?: D | undefined;
  /** a tensor of the picture's shape and the result's type, to be written and returned */
  readonly out?: Samples<D> | undefined;
}

/**
 * Convolves an image with one filter along its rows and another along its columns. The image is extended symmetrically (b a|a b c d|d c),
 * and filters may be longer than the image.
 *
 * @param x a picture [H, W]
 * @param hrow coefficients along the rows (the last axis), an odd number of them
 * @param hcol coefficients along the columns, an odd number of them
 * @param options dtype, out
 * @returns a tensor [H, W]
 * @throws TypeError for unknown options or what is not a picture
 * @throws RangeError if `x` has no two axes or is empty, or a filter has several axes or an even number of coefficients
 * @see https://docs.scipy.org/doc/scipy/reference/generated/scipy.signal.sepfir2d.html
 * @example
 * import { sepfir2d } from 'convnd/signal';
 * const edges = sepfir2d([[1, 2, 4], [1, 2, 4]], [1, 0, -1], [1]);
 * console.log(edges.data.join()); // 1,3,2,1,3,2
 */
export function sepfir2d<D extends Dtype = 'float32'>(
  x: SamplesLike,
  hrow: SamplesLike,
  hcol: SamplesLike,
  options?: Sepfir2dOptions<D>,
): Samples<D> {
  const named: Where = () => 'sepfir2d';
  optionsObject(options, ['dtype', 'out'], named);
  const dtype = dtypeOf(options?.dtype, named);
  const picture = asSamples(x, dtype, 'x', named);
  const row = asSamples(hrow, dtype, 'hrow', named);
  const column = asSamples(hcol, dtype, 'hcol', named);
  const where: Where = () =>
    `sepfir2d of x ${describe(picture.shape)}, hrow ${describe(row.shape)}, hcol ${describe(column.shape)}`;
  if (picture.shape.length !== 2) refuse(where, `x must be 2-D, but got shape ${describe(picture.shape)}`);
  if (product(picture.shape) === 0) refuse(where, 'x cannot be empty');
  checkTaps(row, 'hrow', where);
  checkTaps(column, 'hcol', where);
  if (row.shape[0] % 2 === 0 || column.shape[0] % 2 === 0) refuse(where, 'hrow and hcol must be odd length');
  const out = options?.out;
  if (out !== undefined) checkOut(out, picture.shape, dtype, [picture, row, column], where);

  const pass = (signal: Samples, axis: number, taps: Samples, target?: Samples<D>) => {
    const along = alongAxis(signal.shape, axis, where);
    const first = (taps.shape[0] - 1) / 2;
    const { axes, kernel } = requestAlong(2, along, taps, { first, count: along.size, direction: -1 });
    const operands = { signal, kernel, ...(target && { out: target }) };
    return sums(operands, { axes, border: 'symmetric', method: 'auto', dtype, where });
  };
  return pass(pass(picture, 1, row), 0, column, out);
}
