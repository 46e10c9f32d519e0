// The operands of a block: which elements of signal and kernel it reads, and how they get into the engine's memory in the order of reading.

import { WORD_BYTES } from '../../core/bytes.js';
import type { Engine } from '../../engine/engine.js';
import type { SignalEntries } from '../../spectrum/entries.js';
import { numberBytes } from '../../spectrum/sizes.js';
import { kernelRuns, signalRuns } from '../borders/runs.js';
import type { Border } from '../request.js';
import type { Dtype, Samples } from '../samples.js';
import { numbersAt } from '../scratch.js';
import { stepsOf } from '../steps.js';
import type { Lines } from './lines.js';
import { Operand } from './operand.js';
import { type Block, extentOf, lineLength, type Part } from './parts.js';

/** The elements of the signal that a block reads, in the order of reading. */
export function signalOperand(
  samples: Samples,
  border: Border,
  lines: Lines,
  part: Part,
  { outs, counts, taps, tapCounts, groupFrom, group, items, itemCount }: Block,
): Operand {
  const { items: axes } = lines;
  return new Operand({
    samples,
    sizes: [...axes.map(({ signals }) => signals), ...part.map(({ size }) => size)],
    lines: [
      ...axes.map(({ signals }, i) =>
        signals === 1 ? one(0, 1) : one(items[i], i === axes.length - 1 ? itemCount : 1),
      ),
      ...part.map(({ size, stride, first }, i) => {
        const from = first + stride * outs[i] + taps[i];
        return signalRuns(
          size,
          border,
          from,
          extentOf(stride, counts[i], tapCounts[i]),
          stride,
          tapCounts[i],
        );
      }),
    ],
    group: lines.group,
    from: groupFrom,
    count: group,
  });
}

/** The taps of a block. */
export function kernelOperand(
  samples: Samples,
  { items: axes }: Lines,
  part: Part,
  { taps, tapCounts, items, itemCount }: Block,
): Operand {
  return new Operand({
    samples,
    sizes: [...axes.map(({ count }) => count), ...part.map(({ kernelSize }) => kernelSize)],
    lines: [
      ...axes.map((_, i) => one(items[i], i === axes.length - 1 ? itemCount : 1)),
      ...part.map(({ kernel, kernelStep, stride }, i) =>
        kernelRuns(kernel + kernelStep * taps[i], kernelStep, tapCounts[i], stride),
      ),
    ],
    group: 1,
    from: 0,
    count: 1,
  });
}

const one = (from: number, count: number) => [{ from, count, step: 1 }];

/** Distances between the elements of each staged axis, in numbers. */
export function stagedPitches(part: Part, { counts, tapCounts, group }: Block): number[] {
  return stepsOf(
    part.map(({ stride }, i) => lineLength(stride, counts[i], tapCounts[i])),
    group,
  );
}

/** Bytes of an operand's areas: its table, its copy, and its staged lines. */
export function areasOf({ tableLength, copied, staged }: Operand, dtype: Dtype): number[] {
  const bytes = numberBytes(dtype);
  return [WORD_BYTES * tableLength, bytes * copied, bytes * staged];
}

/**
 * Copies and stages an operand, as far as necessary.
 * @param areas addresses of the areas of `areasOf`
 * @returns the address to read from
 */
export function bring(
  entries: SignalEntries,
  { f32, i32 }: Engine,
  operand: Operand,
  dtype: Dtype,
  [table, copied, staged]: readonly number[],
  group: number,
  constant: number,
): number {
  const bytes = numberBytes(dtype);
  if (operand.address < 0) operand.copy(numbersAt(f32.buffer, copied, operand.copied, dtype));
  const from = operand.address < 0 ? copied : operand.address;
  if (operand.isPlain) return from + bytes * operand.begin;
  operand.writeTable(i32, table / WORD_BYTES, bytes);
  entries.stage(table, operand.depth, from, staged, group, constant, Number(dtype === 'float32'));
  return staged;
}
