// lfilter and lfilterZi: FIR filters, like scipy.signal's.

import { optionsObject } from '../core/arguments.js';
import { describe, refuse, type Where } from '../core/errors.js';
import { product } from '../core/lists.js';
import { checkOut, dtypeOf } from '../sums/result.js';
import { asSamples, type Dtype, numbersOf, type Samples, type SamplesLike, zeros } from '../sums/samples.js';
import { sums } from '../sums/sums.js';
import { coefficients } from './denominator.js';
import { type Along, alongAxis, copyPart, requestAlong, resized } from './filter-axis.js';
import { isNumbers } from './is-numbers.js';

/** Options of `lfilter`. */
export interface LfilterOptions<D extends Dtype = Dtype> {
  /** the axis along which the filter runs; default -1 (the last) */
  readonly axis?: number | undefined;
  /**
   * the initial state, added to the first outputs: taps − 1 numbers along the axis, and along other axes the signal's sizes or 1. With it,
   * the result has `zf`
   */
  readonly zi?: SamplesLike | undefined;
  /** type of the result and of the sums; default 'float32' */
  readonly dtype?: D | undefined;
  /** a tensor of the signal's shape and the result's type, to be written and returned; with `zi` the result shares its data */
  readonly out?: Samples<D> | undefined;
}

/** A filtered signal and its final state, which is the `zi` of the signal that follows. */
export interface Filtered<D extends Dtype = 'float32'> extends Samples<D> {
  /** the shape of the signal, with taps − 1 along its axis */
  readonly zf: Samples<D>;
}

/**
 * Filters a signal along an axis: `y[n] = Σ b[k] · x[n − k]`, with zeros before the signal. The result has the signal's shape.
 *
 * SciPy's `lfilter(b, a, x)` is accepted too. Only FIR filters are supported, so all of the denominator `a` but a[0] must be 0. The
 * coefficients are then `b / a[0]`, with zeros up to the length of `a`.
 *
 * @param b coefficients, one axis of at least one; a number is a single coefficient
 * @param x a signal with at least one axis
 * @param options axis, zi, dtype, out; see `LfilterOptions`
 * @returns a tensor of the signal's shape; with `zi` it has the final state as `zf`
 * @throws RangeError if `b` or `x` are empty, `b` has several axes, the axis is out of range, `zi` has another shape, a[0] is 0, or
 * another coefficient of `a` is not
 * @see https://docs.scipy.org/doc/scipy/reference/generated/scipy.signal.lfilter.html
 * @example
 * import { lfilter } from 'convnd/signal';
 * const mean = [1 / 2, 1 / 2];
 * const first = lfilter(mean, [2, 4, 6], { zi: [0] });
 * const next = lfilter(mean, [8, 10], { zi: first.zf });
 * console.log(first.data.join(), next.data.join()); // 1,3,5 7,9
 */
export function lfilter<D extends Dtype = 'float32'>(
  b: SamplesLike,
  x: SamplesLike,
  options: LfilterOptions<D> & { zi: SamplesLike },
): Filtered<D>;
export function lfilter<D extends Dtype = 'float32'>(
  b: SamplesLike,
  x: SamplesLike,
  options?: LfilterOptions<D>,
): Samples<D>;
export function lfilter<D extends Dtype = 'float32'>(
  b: SamplesLike,
  a: SamplesLike,
  x: SamplesLike,
  options: LfilterOptions<D> & { zi: SamplesLike },
): Filtered<D>;
export function lfilter<D extends Dtype = 'float32'>(
  b: SamplesLike,
  a: SamplesLike,
  x: SamplesLike,
  options?: LfilterOptions<D>,
): Samples<D>;
export function lfilter(
  b: SamplesLike,
  second: SamplesLike,
  third?: SamplesLike | LfilterOptions<Dtype>,
  fourth?: LfilterOptions<Dtype>,
): Samples | Filtered<Dtype> {
  return isNumbers(third) ? filtered(b, second, third, fourth) : filtered(b, undefined, second, third);
}

