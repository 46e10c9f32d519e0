// Outputs: from the memory of the engine to where the caller has them.

import { product } from '../core/lists.js';
import type { NumberArray } from './samples.js';
import { stepsOf } from './steps.js';

/** What of an axis is written: `count` of its `size` elements, `step` apart from `from` on. */
export interface WrittenAxis {
  readonly size: number;
  readonly from: number;
  readonly count: number;
  readonly step: number;
}

/** Copies a dense block into a part of an array; with `add`, adds it to what is there. */
export function copyOut(
  block: NumberArray,
  to: NumberArray,
  axes: readonly WrittenAxis[],
  add: boolean,
): void {
  const steps = stepsOf(axes.map(({ size }) => size));
  // axes from here on inwards are written in full
  let whole = axes.length;
  while (whole > 0 && axes[whole - 1].count === axes[whole - 1].size) whole--;
  const dense = whole > 0 && axes[whole - 1].step === 1 ? whole - 1 : whole;
  const inner = product(axes.slice(dense).map(({ count }) => count));
  const walk = (axis: number, at: number, read: number): number => {
    if (axis === dense) {
      const start = axis < axes.length ? at + axes[axis].from * steps[axis] : at;
      if (add) for (let i = 0; i < inner; i++) to[start + i] += block[read + i];
      else to.set(block.subarray(read, read + inner), start);
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

/** Numbers that a loop copies faster than a view is made. */
const FEW = 32;

/** Copies `count` times `inner` numbers, `stride` apart where they go. */
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
