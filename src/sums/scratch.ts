// Scratch areas of the engine's memory for the current call.

import type { Engine } from '../engine/engine.js';
import type { Dtype, NumberArray } from './samples.js';

/** Bytes of an area: a multiple of a cache line, with room for a vector load past the last number. */
export function areaBytes(bytes: number): number {
  return (bytes + 95) & ~63;
}

/**
 * Reserves several areas as one range.
 * @returns their addresses
 * @throws RangeError if memory is insufficient
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

/** The memory as float64, created again after it has grown. */
let doubles = new Float64Array();

/** The engine's whole memory as numbers. */
export function memoryOf({ f32 }: Engine, dtype: Dtype): NumberArray {
  if (dtype === 'float32') return f32;
  if (doubles.buffer !== f32.buffer) doubles = new Float64Array(f32.buffer);
  return doubles;
}

/** A view of numbers in wasm memory. */
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
