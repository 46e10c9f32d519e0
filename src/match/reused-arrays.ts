// Reused arrays: arrays that calls use one after the other. A large array of its own for each call costs more than what is done with it: its
// pages are new to the process, and the collector has to find them.

import { type Dtype, type NumberArray, numbersOf } from '../sums/samples.js';

/** Numbers of the largest array that is kept. */
const MOST_KEPT = 2 ** 22;

const kept = new Map<string, NumberArray>();

/**
 * An array with anything in it, until the same is asked for again.
 * @param use what it is for: no two arrays of one use are needed at a time
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
