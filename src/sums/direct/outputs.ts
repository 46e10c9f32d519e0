// Copies outputs from the engine's memory to the caller's array.

import { copyRange } from '../../core/copy.js';
import { product } from '../../core/lists.js';
import type { NumberArray } from '../samples.js';
import { stepsOf } from '../steps.js';

/** The part of an axis that is written: `count` of its `size` elements, `step` apart, starting at `from`. */
interface WrittenAxis {
  readonly size: number;
  readonly from: number;
  readonly count: number;
  readonly step: number;
}

/** Copies a dense block to a part of an array, or adds it. */
export function copyOut(
  block: NumberArray,
  to: NumberArray,
  axes: readonly WrittenAxis[],
  add: boolean,
): void {
  const steps = stepsOf(axes.map(({ size }) => size));
  // axes from this one on are written completely
  let whole = axes.length;
  while (whole > 0 && axes[whole - 1].count === axes[whole - 1].size) whole--;
  const dense = whole > 0 && axes[whole - 1].step === 1 ? whole - 1 : whole;
  const inner = product(axes.slice(dense).map(({ count }) => count));
  const walk = (axis: number, at: number, read: number): number => {
    if (axis === dense) {
      const start = axis < axes.length ? at + axes[axis].from * steps[axis] : at;
      if (add) for (let i = 0; i < inner; i++) to[start + i] += block[read + i];
      else copyRange(block, read, inner, to, start);
      return read + inner;
    }
    const { from, count, step } = axes[axis];
    const stride = step * steps[axis];
    let next = at + from * steps[axis];
    if (axis === axes.length - 2 && inner <= FEW && !add) {
      spread(block, read, to, next + axes[axis + 1].from, stride, count, inner);
      return read + count * inner;
    }
    for (let i = 0; i < count; i++, next += stride) read = walk(axis + 1, next, read);
    return read;
  };
  walk(0, 0, 0);
}

/** Up to this length a loop is faster than creating a view. */
const FEW = 32;

/** Copies `count` pieces of `inner` numbers to places `stride` apart. */
function spread(
  block: NumberArray,
  read: number,
  to: NumberArray,
  at: number,
  stride: number,
  count: number,
  inner: number,
): void {
  for (let i = 0; i < count; i++, at += stride) for (let j = 0; j < inner; j++) to[at + j] = block[read++];
}
