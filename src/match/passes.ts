// Passes: loops over numbers that wasm makes, a part of the image at a time, so that no large image is copied as a whole.

import { DOUBLE_BYTES } from '../core/bytes.js';
import { heap } from '../engine/heap.js';
import { dtypeIn, type NumberArray } from '../sums/samples.js';
import { numbersAt } from '../sums/scratch.js';
import { centring } from './centre.js';
import { matchModule } from './module.js';

/** Numbers of a part: three lists of float64 and what is made of them fill half of a second-level cache. */
const PART = 2 ** 14;

/** Bytes for what a pass has to be told. */
const FACTS = 128;

/** Bytes that are free for each part, with room for a vector and for whole fours. */
const ROOM = DOUBLE_BYTES * (PART + 8);

/**
 * Brings lists of numbers into wasm memory, a part of each at a time.
 * @param pass is told where the parts lie, then where as much memory is free, and where their end lies, where some more is
 */
export function inParts(
  lists: readonly NumberArray[],
  purpose: string,
  pass: (addresses: number[], begin: number, count: number, buffer: ArrayBuffer) => void,
): void {
  const running = heap();
  const at = running.reserve(ROOM * (lists.length + 1) + FACTS, purpose);
  const buffer = running.memory.buffer as ArrayBuffer;
  const addresses = [...lists, [], []].map((_, i) => at + i * ROOM);
  for (let begin = 0; begin < lists[0].length; begin += PART) {
    const count = Math.min(PART, lists[0].length - begin);
    lists.forEach((numbers, i) => {
      numbersAt(buffer, addresses[i], count, dtypeIn(numbers)).set(numbers.subarray(begin, begin + count));
    });
    pass(addresses, begin, count, buffer);
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
  const pass = dtypeIn(numbers) === 'float64' ? entries.rangeAndSums64 : entries.rangeAndSums32;
  let all: Sums = {
    lowest: Number.POSITIVE_INFINITY,
    highest: Number.NEGATIVE_INFINITY,
    sum: 0,
    squares: 0,
    whole: true,
  };
  inParts([numbers], 'statistics of an image', ([at, free], _begin, count, buffer) => {
    pass(at, count, first, free);
    const [lowest, highest, sum, squares, whole] = new Float64Array(buffer, free, 5);
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
  const from = dtypeIn(numbers);
  const to = from === 'float64' ? from : dtypeIn(result);
  const make = centring(from, to, origin, scale);
  inParts([numbers], 'an image without its mean', ([at, free], begin, count, buffer) => {
    make(at, count, free);
    result.set(numbersAt(buffer, free, count, to), begin);
  });
}
