// Polyphase filtering of rows for upfirdn, phase by phase. Outputs that are a period apart, `up` of them without common factors, meet the
// same taps of elements that are a step apart, `down` of them. With a column for each period, the elements that a tap meets are a row of a
// matrix, and the outputs of a phase are direct sums of its rows. Blocks of src/sums copy the signal once for each phase instead, 147 times
// for a rate of 147 / 160.

import { FLOAT_BYTES, WORD_BYTES } from '../core/bytes.js';
import { attached } from '../core/tensor.js';
import { heap } from '../engine/heap.js';
import { gcd } from '../geometry/phases.js';
import { signalModule } from '../spectrum/module.js';
import { numberBytes } from '../spectrum/sizes.js';
import { fillRow } from '../sums/borders/fill.js';
import { copyMatrix } from '../sums/orders.js';
import type { Border, Written } from '../sums/request.js';
import { dtypeIn, type NumberArray } from '../sums/samples.js';
import { numbersAt } from '../sums/scratch.js';
import type { Rates } from './upfirdn-way.js';

/** Numbers of the matrix that is filled at a time: a part of the second-level cache. */
const AT_ONCE = 2 ** 15;

/** Numbers of the table of one group, and behind an area, whose last vector may be loaded beyond its end. */
const TABLE = 4;
const BEHIND = 8;

/** The taps of an output and of those a multiple of the period after it: every upsample-th of the filter, and the element of the first. */
interface Phase {
  readonly set: number;
  readonly element: number;
  readonly taps: number;
}

/** The phases of a filter, and the distance between elements of two outputs of a phase. */
function phasesOf({ first, count, stride, upsample }: Rates, taps: number) {
  const period = upsample / gcd(stride, upsample);
  const phases = Array.from({ length: Math.min(period, count) }, (_, o): Phase => {
    const set = (first + stride * o) % upsample;
    const element = (first + stride * o - set) / upsample;
    return { set, element, taps: Math.max(0, Math.ceil((taps - set) / upsample)) };
  });
  return { period, phases, step: (stride * period) / upsample };
}

/**
 * Writes the taps of one phase after the other. Elements ascend, so the taps of a phase descend.
 * @returns whether all are finite
 */
function writeTaps(
  phases: readonly Phase[],
  upsample: number,
  kernel: NumberArray,
  to: NumberArray,
  first: number,
): boolean {
  let next = first;
  let areFinite = true;
  for (const { set, taps } of phases)
    for (let tap = taps - 1; tap >= 0; tap--) {
      const weight = kernel[set + tap * upsample];
      areFinite &&= weight - weight === 0;
      to[next++] = weight;
    }
  return areFinite;
}

/**
 * Filters the rows of a signal.
 * @returns false, and computes nothing, if a tap that is not finite would be multiplied by a zero beside the signal, which border 'nothing'
 * does not have
 * @throws RangeError if memory is insufficient
 */
export function computeRows(
  { signal, kernel, out }: Written,
  size: number,
  sum: Rates,
  border: Border,
): boolean {
  const { count, upsample } = sum;
  const all = kernel.data.length;
  const { period, phases, step } = phasesOf(sum, all);
  // the elements of the first column: phases ascend, and the first one may have the most taps
  const lowest = phases[0].element - Math.ceil(all / upsample) + 1;
  const height = phases[phases.length - 1].element - lowest + 1;
  const columns = Math.ceil(count / period);
  const most = Math.max(1, Math.min(columns, Math.floor(AT_ONCE / height)));

  const engine = heap();
  const entries = signalModule(engine);
  const dtype = dtypeIn(kernel.data);
  const bytes = numberBytes(dtype);
  const weights = TABLE;
  const line = weights + all + BEHIND;
  const matrix = line + height + step * most + BEHIND;
  const results = matrix + height * most + BEHIND;
  const total = results + most;
  const base = engine.reserve(bytes * total, 'a filter with rates');
  const numbers = numbersAt(engine.f32.buffer, base, total, dtype);
  // after the reservation, because growing memory detaches the views of resident tensors
  const [x, h, y] = [attached(signal), attached(kernel), attached(out)];
  const { i32 } = engine;
  const group = base / WORD_BYTES;
  i32.set([1, 0, 0, 0], group);

  const areFinite = writeTaps(phases, upsample, h, numbers, weights);
  if (border === 'nothing' && !areFinite) return false;

  for (let from = 0, to = 0; from < x.length; from += size, to += count)
    for (let column = 0; column < columns; column += most) {
      const some = Math.min(most, columns - column);
      const extent = height + step * (some - 1);
      fillRow(numbers, line, extent, x, from, size, lowest + step * column, border);
      copyMatrix(some, height, numbers, line, [step, 1], numbers, matrix, [1, some]);
      let own = weights;
      phases.forEach(({ element, taps }, phase) => {
        i32[group + 1] = taps;
        entries.rows(
          base,
          0,
          0,
          base,
          1,
          0,
          0,
          bytes * some,
          base + bytes * own,
          base + bytes * (matrix + (element - taps + 1 - lowest) * some),
          base + bytes * results,
          bytes * some,
          Number(bytes === FLOAT_BYTES),
        );
        own += taps;
        // the last period may have fewer outputs
        const end = to + count;
        for (let i = 0, at = to + column * period + phase; i < some && at < end; i++, at += period)
          y[at] = numbers[results + i];
      });
    }
  return true;
}
