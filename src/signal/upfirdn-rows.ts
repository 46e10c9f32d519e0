// Polyphase filtering of rows for upfirdn, one output after another. Blocks of src/sums copy the signal once for each phase of the filter
// (147 for a rate of 147 / 160), which takes longer than the products for short signals and short filters.

import { attached } from '../core/tensor.js';
import { constantOf, elementAt } from '../sums/borders/border.js';
import type { AxisSum, Border, Written } from '../sums/request.js';
import type { NumberArray } from '../sums/samples.js';

/** Measured nanoseconds of a block, of copying an element to it, and here of an output and of a product. */
const BLOCK = 11_000;
const STAGED = 0.5;
const OUTPUT = 12;
const PRODUCT = 1.6;

/** The sum of an upfirdn along the last axis. */
type Rates = Required<AxisSum>;

/** Whether rows of `size` elements are estimated to take less time here than in blocks. */
export function takesRows(size: number, taps: number, { count, stride, upsample }: Rates): boolean {
  const sets = Math.min(upsample, taps, count);
  const products = taps / upsample;
  return stride * upsample > 1 && sets * (BLOCK + size * STAGED) > count * (OUTPUT + products * PRODUCT);
}

/** Filters the rows of a signal, of `size` elements each, in float64. */
export function computeRows(
  { signal, kernel, out }: Written,
  size: number,
  sum: Rates,
  border: Border,
): void {
  const x = attached(signal);
  const rows = { x, y: attached(out), size, border, phases: phasesOf(attached(kernel), sum.upsample) };
  for (let from = 0, to = 0; from < x.length; from += size, to += sum.count) computeRow(rows, sum, from, to);
}

/** The taps of each phase, stored contiguously: tap k is element ⌊k / upsample⌋ of phase k mod upsample. */
interface TapPhases {
  readonly numbers: Float64Array;
  /** distance between phases: the most taps of one */
  readonly most: number;
  /** taps of all phases */
  readonly taps: number;
}

function phasesOf(kernel: NumberArray, upsample: number): TapPhases {
  const taps = kernel.length;
  const most = Math.ceil(taps / upsample);
  const numbers = new Float64Array(Math.min(upsample, taps) * most);
  for (let tap = 0; tap < taps; tap++)
    numbers[(tap % upsample) * most + Math.floor(tap / upsample)] = kernel[tap];
  return { numbers, most, taps };
}

/** Rows of a signal and of the output, and the filter. */
interface FilteredRows {
  readonly x: NumberArray;
  readonly y: NumberArray;
  readonly size: number;
  readonly border: Border;
  readonly phases: TapPhases;
}

/** Filters one row; `from` and `to` are the indices of its first element and first output. */
function computeRow(
  { x, y, size, border, phases: { numbers, most, taps } }: FilteredRows,
  { first, count, stride, upsample }: Rates,
  from: number,
  to: number,
): void {
  const constant = constantOf(border);
  const turn = stride % upsample;
  const move = (stride - turn) / upsample;
  // the phase of the output, and the element that its first tap meets; the next taps meet preceding elements
  let phase = first % upsample;
  let element = (first - phase) / upsample;
  for (let o = 0; o < count; o++) {
    const met = phase < taps ? Math.ceil((taps - phase) / upsample) : 0;
    const begin = phase * most;
    let total = 0;
    if (element < size && element - met >= -1)
      for (let k = 0, at = from + element; k < met; k++, at--) total += numbers[begin + k] * x[at];
    else
      for (let k = 0; k < met; k++) {
        const there = elementAt(element - k, size, border);
        if (there >= 0) total += numbers[begin + k] * x[from + there];
        else if (border !== 'nothing') total += numbers[begin + k] * constant;
      }
    y[to + o] = total;
    phase += turn;
    element += move;
    if (phase >= upsample) {
      phase -= upsample;
      element++;
    }
  }
}