function filtered(
  numerator: SamplesLike,
  denominator: SamplesLike | undefined,
  given: SamplesLike,
  options: LfilterOptions<Dtype> | undefined,
): Samples | Filtered<Dtype> {
  const named: Where = () => 'lfilter';
  optionsObject(options, ['axis', 'zi', 'dtype', 'out'], named);
  const dtype = dtypeOf(options?.dtype, named);
  const b = coefficients(numerator, denominator, dtype, named);
  const x = asSamples(given, dtype, 'x', named);
  const where: Where = () => `lfilter of b ${describe(b.shape)}, x ${describe(x.shape)}`;
  if (x.shape.length === 0) refuse(where, 'x must be at least 1-D');
  const along = alongAxis(x.shape, options?.axis, where);
  if (product(x.shape) === 0) refuse(where, 'x cannot be empty');
  const { out, zi } = options ?? {};
  const inputs = [b, x];
  const state = zi === undefined ? undefined : stateOf(zi, b.shape[0] - 1, x.shape, along, dtype, where);
  if (out !== undefined) checkOut(out, x.shape, dtype, inputs, where);
  const count = along.size + (state ? b.shape[0] - 1 : 0);
  const { axes, kernel } = requestAlong(x.shape.length, along, b, { first: 0, count, direction: -1 });
  const request = { axes, border: 'nothing', method: 'auto', dtype, where } as const;
  if (!state) return sums({ signal: x, kernel, ...(out && { out }) }, request);

  const whole = sums({ signal: x, kernel }, request);
  addState(whole, state, along);
  const result = out ?? zeros(x.shape, dtype);
  const zf = zeros(state.shape, dtype);
  copyPart(whole, along, 0, result);
  copyPart(whole, along, along.size, zf);
  return { data: result.data, shape: result.shape, zf };
}

/** Broadcasts the given state to the signal's size along every other axis. */
function stateOf(
  zi: SamplesLike,
  size: number,
  signal: readonly number[],
  along: Along,
  dtype: Dtype,
  where: Where,
): Samples {
  const given = asSamples(zi, dtype, 'zi', where);
  const shape = resized(signal, along, size);
  const fits = (found: number, axis: number) => found === shape[axis] || (found === 1 && axis !== along.axis);
  if (given.shape.length !== shape.length || !given.shape.every(fits))
    refuse(where, `unexpected shape for zi: expected ${describe(shape)}, found ${describe(given.shape)}`);
  if (given.shape.every((found, axis) => found === shape[axis])) return given;
  const data = numbersOf(product(shape), dtype);
  let filled = 0;
  const walk = (axis: number, at: number): void => {
    if (axis === shape.length) data[filled++] = given.data[at];
    else
      for (let i = 0; i < shape[axis]; i++)
        walk(axis + 1, at * given.shape[axis] + (given.shape[axis] === 1 ? 0 : i));
  };
  walk(0, 0);
  return { data, shape };
}

/** Adds a state to the first outputs of each line. */
function addState(whole: Samples, state: Samples, { axis, outer, inner }: Along): void {
  const [size, count] = [whole.shape[axis], state.shape[axis]];
  // reads `data` once: a resident tensor creates a view for every read
  const [to, added] = [whole.data, state.data];
  for (let line = 0; line < outer; line++) {
    const begin = line * size * inner;
    const from = line * count * inner;
    for (let i = 0; i < count * inner; i++) to[begin + i] += added[from + i];
  }
}

/**
 * The steady state of a FIR filter for a constant input of 1. `lfilter(b, x, { zi })` with this state times x[0] starts without a transient.
 *
 * @param b coefficients, one axis of at least one; SciPy's `lfilterZi(b, a)` is accepted too, with the denominators of `lfilter`
 * @param options `dtype`: 'float32' or 'float64'
 * @returns taps − 1 numbers: the sums of the coefficients after each
 * @throws RangeError if `b` is empty or has several axes, a[0] is 0, or another coefficient of `a` is not
 * @see https://docs.scipy.org/doc/scipy/reference/generated/scipy.signal.lfilter_zi.html
 * @example
 * import { lfilterZi } from 'convnd/signal';
 * console.log(lfilterZi([1, 2, 3]).data.join()); // 5,3
 */
export function lfilterZi<D extends Dtype = 'float32'>(
  b: SamplesLike,
  options?: { dtype?: D | undefined },
): Samples<D>;
export function lfilterZi<D extends Dtype = 'float32'>(
  b: SamplesLike,
  a: SamplesLike,
  options?: { dtype?: D | undefined },
): Samples<D>;
export function lfilterZi<D extends Dtype>(
  b: SamplesLike,
  second?: SamplesLike | { dtype?: D | undefined },
  third?: { dtype?: D | undefined },
): Samples<D> {
  const where: Where = () => 'lfilterZi';
  const [denominator, options] = isNumbers(second) ? [second, third] : [undefined, second];
  optionsObject(options, ['dtype'], where);
  const dtype = dtypeOf(options?.dtype, where);
  const { data: taps } = coefficients(b, denominator, dtype, where);
  const state = zeros([taps.length - 1], dtype);
  let sum = 0;
  for (let tap = taps.length - 1; tap > 0; tap--) state.data[tap - 1] = sum += taps[tap];
  return state;
}
