// upfirdn: upsampling, a FIR filter and downsampling in one sum, like scipy.signal.upfirdn.

import { optionsObject, whole } from '../core/arguments.js';
import { describe, refuse, refuseKind, type Where } from '../core/errors.js';
import { product } from '../core/lists.js';
import { numberOf } from '../sums/borders/names.js';
import type { Border } from '../sums/request.js';
import { checkOut, dtypeOf } from '../sums/result.js';
import { asSamples, type Dtype, type Samples, type SamplesLike, zeros } from '../sums/samples.js';
import { sums } from '../sums/sums.js';
import { alongAxis, checkTaps, requestAlong, resized } from './filter-axis.js';
import { type Extension, extended } from './upfirdn-extension.js';
import { computeOutputs } from './upfirdn-outputs.js';
import { computeRows } from './upfirdn-rows.js';
import { wayOf } from './upfirdn-way.js';

/**
 * Extensions of a signal, by PyWavelets' names. For a b c d: constant: a number; edge: a a|a b c d|d d; wrap: c d|a b c d|a b;
 * symmetric: b a|a b c d|d c; reflect: c b|a b c d|c b; antisymmetric: −b −a|a b c d|−d −c; antireflect: reflected about the value of the
 * edge; smooth: the line through the two elements at the edge; line: the line through the first and the last element.
 */
export type UpfirdnMode = 'constant' | 'edge' | 'wrap' | 'symmetric' | 'reflect' | Extension;

/** Options of `upfirdn`. */
export interface UpfirdnOptions<D extends Dtype = Dtype> {
  /** upsampling factor: zeros are inserted between samples; default 1 */
  readonly up?: number | undefined;
  /** downsampling factor: every n-th output is kept; default 1 */
  readonly down?: number | undefined;
  /** the axis along which the filter runs; default -1 (the last) */
  readonly axis?: number | undefined;
  /** extension of the signal; default 'constant' */
  readonly mode?: UpfirdnMode | undefined;
  /** the value outside the signal with mode 'constant'; default 0 */
  readonly cval?: number | undefined;
  /** type of the result and of the sums; default 'float32' */
  readonly dtype?: D | undefined;
  /** a tensor of the result's shape and type, to be written and returned */
  readonly out?: Samples<D> | undefined;
}

const borders: Record<string, Border | Extension> = {
  constant: 'nothing',
  edge: 'nearest',
  wrap: 'wrap',
  symmetric: 'symmetric',
  reflect: 'mirror',
  antisymmetric: 'antisymmetric',
  antireflect: 'antireflect',
  smooth: 'smooth',
  line: 'line',
};

/**
 * Changes the sample rate of a signal: inserts `up − 1` zeros between samples, filters, and keeps every `down`-th output. Only the outputs
 * that are kept are computed.
 *
 * @param h coefficients, one axis of at least one
 * @param x a signal with at least one axis
 * @param options up, down, axis, mode, cval, dtype, out; see `UpfirdnOptions`
 * @returns a tensor with `⌈((n − 1) · up + taps) / down⌉` elements along the axis, and the signal's sizes along the others
 * @throws TypeError for unknown options or modes, for an `up` or `down` that is not an integer, and for `cval` with another mode
 * @throws RangeError if `up` or `down` is below 1, `h` is empty or has several axes, `x` is empty, or the axis is out of range
 * @see https://docs.scipy.org/doc/scipy/reference/generated/scipy.signal.upfirdn.html
 * @example
 * import { upfirdn } from 'convnd/signal';
 * console.log(upfirdn([1, 1, 1], [1, 2, 3], { up: 3 }).data.join()); // 1,1,1,2,2,2,3,3,3
 * console.log(upfirdn([1], [1, 2, 3], { down: 2 }).data.join()); // 1,3
 */
export function upfirdn<D extends Dtype = 'float32'>(
  h: SamplesLike,
  x: SamplesLike,
  options?: UpfirdnOptions<D>,
): Samples<D> {
  const named: Where = () => 'upfirdn';
  optionsObject(options, ['up', 'down', 'axis', 'mode', 'cval', 'dtype', 'out'], named);
  const dtype = dtypeOf(options?.dtype, named);
  const up = rate(options?.up, 'up', named);
  const down = rate(options?.down, 'down', named);
  const border = borderOf(options?.mode, options?.cval, named);
  const taps = asSamples(h, dtype, 'h', named);
  const given = asSamples(x, dtype, 'x', named);
  const where: Where = () => `upfirdn of h ${describe(taps.shape)}, x ${describe(given.shape)}`;
  checkTaps(taps, 'h', where);
  if (given.shape.length === 0) refuse(where, 'x must be at least 1-D');
  const along = alongAxis(given.shape, options?.axis, where);
  if (product(given.shape) === 0) refuse(where, 'x cannot be empty');
  const reach = (along.size - 1) * up + taps.shape[0];
  const count = Math.ceil(reach / down);
  const out = options?.out;
  const shape = resized(given.shape, along, count);
  if (out !== undefined) checkOut(out, shape, dtype, [taps, given], where);

  // these extensions are not elements of the signal, so they are added to it before the sum
  const odd = isExtension(border);
  const before = odd ? Math.ceil((taps.shape[0] - 1) / up) : 0;
  const signal = odd ? extended(given, along, before, border) : given;
  const sum = { first: before * up, count, direction: -1, stride: down, upsample: up } as const;
  const around = odd ? 'nothing' : border;
  const length = signal.shape[along.axis];
  const rows = product(signal.shape) / length;
  const way = along.inner === 1 ? wayOf(rows, length, taps.data.length, sum) : 'blocks';
  if (way !== 'blocks') {
    const result = out ?? zeros(shape, dtype, where);
    const operands = { signal, kernel: taps, out: result };
    if (way === 'outputs' || !computeRows(operands, length, sum, around))
      computeOutputs(operands, length, sum, around);
    return result;
  }
  const { axes, kernel } = requestAlong(given.shape.length, along, taps, sum);
  const request = { axes, border: around, method: 'auto', dtype, where } as const;
  return sums({ signal, kernel, ...(out && { out }) }, request);
}

function rate(value: unknown, name: string, where: Where): number {
  const given = whole(value ?? 1, name, where);
  if (given < 1) refuse(where, `both up and down must be >= 1, but got ${name}=${given}`);
  return given;
}

function borderOf(mode: unknown, cval: unknown, where: Where): Border | Extension {
  const name = mode ?? 'constant';
  if (typeof name !== 'string' || !Object.hasOwn(borders, name))
    refuseKind(where, `mode must be one of ${Object.keys(borders).join(', ')}, but got ${describe(name)}`);
  if (cval === undefined) return borders[name];
  const constant = numberOf(cval, 'cval', where);
  if (name !== 'constant')
    refuseKind(where, `cval has no effect with mode '${name}': it belongs to mode 'constant'`);
  return constant === 0 ? 'nothing' : { constant };
}

function isExtension(border: Border | Extension): border is Extension {
  return border === 'antisymmetric' || border === 'antireflect' || border === 'smooth' || border === 'line';
}
