// Short row: sums along a single axis, few enough for one block. The same as block.ts does, without its tables: calls of some hundred
// samples, as streams make them, take hardly longer than their products.

import { FLOAT_BYTES, WORD_BYTES } from '../core/bytes.js';
import { attached } from '../core/tensor.js';
import type { Engine } from '../engine/engine.js';
import { heap } from '../engine/heap.js';
import { signalModule } from '../spectrum/module.js';
import { numberBytes } from '../spectrum/sizes.js';
import { copyNumbers, fillRow } from './fill.js';
import { type AxisSum, isDense, type SumRequest, type Written } from './request.js';
import type { NumberArray } from './samples.js';

/** Numbers of scratch: the table of one group, and a signal, a kernel and outputs with room behind each. */
const TABLE = 16;
const BEHIND = 8;
const MOST = 1 << 14;

/** The views of the engine's memory, made anew when it has grown. */
let views: { buffer: ArrayBufferLike; float64: Float64Array } | undefined;

/** Whether a request is that of a short row: one axis, nothing between its elements and outputs. */
export function isShortRow({ axes }: SumRequest, taps: number): boolean {
  const [axis] = axes;
  if (axes.length !== 1 || axis === 'each') return false;
  return isDense(axis) && axis.count + taps < MOST / 2;
}

/**
 * Computes the request of a short row.
 * @returns whether outputs meet what is outside of the signal
 */
export function shortRow({ signal, kernel, out }: Written, { axes, border, dtype }: SumRequest): boolean {
  const { first, count, direction } = axes[0] as AxisSum;
  const start = heap();
  const entries = signalModule(start);
  const bytes = numberBytes(dtype);
  const base = start.reserve(MOST * 8, 'sums of a signal and a kernel');
  const numbers = numbersOf(start, bytes);
  const { i32 } = start;
  // after the reserve: memory that grows detaches the views of resident tensors
  const x = attached(signal);
  const h = attached(kernel);
  const y = attached(out);
  const taps = h.length;

  const table = base / WORD_BYTES;
  i32[table] = 1;
  i32[table + 1] = taps;
  i32[table + 2] = 0;
  i32[table + 3] = 0;

  const weights = base / bytes + TABLE;
  if (direction < 0) for (let tap = 0, k = taps - 1; tap < taps; tap++, k--) numbers[weights + tap] = h[k];
  else copyNumbers(h, 0, taps, numbers, weights);

  const row = weights + taps + BEHIND;
  const from = direction < 0 ? first - (taps - 1) : first;
  const extent = count + taps - 1;
  fillRow(numbers, row, extent, x, 0, x.length, from, border);

  const result = row + extent + BEHIND;
  const isSingle = Number(bytes === FLOAT_BYTES);
  const length = bytes * count;
  entries.rows(
    base,
    0,
    0,
    base,
    1,
    0,
    0,
    bytes,
    bytes * weights,
    bytes * row,
    bytes * result,
    length,
    isSingle,
  );
  copyNumbers(numbers, result, count, y, 0);
  return from < 0 || from + extent > x.length;
}

function numbersOf({ f32 }: Engine, bytes: number): NumberArray {
  if (bytes === 4) return f32;
  if (views?.buffer !== f32.buffer) views = { buffer: f32.buffer, float64: new Float64Array(f32.buffer) };
  return views.float64;
}
