// Scratch: ranges of the engine's memory for the call in progress, and the numbers in them.

import type { Engine } from '../engine/engine.js';
import type { Dtype, NumberArray } from './samples.js';

/** Bytes of an area: rounded up to lines, with a vector behind the last number: sums may read so far. */
export function areaBytes(bytes: number): number {
  return (bytes + 95) & ~63;
}

/**
 * Reserves areas of so many bytes, in one piece.
 * @returns where each begins
 * @throws RangeError if there is not enough memory
 */
export function reserveAreas(engine: Engine, areas: readonly number[], purpose: string): number[] {
  let total = 0;
  const offsets = areas.map((bytes) => {
    const offset = total;
    if (bytes > 0) total += areaBytes(bytes);
    return offset;
  });
  const base = engine.reserve(total, purpose);
  return offsets.map((offset) => base + offset);
}

/** Numbers of a type in wasm memory. */
export function numbersAt(
  buffer: ArrayBufferLike,
  address: number,
  count: number,
  dtype: Dtype,
): NumberArray {
  return dtype === 'float64'
    ? new Float64Array(buffer, address, count)
    : new Float32Array(buffer, address, count);
}
