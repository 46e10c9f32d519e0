// correlateTemplate: the normalised correlation of a template with a longer signal, like ObsPy's correlate_template.

import { flag, optionsObject } from '../core/arguments.js';
import { describe, refuse, refuseKind } from '../core/errors.js';
import { explainSums } from '../sums/explain.js';
import type { AxisSum, Border, Method, SumRequest } from '../sums/request.js';
import { checkOut, dtypeOf } from '../sums/result.js';
import { asSamples, type Dtype, type Samples, type SamplesLike, zeros } from '../sums/samples.js';
import { sums } from '../sums/sums.js';
import { checkRank, checkSizes, type Labels } from './axes.js';
import { checkShapes } from './choose.js';
import { axisOfMode, type Mode, modeOf } from './modes.js';
import { type MethodOptions, methodOf, type ResultOptions, type SizeOptions } from './options.js';
import { centred, coefficient, normsAlong } from './rows.js';
import { whereOf } from './sum.js';
import { windowNorms } from './window-norms.js';

/** Options of correlateTemplate. */
export interface CorrelateTemplateOptions<D extends Dtype = Dtype>
  extends ResultOptions<D>,
    SizeOptions,
    MethodOptions {
  /** 'full' (default): by the norms of the template and of each window; 'naive': by those of the template and all data; null: not normalized */
  readonly normalize?: 'full' | 'naive' | null | undefined;
  /** subtract the means; default true */
  readonly demean?: boolean | undefined;
}

const NAME = 'correlateTemplate';
const LABELS: Labels = ['data', 'template'];
const known = ['mode', 'normalize', 'demean', 'method', 'dtype', 'out'] as const;

/**
 * Correlation of a template with a longer signal, as ObsPy's correlate_template. By default it is Pearson's coefficient of the template and
 * each window of the data. It is computed in float64 and rounded once. A constant window or template gives 0, independent of the scale of
 * the data.
 *
 * @param data (length)
 * @param template (taps), at most as long
 * @returns mode 'valid': length - taps + 1 numbers, 'same': length, 'full': length + taps - 1; the data are padded with zeros
 * @throws RangeError if the data are shorter than the template, or one is empty or not of one axis; TypeError for unknown options and
 *   names
 * @see https://docs.obspy.org/packages/autogen/obspy.signal.cross_correlation.correlate_template.html
 * @example
 * import { correlateTemplate } from 'convnd/signal';
 * const { data } = correlateTemplate([5, 5, 5, 10, 30, 20, 5, 5], [1, 3, 2]);
 * console.log(Array.from(data, (score) => score.toFixed(2)).join()); // 0.00,0.00,0.19,1.00,-0.40,-0.87
 */
export function correlateTemplate<D extends Dtype = 'float32'>(
  data: SamplesLike,
  template: SamplesLike,
  options?: CorrelateTemplateOptions<D>,
): Samples<D> {
  const checked = checkOptions(options);
  const { normalize, demean, dtype, out } = checked;
  const signal = asSamples(data, 'float64', 'data', () => NAME);
  const pattern = asSamples(template, 'float64', 'template', () => NAME);
  const shift = demean ? meanOf(signal.data) : 0;
  const request = requestOf(checked, signal.shape, pattern.shape, shift);
  const [{ first, count }] = request.axes;
  if (out !== undefined) checkOut(out, [count], dtype, [signal, pattern], request.where);
  const target = out ?? zeros([count], dtype);

  const kernel = demean ? centred(pattern, 0) : pattern;
  const shifted = shiftedBy(signal, shift);
  const products = sums({ signal: shifted, kernel }, request).data;
  if (normalize === null) {
    target.data.set(products);
    return target;
  }
  const norm = normsAlong(kernel, 0).data[0];
  const windows =
    normalize === 'full'
      ? windowNorms(signal.data, first, count, pattern.shape[0], demean, shift)
      : new Float64Array(count).fill(normsAlong(shifted, 0).data[0]);
  // `data` is read after all allocations, because growing memory moves a resident tensor
  const result = target.data;
  for (let i = 0; i < count; i++) result[i] = coefficient(products[i], norm, windows[i]);
  return target;
}

/** Describes the computation for the shapes of a template and of data, like `correlate.explain`, before normalization. */
correlateTemplate.explain = (
  data: readonly number[],
  template: readonly number[],
  options?: CorrelateTemplateOptions,
): string => {
  const checked = checkOptions(options);
  checkShapes(data, template, LABELS, () => NAME);
  return explainSums(requestOf(checked, data, template, 0), ['data', data], ['template', template]);
};

interface Checked<D extends Dtype = Dtype> {
  readonly mode: Mode;
  readonly method: Method;
  readonly normalize: 'full' | 'naive' | null;
  readonly demean: boolean;
  readonly dtype: D;
  readonly out: Samples<D> | undefined;
}

function checkOptions<D extends Dtype>(options: CorrelateTemplateOptions<D> | undefined): Checked<D> {
  const where = () => NAME;
  optionsObject(options, known, where);
  const { mode = 'valid', method = 'auto', normalize = 'full', demean = true, out } = options ?? {};
  if (normalize !== 'full' && normalize !== 'naive' && normalize !== null)
    refuseKind(where, `normalize must be 'full', 'naive' or null, but got ${describe(normalize)}`);
  flag(demean, 'demean', where);
  const dtype = dtypeOf(options?.dtype, where);
  return { mode: modeOf(mode, where), method: methodOf(method, where), normalize, demean, dtype, out };
}

/**
 * The request of the sums to be normalised. A constant is subtracted from the data, which keeps numbers small; with a template of sum 0 it
 * does not change the result.
 * @throws RangeError for invalid sizes
 */
function requestOf(
  { mode, method, normalize, demean }: Checked,
  data: readonly number[],
  template: readonly number[],
  shift: number,
): SumRequest & { readonly axes: readonly [AxisSum] } {
  const where = whereOf(NAME, data, template, LABELS);
  checkRank(data, 1, LABELS[0], where);
  checkRank(template, 1, LABELS[1], where);
  checkSizes(data, template, [0], LABELS, where);
  const [[length], [taps]] = [data, template];
  if (length < taps)
    refuse(
      where,
      `data must not be shorter than the template, but has ${length} elements and the template ${taps}`,
    );
  // In 'full' each window has its own mean, so the zeros around the data are shifted as well. Otherwise the data are centred as a whole and
  // extended with zeros afterwards. In mode 'valid' windows do not include any.
  const border: Border =
    normalize === 'full' && demean && mode !== 'valid' ? { constant: -shift } : 'nothing';
  const axes = [axisOfMode(mode, length, taps, 1, 'own')] as const;
  return { axes, border, method, dtype: 'float64', where };
}

/** The mean of the finite numbers, exactly that of equal ones: others affect only the windows that contain them. */
function meanOf(data: Float64Array): number {
  // differences to a larger number may overflow
  const origin = data.find((x) => Math.abs(x) < 1e290) ?? 0;
  let sum = 0;
  let count = 0;
  for (let i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i])) continue;
    sum += data[i] - origin;
    count++;
  }
  return origin + sum / (count || 1);
}

/** Subtracts a number from the samples. */
function shiftedBy({ data, shape }: Samples<'float64'>, shift: number): Samples<'float64'> {
  const result = new Float64Array(data.length);
  for (let i = 0; i < data.length; i++) result[i] = data[i] - shift;
  return { data: result, shape };
}
