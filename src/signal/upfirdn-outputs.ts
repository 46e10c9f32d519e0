// Polyphase filtering of rows for upfirdn, one output after another: for few products, which take less time than what upfirdn-rows.ts
// prepares for each phase.

import { attached } from '../core/tensor.js';
import { constantOf, elementAt } from '../sums/borders/border.js';
import type { Border, Written } from '../sums/request.js';
import type { Rates } from './upfirdn-way.js';

/** Filters the rows of a signal, in float64. */
export function computeOutputs(
  { signal, kernel, out }: Written,
  size: number,
  { first, count, stride, upsample }: Rates,
  border: Border,
): void {
  const [x, h, y] = [attached(signal), attached(kernel), attached(out)];
  const constant = constantOf(border);
  const turn = stride % upsample;
  const move = (stride - turn) / upsample;
  for (let from = 0, to = 0; from < x.length; from += size, to += count) {
    // the phase of the output, and the element that its first tap meets; the next taps meet preceding elements
    let set = first % upsample;
    let element = (first - set) / upsample;
    for (let o = 0; o < count; o++) {
      let total = 0;
      for (let tap = set, at = element; tap < h.length; tap += upsample, at--)
        if (at >= 0 && at < size) total += h[tap] * x[from + at];
        else if (border !== 'nothing') {
          const there = elementAt(at, size, border);
          total += h[tap] * (there < 0 ? constant : x[from + there]);
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
}
