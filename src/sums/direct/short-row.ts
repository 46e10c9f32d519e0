// Sums along a single axis that fit one block. Like block.ts, but without its tables, so that calls with a few hundred samples, as in streams,
// hardly take longer than their products: `computeRows` of rows.ts instead of the call below takes two to four times as long.

import { FLOAT_BYTES, WORD_BYTES } from '../../core/bytes.js';
import { copyRange } from '../../core/copy.js';
import { attached } from '../../core/tensor.js';
import { heap } from '../../engine/heap.js';
import { signalModule } from '../../spectrum/module.js';
import { numberBytes } from '../../spectrum/sizes.js';
import { fillRow } from '../borders/fill.js';
import { type AxisSum, isDense, type SumRequest, type Written } from '../request.js';
import { memoryOf } from '../scratch.js';

/** In numbers: the table of one group, the room behind signal, kernel and outputs, and the limit of outputs and taps together. */
const TABLE = 16;
const BEHIND = 8;
const MOST = 1 << 13;

/** The numbers of the scratch memory: the table, the kernel, as many positions as outputs and taps, and the outputs. */
const SCRATCH = TABLE + 2 * MOST + 3 * BEHIND;

/** Whether a request can be computed as a short row: one axis without stride and upsampling, and few outputs and taps. */
export function isShortRow({ axes }: SumRequest, taps: number): boolean {
  const [axis] = axes;
  if (axes.length !== 1 || axis === 'each') return false;
  return isDense(axis) && axis.count + taps < MOST;
}

/**
 * Computes a short row.
 * @returns whether some output reads outside the signal
 */
export function shortRow({ signal, kernel, out }: Written, { axes, border, dtype }: SumRequest): boolean {
  const { first, count, direction } = axes[0] as AxisSum;
  const engine = heap();
  const entries = signalModule(engine);
  const bytes = numberBytes(dtype);
  const base = engine.reserve(8 * SCRATCH, 'sums of a signal and a kernel');
  const numbers = memoryOf(engine, dtype);
  const { i32 } = engine;
  // after the reservation, because growing memory detaches the views of resident tensors
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
  else copyRange(h, 0, taps, numbers, weights);

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
  copyRange(numbers, result, count, y, 0);
  return from < 0 || from + extent > x.length;
}
