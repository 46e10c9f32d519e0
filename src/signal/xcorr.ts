// xcorr and xcov: cross-correlation and covariance of signals, like MATLAB's.

import { optionsObject } from '../core/arguments.js';
import { describe, refuse, refuseKind, type Where } from '../core/errors.js';
import { explainSums } from '../sums/explain.js';
import { outputShape, type SumRequest } from '../sums/request.js';
import { checkOut, dtypeOf } from '../sums/result.js';
import { asSamples, type Dtype, type Samples, type SamplesLike, zeros } from '../sums/samples.js';
import { sums } from '../sums/sums.js';
import { axisOf, checkRanks, checkSizes, type Labels } from './axes.js';
import { checkShapes } from './choose.js';
import { isNumbers } from './is-numbers.js';
import { lagsFrom, symmetric } from './lags.js';
import { type MethodOptions, methodOf, type ResultOptions } from './options.js';
import { centred } from './rows.js';
import { whereOf } from './sum.js';
import { type Scale, scaleInto, type XcorrCall } from './xcorr-scale.js';

const SCALES: readonly unknown[] = ['none', 'biased', 'unbiased', 'normalized', 'coeff'] satisfies Scale[];

/** Options of xcorr and xcov. */
export interface XcorrOptions<D extends Dtype = Dtype> extends ResultOptions<D>, MethodOptions {
  /** the largest lag; default n - 1 for n elements of the longer signal */
  readonly maxLag?: number | undefined;
  /** the divisor of sums; default 'none' */
  readonly scale?: Scale | undefined;
  /** the axis of the signals; default -1 (the last) */
  readonly axis?: number | undefined;
}

/** Sums and their lags. */
export interface Lagged<D extends Dtype = Dtype> extends Samples<D> {
  /** the lags along the axis: -maxLag … maxLag */
  readonly lags: Int32Array;
}

const LABELS: Labels = ['x', 'y'];
type Name = 'xcorr' | 'xcov';

const known = ['maxLag', 'scale', 'axis', 'method', 'dtype', 'out'] as const;

function callOf(
  options: XcorrOptions,
  shapes: readonly [readonly number[], readonly number[]],
  dtype: Dtype,
  where: Where,
): XcorrCall {
  const [shape1, shape2] = shapes;
  const { scale = 'none', maxLag, method = 'auto' } = options;
  if (!SCALES.includes(scale))
    refuseKind(
      where,
      `scale must be 'none', 'biased', 'unbiased' or 'normalized', but got ${describe(scale)}`,
    );
  checkRanks(shape1, shape2, LABELS, where);
  const axis = axisOf(options.axis ?? -1, 'axis', shape1.length, where);
  checkSizes(shape1, shape2, [axis], LABELS, where);
  const n = Math.max(shape1[axis], shape2[axis]);
  if (scale !== 'none' && shape1[axis] !== shape2[axis])
    refuse(
      where,
      `scale '${scale}' is for signals of one length, but x has ${shape1[axis]} elements and y ${shape2[axis]}`,
    );
  const [first, last] = symmetric(maxLag ?? n - 1, where);
  const along = { first, count: last - first + 1, direction: 1 } as const;
  const axes = shape1.map((_, i) => (i === axis ? along : 'each'));
  const request: SumRequest = {
    axes,
    border: 'nothing',
    method: methodOf(method, where),
    dtype,
    where,
  };
  return { request, axis, n, scale };
}

/** Whether the sums themselves are the result. Otherwise they are computed in float64, scaled, and rounded once. */
function isPlain(name: Name, { scale = 'none' }: XcorrOptions): boolean {
  return name === 'xcorr' && scale === 'none';
}

function compute<D extends Dtype>(
  name: Name,
  x: SamplesLike,
  y: SamplesLike | undefined,
  options: XcorrOptions<D> = {},
): Lagged<D> {
  const where = () => name;
  optionsObject(options, known, where);
  const dtype = dtypeOf(options.dtype, where);
  const plain = isPlain(name, options);
  const inner = plain ? dtype : 'float64';
  let a: Samples = asSamples(x, inner, 'x', () => name);
  let b: Samples = y === undefined ? a : asSamples(y, inner, 'y', () => name);
  const detailed = whereOf(name, a.shape, b.shape, LABELS);
  const call = callOf(options, [a.shape, b.shape], inner, detailed);
  const { request, axis } = call;
  const shape = outputShape(request, a.shape, b.shape);
  const out = options.out;
  if (out !== undefined) checkOut(out, shape, dtype, [a, b], detailed);
  if (name === 'xcov') {
    const same = a === b;
    a = centred(a as Samples<'float64'>, axis);
    b = same ? a : centred(b as Samples<'float64'>, axis);
  }
  const target = out ?? (plain ? undefined : zeros(shape, dtype, detailed));
  const result = sums({ signal: a, kernel: b, out: plain ? target : undefined }, request);
  if (!plain) scaleInto(target!, result as Samples<'float64'>, a, b, call);
  const { data } = target ?? result;
  const lags = lagsFrom((1 - shape[axis]) / 2, shape[axis]);
  return { data, shape, lags } as Lagged<D>;
}

