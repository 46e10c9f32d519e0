// Fill: numbers from one place to another, and a row of a signal with what its border says stands around it.

import { constantOf, elementAt } from './border.js';
import type { Border } from './request.js';
import type { NumberArray } from './samples.js';

/** Below this a loop copies faster than a view is made. */
const LOOP = 48;

/** Copies `count` numbers. */
export function copyNumbers(
  from: NumberArray,
  at: number,
  count: number,
  to: NumberArray,
  target: number,
): void {
  if (count < LOOP) for (let i = 0; i < count; i++) to[target + i] = from[at + i];
  else to.set(from.subarray(at, at + count), target);
}

/** Writes the positions from `first` on of the row that begins at `from`, if there is one: -1 is outside, all of it. */
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
  copyNumbers(data, from + first + before, inside, to, at + before);
  const done = before + inside;
  fillOutside(to, at + done, count - done, data, from, size, first + done, border);
}

/** The same for positions that are none of the signal's. */
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
  else for (let i = 0; i < count; i++) to[at + i] = data[from + elementAt(first + i, size, border)];
}
