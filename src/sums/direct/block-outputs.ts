// The outputs of a block: their address in scratch memory or in a result that is in the engine's memory, and the copy to the result.

import { product } from '../../core/lists.js';
import { attached } from '../../core/tensor.js';
import { addressOf } from '../../engine/address.js';
import type { Engine } from '../../engine/engine.js';
import type { Dtype, Samples } from '../samples.js';
import { numbersAt } from '../scratch.js';
import { stepsOf } from '../steps.js';
import type { Lines } from './lines.js';
import { copyOut } from './outputs.js';
import type { Block, Part } from './parts.js';

/** Distances between the outputs of each axis in the complete result, in numbers. */
export function sizePitches({ sums, group }: Lines): number[] {
  return stepsOf(
    sums.map(({ count }) => count),
    group,
  );
}

/** The address of a block's outputs in a result in the engine's memory, if they are contiguous there; else -1. */
export function placeOf(out: Samples, lines: Lines, part: Part, block: Block, bytes: number): number {
  const address = addressOf(out);
  const { outs, taps, group, items, itemCount } = block;
  if (address < 0 || itemCount > 1 || group < lines.group) return -1;
  if (part.some(({ outStep }) => outStep > 1) || taps.some((tap) => tap > 0)) return -1;
  const pitches = sizePitches(lines);
  const item = lines.items.reduce((at, { count }, i) => at * count + items[i], 0);
  const first = item * pitches[0] * lines.sums[0].count;
  return address + bytes * outs.reduce((at, from, i) => at + from * pitches[i], first);
}

/** Copies a block's outputs to the result. If the block does not begin with the first taps, adds them. */
export function writeOutputs(
  { f32 }: Engine,
  address: number,
  out: Samples,
  lines: Lines,
  part: Part,
  { outs, counts, taps, groupFrom, group, items, itemCount }: Block,
  dtype: Dtype,
): void {
  const count = itemCount * group * product(counts);
  const axes = lines.items.map((axis, i) => ({
    size: axis.count,
    from: items[i],
    count: i === lines.items.length - 1 ? itemCount : 1,
    step: 1,
  }));
  part.forEach((axis, i) => {
    const from = axis.out + axis.outStep * outs[i];
    axes.push({ size: lines.sums[i].count, from, count: counts[i], step: axis.outStep });
  });
  axes.push({ size: lines.group, from: groupFrom, count: group, step: 1 });
  copyOut(
    numbersAt(f32.buffer, address, count, dtype),
    attached(out),
    axes,
    taps.some((tap) => tap > 0),
  );
}
