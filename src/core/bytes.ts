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

/** Rounds up to a multiple of a cache line. */
export function aligned(bytes: number): number {
  return Math.ceil(bytes / LINE) * LINE;
}
