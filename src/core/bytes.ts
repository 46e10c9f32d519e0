// Sizes in bytes, and how to align and offset memory to avoid cache conflicts.

import { LINE } from '../shared/sizes.js';

/** Bytes of a float32, the element type of tensors and weights. */
export const FLOAT_BYTES = 4;

/** Bytes of a float64, the element type of some signals and of sums over windows. */
export const DOUBLE_BYTES = 8;

/** Bytes of an i32, the word of every task and table. */
export const WORD_BYTES = 4;

/** Bytes of a SIMD vector. */
export const VECTOR_BYTES = 16;

/** The unit by which wasm memory grows, in bytes. */
export const WASM_PAGE = 65536;

/** Addresses that differ by a multiple of this many bytes, a memory page, map to the same set of the L1 cache. */
export const PAGE = 4096;

/**
 * The stride of a staged channel of `count` elements in bytes: one vector more than its elements. Never a multiple of a page, where the
 * same element of all channels would map to one cache set.
 */
export function channelStride(count: number): number {
  const bytes = FLOAT_BYTES * count + VECTOR_BYTES;
  return bytes % PAGE === 0 ? bytes + VECTOR_BYTES : bytes;
}

/** Ten cache lines. n1 g512 c512 f512 i3200 k3 p8 d8 in plain arrays took 1.01 times as long with half a page, 1.02 without a gap. */
const MIN_GAP = 640;

/**
 * The gap in bytes between an area of `distance` bytes that is read and a following area that is written, to avoid 4K aliasing: a load
 * is delayed by an earlier store whose address differs by about a multiple of a page.
 */
export function gapAfter(distance: number): number {
  const rest = distance % PAGE;
  if (rest < MIN_GAP) return MIN_GAP;
  return rest > PAGE - MIN_GAP ? PAGE - rest + MIN_GAP : 0;
}

/** Rounds up to a multiple of a cache line. */
export function aligned(bytes: number): number {
  return Math.ceil(bytes / LINE) * LINE;
}
