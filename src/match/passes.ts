// Passes: loops over numbers that wasm makes, a part of the image at a time, so that no large image is copied as a whole.

import { DOUBLE_BYTES } from '../core/bytes.js';
import { heap } from '../engine/heap.js';
import { signalModule } from '../spectrum/module.js';
import { centre } from '../sums/centre.js';
import { dtypeIn, type NumberArray } from '../sums/samples.js';
import { numbersAt } from '../sums/scratch.js';
import { matchModule } from './module.js';

/** Numbers of a part: with their squares they fill half of a second-level cache. */
const PART = 2 ** 15;

/** Parts of a list of numbers in wasm memory, each with `room` bytes behind it. */
function inParts(
  numbers: NumberArray,
  room: number,
  purpose: string,
  pass: (at: number, free: number, begin: number, count: number) => void,
): void {
  const most = Math.min(PART, numbers.length);
  const running = heap();
  const at = running.reserve(DOUBLE_BYTES * (most + 2) + room, purpose);
  const buffer = running.memory.buffer as ArrayBuffer;
  for (let begin = 0; begin < numbers.length; begin += PART) {
    const count = Math.min(PART, numbers.length - begin);
    const part = numbers.subarray(begin, begin + count);
    numbersAt(buffer, at, count, dtypeIn(numbers)).set(part);
    pass(at, at + DOUBLE_BYTES * (most + 2), begin, count);
  }
}

/** What one pass over numbers tells. If one is not finite, nor are the sums. */
export interface Sums {
  readonly lowest: number;
  readonly highest: number;
  /** of x − first */
  readonly sum: number;
  /** of its squares */
  readonly squares: number;
  /** whether all numbers are whole */
  readonly whole: boolean;
}

/** Range and sums of numbers. */
export function sumsIn(numbers: NumberArray, first: number): Sums {
  const entries = matchModule(heap());
  const pass = numbers instanceof Float64Array ? entries.rangeAndSums64 : entries.rangeAndSums32;
  let all: Sums = {
    lowest: Number.POSITIVE_INFINITY,
    highest: Number.NEGATIVE_INFINITY,
    sum: 0,
    squares: 0,
    whole: true,
  };
  inParts(numbers, 5 * DOUBLE_BYTES, 'statistics of an image', (at, free, _begin, count) => {
    pass(at, count, first, free);
    const [lowest, highest, sum, squares, whole] = new Float64Array(heap().memory.buffer, free, 5);
    all = {
      lowest: Math.min(all.lowest, lowest),
      highest: Math.max(all.highest, highest),
      sum: all.sum + sum,
      squares: all.squares + squares,
      whole: all.whole && whole === 1,
    };
  });
  return all;
}

/** (x − origin) · scale into `result`. */
export function centredIn(numbers: NumberArray, origin: number, scale: number, result: NumberArray): void {
  const entries = signalModule(heap());
  const from = dtypeIn(numbers);
  const to = from === 'float64' ? from : dtypeIn(result);
  const most = Math.min(PART, numbers.length);
  inParts(numbers, DOUBLE_BYTES * most, 'an image without its mean', (at, free, begin, count) => {
    centre(entries, from, to, at, count, origin, scale, free);
    result.set(numbersAt(heap().memory.buffer, free, count, to), begin);
  });
}
