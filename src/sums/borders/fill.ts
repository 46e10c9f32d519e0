// Copies rows with their extension by a border.

import { copyRange } from '../../core/copy.js';
import type { Border } from '../request.js';
import type { NumberArray } from '../samples.js';
import { constantOf, elementAt } from './border.js';

/** Writes `count` positions, from `first`, of the extended row that begins at index `from`; -1 is a row outside the signal. */
export function fillRow(
  to: NumberArray,
  at: number,
  count: number,
  data: NumberArray,
  from: number,
  size: number,
  first: number,
  border: Border,
): void {
  const end = at + count;
  if (from < 0) {
    to.fill(constantOf(border), at, end);
    return;
  }
  const before = Math.min(count, Math.max(0, -first));
  const inside = Math.max(0, Math.min(count, size - first) - before);
  fillOutside(to, at, before, data, from, size, first, border);
  copyRange(data, from + first + before, inside, to, at + before);
  const done = before + inside;
  fillOutside(to, at + done, count - done, data, from, size, first + done, border);
}

/** Writes positions outside the row. */
function fillOutside(
  to: NumberArray,
  at: number,
  count: number,
  data: NumberArray,
  from: number,
  size: number,
  first: number,
  border: Border,
): void {
  if (count <= 0) return;
  if (border === 'nothing' || typeof border === 'object') to.fill(constantOf(border), at, at + count);
  else if (border === 'nearest') to.fill(data[from + (first < 0 ? 0 : size - 1)], at, at + count);
  else {
    // elements ascend or descend one by one, up to an end of the signal
    let element = 0;
    let step = 0;
    for (let i = 0; i < count; i++) {
      element += step;
      if (step ** 2 !== 1 || element < 0 || element >= size) {
        element = elementAt(first + i, size, border);
        step = elementAt(first + i + 1, size, border) - element;
      }
      to[at + i] = data[from + element];
    }
  }
}
