// Xcorr: cross-correlation and covariance of signals, as MATLAB's xcorr and xcov.

import { optionsObject } from '../core/arguments.js';
import { describe, refuse, refuseKind, type Where } from '../core/errors.js';
import type { Method, SumRequest } from '../sums/request.js';
import { outputShape } from '../sums/request.js';
import { checkOut, dtypeOf } from '../sums/result.js';
import { type Dtype, type Samples, type SamplesLike, zeros } from '../sums/samples.js';
import { sums } from '../sums/sums.js';
import { axisOf, checkRanks, checkSizes, type Labels } from './axes.js';
import { symmetric } from './lags.js';
import { type MethodOptions, methodOf, type ResultOptions } from './options.js';
import { centred, coefficient, eachRow, normsAlong, rowsOf } from './rows.js';
import { samplesOf, whereOf } from './sum.js';

/** What sums are divided by: nothing, n, the n - |lag| products that there are, or the norms of both signals ('coeff' is the same). */
export type Scale = 'none' | 'biased' | 'unbiased' | 'normalized' | 'coeff';

const SCALES: readonly unknown[] = ['none', 'biased', 'unbiased', 'normalized', 'coeff'] satisfies Scale[];

/** Options of xcorr and xcov. */
export interface XcorrOptions<D extends Dtype = Dtype> extends ResultOptions<D>, MethodOptions {
  /** the largest lag: n - 1, with n that of the longer signal */
  readonly maxLag?: number;
  /** 'none' */
  readonly scale?: Scale;
  /** along which axis signals lie: the last */
  readonly axis?: number;
}

/** Sums for each lag, and the lags. */
export interface Lagged<D extends Dtype = Dtype> extends Samples<D> {
  /** those along the axis: -maxLag … maxLag */
  readonly lags: Int32Array;
}

const LABELS: Labels = ['x', 'y'];
const known = ['maxLag', 'scale', 'axis', 'method', 'dtype', 'out'] as const;

/** What a call asks for, once its shapes are known. */
interface Asked {
  readonly request: SumRequest;
  readonly axis: number;
  /** elements of the longer signal */
  readonly n: number;
  readonly scale: Scale;
}

function askedFor(
  options: XcorrOptions,
  shapes: readonly [readonly number[], readonly number[]],
  dtype: Dtype,
  where: Where,
): Asked {
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
    method: methodOf(method, where) satisfies Method,
    dtype,
    where,
  };
  return { request, axis, n, scale };
}

function compute<D extends Dtype>(
  name: 'xcorr' | 'xcov',
  x: SamplesLike,
  y: SamplesLike | undefined,
  options: XcorrOptions<D> = {},
): Lagged<D> {
  const where = () => name;
  optionsObject(options, known, where);
  const dtype = dtypeOf(options.dtype, where);
  const plain = name === 'xcorr' && (options.scale ?? 'none') === 'none';
  // means and quotients are made in float64 and rounded once
  const inner = plain ? dtype : 'float64';
  let a: Samples = samplesOf(x, 'x', inner, name);
  let b: Samples = y === undefined ? a : samplesOf(y, 'y', inner, name);
  const detailed = whereOf(name, a.shape, b.shape, LABELS);
  const asked = askedFor(options, [a.shape, b.shape], inner, detailed);
  const { request, axis } = asked;
  const shape = outputShape(request, a.shape, b.shape);
  const out = options.out as Samples | undefined;
  if (out !== undefined) checkOut(out, shape, dtype, [a, b], detailed);
  if (name === 'xcov') {
    const same = a === b;
    a = centred(a as Samples<'float64'>, axis);
    b = same ? a : centred(b as Samples<'float64'>, axis);
  }
  const target = out ?? (plain ? undefined : zeros(shape, dtype));
  const result = sums({ signal: a, kernel: b, out: plain ? target : undefined }, request);
  if (!plain) scaleInto(target!, result as Samples<'float64'>, a, b, asked);
  const { data } = target ?? result;
  const lags = Int32Array.from({ length: shape[axis] }, (_, i) => i - (shape[axis] - 1) / 2);
  return { data, shape, lags } as Lagged<D>;
}

