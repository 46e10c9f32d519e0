// Calls of wasm for arrays, in chunks, so that a large image is never copied as a whole.

import { DOUBLE_BYTES } from '../core/bytes.js';
import { heap } from '../engine/heap.js';
import { dtypeIn, type NumberArray } from '../sums/samples.js';
import { numbersAt } from '../sums/scratch.js';
import { centring } from './centre.js';
import { matchModule } from './module.js';

/** Numbers of a chunk: three float64 lists and their result fill half of a second-level cache. */
const CHUNK = 2 ** 14;

/** Bytes for the parameters of a call. */
const PARAMETER_BYTES = 128;

/** Bytes of each chunk, with room for a vector and for rounding up to fours. */
const CHUNK_BYTES = DOUBLE_BYTES * (CHUNK + 8);

/**
 * Copies lists of numbers into wasm memory, one chunk of each at a time.
 * @param visit receives the addresses of the chunks, then of a chunk of scratch memory, then of PARAMETER_BYTES bytes
 */
export function inChunks(
  lists: readonly NumberArray[],
  purpose: string,
  visit: (addresses: number[], begin: number, count: number, buffer: ArrayBuffer) => void,
): void {
  const running = heap();
  const at = running.reserve(CHUNK_BYTES * (lists.length + 1) + PARAMETER_BYTES, purpose);
  const buffer = running.memory.buffer as ArrayBuffer;
  const addresses = [...lists, [], []].map((_, i) => at + i * CHUNK_BYTES);
  for (let begin = 0; begin < lists[0].length; begin += CHUNK) {
    const count = Math.min(CHUNK, lists[0].length - begin);
    lists.forEach((numbers, i) => {
      numbersAt(buffer, addresses[i], count, dtypeIn(numbers)).set(numbers.subarray(begin, begin + count));
    });
    visit(addresses, begin, count, buffer);
  }
}

/** The range and the sums of numbers. If a number is not finite, neither are the sums. */
interface Sums {
  readonly lowest: number;
  readonly highest: number;
  /** Σ(x − first) */
  readonly sum: number;
  /** Σ(x − first)² */
  readonly squares: number;
  /** whether all numbers are integers */
  readonly whole: boolean;
}

/** Range and sums of numbers. */
export function sumsIn(numbers: NumberArray, first: number): Sums {
  const entries = matchModule(heap());
  const rangeAndSums = dtypeIn(numbers) === 'float64' ? entries.rangeAndSums64 : entries.rangeAndSums32;
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let [sum, squares, whole] = [0, 0, true];
  inChunks([numbers], 'statistics of an image', ([at, free], _begin, count, buffer) => {
    rangeAndSums(at, count, first, free);
    const found = new Float64Array(buffer, free, 5);
    lowest = Math.min(lowest, found[0]);
    highest = Math.max(highest, found[1]);
    sum += found[2];
    squares += found[3];
    whole &&= found[4] === 1;
  });
  return { lowest, highest, sum, squares, whole };
}

/** Writes (x − origin) · scale to `result`. */
export function centredIn(numbers: NumberArray, origin: number, scale: number, result: NumberArray): void {
  const from = dtypeIn(numbers);
  const to = from === 'float64' ? from : dtypeIn(result);
  const make = centring(from, to, origin, scale);
  inChunks([numbers], 'an image without its mean', ([at, free], begin, count, buffer) => {
    make(at, count, free);
    result.set(numbersAt(buffer, free, count, to), begin);
  });
}
