// Bytes: of numbers, and how memory is rounded and spread so that it suits the caches.

import { LINE } from '../shared/sizes.js';

/** Bytes of a float32, the element of every tensor and weight. */
export const FLOAT_BYTES = 4;

/** Bytes of a float64, the element of signals that ask for it and of sums over windows. */
export const DOUBLE_BYTES = 8;

/** Bytes of an i32, the word of every task and table. */
export const WORD_BYTES = 4;

/** Bytes of a vector. */
export const VECTOR_BYTES = 16;

/** Bytes by which wasm memory grows. */
export const WASM_PAGE = 65536;

/** Bytes of a page of the processor: addresses whose distance is a multiple of it share a set of the first-level cache. */
export const PAGE = 4096;

/**
 * Bytes from one staged channel to the next: its elements and one vector more. Never a multiple of a page, where the same element of
 * all channels would share one cache set.
 */
export function channelStride(count: number): number {
  const bytes = FLOAT_BYTES * count + VECTOR_BYTES;
  return bytes % PAGE === 0 ? bytes + VECTOR_BYTES : bytes;
}

/** Ten cache lines. Half a page took 1.01 times as long for n1 g512 c512 f512 i3200 k3 p8 d8 in plain arrays, nothing 1.02. */
const APART = 640;

/**
 * Bytes to leave free behind `distance` bytes that are read, so that what is written behind them does not lie at the same place of a
 * page. A load waits for an earlier store whose address differs from its own by about a multiple of a page.
 */
export function gapAfter(distance: number): number {
  const rest = distance % PAGE;
  if (rest < APART) return APART;
  return rest > PAGE - APART ? PAGE - rest + APART : 0;
}

/** Rounds bytes up to whole cache lines. */
export function aligned(bytes: number): number {
  return Math.ceil(bytes / LINE) * LINE;
}