/** Writes the sums divided by what the scale says. */
function scaleInto(
  target: Samples,
  { data, shape }: Samples<'float64'>,
  a: Samples,
  b: Samples,
  asked: Asked,
): void {
  const { axis, n, scale, request } = asked;
  const rows = rowsOf(shape, axis);
  const middle = (rows.size - 1) / 2;
  const write = (quotient: (sum: number, lag: number, row: number) => number): void => {
    const into = target.data;
    eachRow(rows, (at, row) => {
      for (let i = 0; i < rows.size; i++) {
        const place = at + i * rows.inner;
        into[place] = quotient(data[place], i - middle, row);
      }
    });
  };
  if (scale === 'none') write((sum) => sum);
  else if (scale === 'biased') write((sum) => sum / n);
  else if (scale === 'unbiased') write((sum, lag) => (Math.abs(lag) < n ? sum / (n - Math.abs(lag)) : 0));
  else {
    const [norms1, norms2] = [a, b].map((given) => {
      const norms = normsAlong(given as Samples<'float64'>, axis);
      return broadcast(norms, a, b, axis, request);
    });
    write((sum, _, row) => coefficient(sum, norms1.data[row], norms2.data[row]));
  }
}

/** Norms of one signal for each row of the result: a sum of one product, with a number 1 for each row of both. */
function broadcast(norms: Samples, a: Samples, b: Samples, axis: number, request: SumRequest): Samples {
  const one = { first: 0, count: 1, direction: 1 } as const;
  const axes = request.axes.map((_, i) => (i === axis ? one : 'each'));
  const shape = outputShape({ axes }, a.shape, b.shape);
  const ones = zeros(shape, 'float64');
  ones.data.fill(1);
  return sums({ signal: norms, kernel: ones }, { ...request, axes, method: 'direct' });
}

/** Options come where a second signal may be left out. */
function splitArguments<O extends object>(
  second: SamplesLike | O | undefined,
  options: O | undefined,
): [SamplesLike | undefined, O | undefined] {
  const isOptions =
    typeof second === 'object' &&
    second !== null &&
    !Array.isArray(second) &&
    !ArrayBuffer.isView(second) &&
    !('data' in second);
  return isOptions ? [undefined, second as O] : [second as SamplesLike | undefined, options];
}

/**
 * Cross-correlation of two signals, or autocorrelation of one, as MATLAB's xcorr: at each lag the sum of `x[i + lag] * y[i]` over all i.
 * Only the lags asked for are computed. All scales but 'none' are made in float64 and rounded once.
 *
 * @param x signals along `axis`
 * @param y of as many axes, as long or not; along other axes of the same size or one of them 1. x, if left out
 * @returns lags -maxLag … maxLag along the axis, and `lags`
 * @throws RangeError if ranks differ, an input is empty, maxLag is below 0, or the lengths differ with a scale; TypeError for unknown
 *   options and names
 * @see https://www.mathworks.com/help/matlab/ref/xcorr.html
 * @example
 * import { xcorr } from 'convnd/signal';
 * const { data, lags } = xcorr([0, 0, 1, 2, 3], [1, 2, 3, 0, 0], { maxLag: 3, scale: 'normalized' });
 * console.log(lags.join(), lags[data.indexOf(1)]); // -3,-2,-1,0,1,2,3 2
 * console.log(xcorr([1, 2, 3], { maxLag: 1 }).data.join()); // 8,14,8
 */
export function xcorr<D extends Dtype = 'float32'>(x: SamplesLike, options?: XcorrOptions<D>): Lagged<D>;
export function xcorr<D extends Dtype = 'float32'>(
  x: SamplesLike,
  y: SamplesLike | undefined,
  options?: XcorrOptions<D>,
): Lagged<D>;
export function xcorr<D extends Dtype>(
  x: SamplesLike,
  second?: SamplesLike | XcorrOptions<D>,
  options?: XcorrOptions<D>,
): Lagged<D> {
  return compute<D>('xcorr', x, ...splitArguments(second, options));
}

/**
 * Cross-covariance, as MATLAB's xcov: `xcorr` of signals whose means were taken away, which is done in float64.
 *
 * @param x signals along `axis`
 * @param y of as many axes, as long or not; along other axes of the same size or one of them 1. x, if left out
 * @returns lags -maxLag … maxLag along the axis, and `lags`
 * @throws as `xcorr`
 * @see https://www.mathworks.com/help/signal/ref/xcov.html
 * @example
 * import { xcov } from 'convnd/signal';
 * console.log(xcov([1001, 1002, 1003], { scale: 'coeff' }).data.join()); // -0.5,0,1,0,-0.5
 */
export function xcov<D extends Dtype = 'float32'>(x: SamplesLike, options?: XcorrOptions<D>): Lagged<D>;
export function xcov<D extends Dtype = 'float32'>(
  x: SamplesLike,
  y: SamplesLike | undefined,
  options?: XcorrOptions<D>,
): Lagged<D>;
export function xcov<D extends Dtype>(
  x: SamplesLike,
  second?: SamplesLike | XcorrOptions<D>,
  options?: XcorrOptions<D>,
): Lagged<D> {
  return compute<D>('xcov', x, ...splitArguments(second, options));
}
