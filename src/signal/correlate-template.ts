// Correlate template: the normalized correlation of a template with a longer signal, as ObsPy's correlate_template.

import { optionsObject } from '../core/arguments.js';
import { describe, refuse, refuseKind } from '../core/errors.js';
import type { Border, SumRequest } from '../sums/request.js';
import { checkOut, dtypeOf } from '../sums/result.js';
import { type Dtype, type Samples, type SamplesLike, zeros } from '../sums/samples.js';
import { sums } from '../sums/sums.js';
import { checkRank, checkSizes, type Labels } from './axes.js';
import { axisOfMode, modeOf } from './modes.js';
import { type MethodOptions, methodOf, type ResultOptions, type SizeOptions } from './options.js';
import { centred, coefficient, normsAlong } from './rows.js';
import { samplesOf, whereOf } from './sum.js';
import { windowNorms } from './window-energies.js';

/** Options of correlateTemplate. */
export interface CorrelateTemplateOptions<D extends Dtype = Dtype>
  extends ResultOptions<D>,
    SizeOptions,
    MethodOptions {
  /** 'full': by the norms of the template and of each window; 'naive': by those of the template and all data; null: not at all */
  readonly normalize?: 'full' | 'naive' | null;
  /** takes means away: true */
  readonly demean?: boolean;
}

const LABELS: Labels = ['data', 'template'];
const known = ['mode', 'normalize', 'demean', 'method', 'dtype', 'out'] as const;

/**
 * Correlation of a template with a longer signal, as ObsPy's correlate_template: with its defaults Pearson's coefficient of the template
 * and each window of the data. Made in float64 and rounded once; a window or template whose numbers are all equal gives 0, by
 * whatever number the data are multiplied.
 *
 * @param data (length)
 * @param template (taps), at most as long
 * @returns mode 'valid': length - taps + 1 numbers, 'same': length, 'full': length + taps - 1; zeros stand around the data
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
  const name = 'correlateTemplate';
  optionsObject(options, known, () => name);
  const { normalize = 'full', demean = true, out } = options ?? {};
  const dtype = dtypeOf(options?.dtype, () => name);
  const signal = samplesOf(data, 'data', 'float64', name);
  const pattern = samplesOf(template, 'template', 'float64', name);
  const where = whereOf(name, signal.shape, pattern.shape, LABELS);
  for (const [i, { shape }] of [signal, pattern].entries()) checkRank(shape, 1, LABELS[i], where);
  checkSizes(signal.shape, pattern.shape, [0], LABELS, where);
  const [length, taps] = [signal.shape[0], pattern.shape[0]];
  if (length < taps)
    refuse(
      where,
      `data must not be shorter than the template, but has ${length} elements and the template ${taps}`,
    );
  if (normalize !== 'full' && normalize !== 'naive' && normalize !== null)
    refuseKind(where, `normalize must be 'full', 'naive' or null, but got ${describe(normalize)}`);
  if (typeof demean !== 'boolean')
    refuseKind(where, `demean must be true or false, but got ${describe(demean)}`);
  const along = axisOfMode(modeOf(options?.mode ?? 'valid', where), length, taps, 1, 'own');
  const target = (out ?? zeros([along.count], dtype)) as Samples<D>;
  if (out !== undefined) checkOut(out, [along.count], dtype, [signal, pattern], where);

  const kernel = demean ? centred(pattern, 0) : pattern;
  const shift = demean ? meanOf(signal.data) : 0;
  // A template of sum 0 sees no shift, which only keeps numbers small. Each window has a mean of its own in 'full', so that zeros around
  // the data are shifted as well; otherwise the data are centred, and zeros stand around what is left.
  const border: Border = normalize === 'full' && demean ? { constant: -shift } : 'nothing';
  const shifted = shiftedBy(signal, shift);
  const method = methodOf(options?.method ?? 'auto', where);
  const request: SumRequest = { axes: [along], border, method, dtype: 'float64', where };
  const products = sums({ signal: shifted, kernel }, request).data;

  const norm = normsAlong(kernel, 0).data[0];
  const result = target.data;
  if (normalize === null) result.set(products);
  else if (normalize === 'naive') {
    const whole = normsAlong(shifted, 0).data[0];
    for (let i = 0; i < along.count; i++) result[i] = coefficient(products[i], norm, whole);
  } else {
    const norms = windowNorms(signal.data, along.first, along.count, taps, demean, shift);
    for (let i = 0; i < along.count; i++) result[i] = coefficient(products[i], norm, norms[i]);
  }
  return target;
}

/** The mean of those numbers that are finite: others spoil only the windows that they are in. */
function meanOf(data: Float64Array): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i])) continue;
    sum += data[i];
    count++;
  }
  return count === 0 ? 0 : sum / count;
}

/** The samples less a number. */
function shiftedBy({ data, shape }: Samples<'float64'>, shift: number): Samples<'float64'> {
  const result = new Float64Array(data.length);
  for (let i = 0; i < data.length; i++) result[i] = data[i] - shift;
  return { data: result, shape };
}
