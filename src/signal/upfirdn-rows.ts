// Polyphase filtering of rows for upfirdn, one output after another. Blocks of src/sums copy the signal once for each phase of the filter
// (147 for a rate of 147 / 160), which takes longer than the products for short signals and short filters.

import { attached } from '../core/tensor.js';
import { constantOf, elementAt } from '../sums/borders/border.js';
import type { AxisSum, Border } from '../sums/request.js';
import type { NumberArray, Samples } from '../sums/samples.js';

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

/** Filters the rows of a signal, in float64. */
export function computeRows(
  signal: Samples,
  size: number,
  kernel: Samples,
  out: Samples,
  sum: Rates,
  border: Border,
): void {
  const [x, h, y] = [attached(signal), attached(kernel), attached(out)];
  const taps = h.length;
  const { upsample } = sum;
  // stores the taps of each phase contiguously: tap k is element ⌊k / upsample⌋ of phase k mod upsample
  const most = Math.ceil(taps / upsample);
  const sets = new Float64Array(Math.min(upsample, taps) * most);
  for (let tap = 0; tap < taps; tap++) sets[(tap % upsample) * most + Math.floor(tap / upsample)] = h[tap];
  for (let from = 0, to = 0; from < x.length; from += size, to += sum.count)
    computeRow(x, from, size, y, to, sets, most, taps, sum, border);
}

/** Filters one row; `from` and `to` are the indices of its first element and first output. */
function computeRow(
  x: NumberArray,
  from: number,
  size: number,
  y: NumberArray,
  to: number,
  sets: Float64Array,
  most: number,
  taps: number,
  { first, count, stride, upsample }: Rates,
  border: Border,
): void {
  const constant = constantOf(border);
  const turn = stride % upsample;
  const move = (stride - turn) / upsample;
  // the phase of the output, and the element that its first tap meets; the next taps meet preceding elements
  let set = first % upsample;
  let element = (first - set) / upsample;
  for (let o = 0; o < count; o++) {
    const met = set < taps ? Math.ceil((taps - set) / upsample) : 0;
    const begin = set * most;
    let total = 0;
    if (element < size && element - met >= -1)
      for (let k = 0, at = from + element; k < met; k++, at--) total += sets[begin + k] * x[at];
    else
      for (let k = 0; k < met; k++) {
        const there = elementAt(element - k, size, border);
        if (there >= 0) total += sets[begin + k] * x[from + there];
        else if (border !== 'nothing') total += sets[begin + k] * constant;
      }
    y[to + o] = total;
    set += turn;
    element += move;
    if (set >= upsample) {
      set -= upsample;
      element++;
    }
  }
}
