// Arrays that consecutive calls reuse. Allocating a large array for each call takes longer than computing in it, because its pages are
// new to the process and the garbage collector has to free them.

import { type Dtype, type NumberArray, numbersOf } from '../sums/samples.js';

/** Length of the largest array that is kept. */
const MOST_KEPT = 2 ** 22;

const kept = new Map<string, NumberArray>();

/**
 * An array with undefined content. It is valid until the next call with the same use.
 * @param use its purpose; two arrays with one use cannot exist at the same time
 */
export function reusedArray(use: string, dtype: Dtype, count: number): NumberArray {
  const key = `${use} ${dtype}`;
  let room = kept.get(key);
  if (!room || room.length < count) {
    room = numbersOf(count, dtype);
    if (count <= MOST_KEPT) kept.set(key, room);
  }
  return room.subarray(0, count);
}

/** The same for float64. */
export const reusedDoubles = (use: string, count: number) =>
  reusedArray(use, 'float64', count) as Float64Array;
