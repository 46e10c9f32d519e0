// Chunks: which calls are worth dividing and worth waking threads for, and into how many chunks they are divided.

import type { TaskEntry } from '../engine/entries.js';
import { MAX_CHUNKS } from './control.js';

/**
 * The least work in microseconds that is worth dividing: with threads that are awake, with threads that must be woken for this call only,
 * and with threads that must be woken but can stay awake for the calls that follow. Waking costs this thread 10 to 40 us, and the woken
 * thread is ready after 50 to 100 us.
 */
export const WORTH_DIVIDING = 40;
export const WORTH_WAKING = 400;
export const WORTH_WAKING_FOR_SEVERAL = 200;

/** Microseconds of the smallest chunk. */
const LEAST_CHUNK = 15;

/**
 * Chunks per thread. With several, a fast thread takes over chunks of a slow or late one. But gemm and winograd read all weights once per
 * chunk: with two chunks, the speed-up by a second thread of n1 g1 c128 f128 i32x32 k3x3 s2x2 p1x1 was 1.01 instead of 1.21, that of 256
 * channels of 14 x 14 1.28 instead of 1.69. For the other entries four chunks instead of two make no difference: 1.60 and 1.62, the
 * geometric mean over nine layers of 0.2 to 0.8 ms.
 */
const chunksEach = (entry: TaskEntry) => (entry === 'gemm' || entry === 'winograd' ? 1 : 2);

/** The number of chunks to divide a call into; less than two if it is not worth dividing. */
export function chunksOf(entry: TaskEntry, items: number, microseconds: number, threads: number): number {
  if (microseconds < WORTH_DIVIDING || items < 2 || threads < 2) return 0;
  return Math.min(items, chunksEach(entry) * threads, Math.floor(microseconds / LEAST_CHUNK), MAX_CHUNKS);
}