/** The output of `explain` for signals of two shapes. */
function explained(
  name: Name,
  shape1: readonly number[],
  shape2: readonly number[] = shape1,
  options: XcorrOptions = {},
): string {
  const where = () => name;
  optionsObject(options, known, where);
  checkShapes(shape1, shape2, LABELS, where);
  const dtype = dtypeOf(options.dtype, where);
  const inner = isPlain(name, options) ? dtype : 'float64';
  const { request } = callOf(options, [shape1, shape2], inner, whereOf(name, shape1, shape2, LABELS));
  return explainSums(request, ['x', shape1], ['y', shape2]);
}

/** The second argument may be options. A number is not a signal: MATLAB's maxlag is an option here. */
function splitArguments<O extends object>(
  second: SamplesLike | O | undefined,
  options: O | undefined,
): [SamplesLike | undefined, O | undefined] {
  const isSignal = options || second === undefined || (isNumbers(second) && typeof second !== 'number');
  return isSignal ? [second as SamplesLike | undefined, options] : [undefined, second as O];
}

/**
 * Cross-correlation of two signals, or autocorrelation of one, as MATLAB's xcorr: at each lag the sum of `x[i + lag] * y[i]` over all i.
 * Only the requested lags are computed. All scales except 'none' are computed in float64 and rounded once.
 *
 * @param x signals along `axis`
 * @param y a signal with as many axes, of any length along `axis`; along other axes sizes are equal or 1. Default x
 * @returns lags -maxLag … maxLag along the axis, and `lags`; with `out`, an object that shares its data
 * @throws RangeError if ranks differ, an input is empty, maxLag is below 0, or the lengths differ with a scale; TypeError for unknown
 *   options and names
 * @see https://www.mathworks.com/help/matlab/ref/xcorr.html
 * @example
 * import { xcorr } from 'convnd/signal';
 * const { data, lags } = xcorr([0, 0, 1, 2, 3], [1, 2, 3, 0, 0], { maxLag: 3, scale: 'normalized' });
 * console.log(lags.join(), lags[data.indexOf(1)]); // -3,-2,-1,0,1,2,3 2
 * console.log(xcorr([1, 2, 3], { maxLag: 1 }).data.join()); // 8,14,8
 */
export function xcorr<D extends Dtype = 'float32'>(
  x: SamplesLike,
  y: SamplesLike | undefined,
  options?: XcorrOptions<D>,
): Lagged<D>;
/** The same for one signal with itself. */
export function xcorr<D extends Dtype = 'float32'>(x: SamplesLike, options?: XcorrOptions<D>): Lagged<D>;
export function xcorr<D extends Dtype>(
  x: SamplesLike,
  second?: SamplesLike | XcorrOptions<D>,
  options?: XcorrOptions<D>,
): Lagged<D> {
  return compute<D>('xcorr', x, ...splitArguments(second, options));
}

/** Describes the computation for one or two shapes, like `correlate.explain`, before scaling. */
xcorr.explain = (shape1: readonly number[], shape2?: readonly number[], options?: XcorrOptions): string =>
  explained('xcorr', shape1, shape2, options);

/**
 * Cross-covariance, as MATLAB's xcov: `xcorr` of signals minus their means, computed in float64.
 *
 * @param x signals along `axis`
 * @param y a signal with as many axes, of any length along `axis`; along other axes sizes are equal or 1. Default x
 * @returns lags -maxLag … maxLag along the axis, and `lags`; with `out`, an object that shares its data
 * @throws as `xcorr`
 * @see https://www.mathworks.com/help/signal/ref/xcov.html
 * @example
 * import { xcov } from 'convnd/signal';
 * console.log(xcov([1001, 1002, 1003], { scale: 'coeff' }).data.join()); // -0.5,0,1,0,-0.5
 */
export function xcov<D extends Dtype = 'float32'>(
  x: SamplesLike,
  y: SamplesLike | undefined,
  options?: XcorrOptions<D>,
): Lagged<D>;
/** The same for one signal with itself. */
export function xcov<D extends Dtype = 'float32'>(x: SamplesLike, options?: XcorrOptions<D>): Lagged<D>;
export function xcov<D extends Dtype>(
  x: SamplesLike,
  second?: SamplesLike | XcorrOptions<D>,
  options?: XcorrOptions<D>,
): Lagged<D> {
  return compute<D>('xcov', x, ...splitArguments(second, options));
}

/** Describes the computation for one or two shapes, like `correlate.explain`, after the means are subtracted. */
xcov.explain = (shape1: readonly number[], shape2?: readonly number[], options?: XcorrOptions): string =>
  explained('xcov', shape1, shape2, options);
