// Random axes, and the equation of an axis evaluated as it stands: nothing here is taken from src but types.

import fc from 'fast-check';
import type { Axis } from '#src/geometry/axis.js';
import type { PaddingMode } from '#src/geometry/padding.js';
import type { Phase, Phases } from '#src/geometry/phases.js';

export const modes: readonly PaddingMode[] = ['zeros', 'reflect', 'replicate', 'circular'];

/** An axis of a convolution whose output is as long as it can be. */
export const plainAxis: fc.Arbitrary<Axis> = fc
  .record({
    input: fc.integer({ min: 1, max: 14 }),
    kernel: fc.integer({ min: 1, max: 5 }),
    stride: fc.integer({ min: 1, max: 4 }),
    dilation: fc.integer({ min: 1, max: 4 }),
    padding: fc.integer({ min: -2, max: 6 }),
    end: fc.integer({ min: -2, max: 6 }),
  })
  .map(({ end, ...axis }) => {
    const room = axis.input + axis.padding + end - axis.dilation * (axis.kernel - 1) - 1;
    return { ...axis, upsample: 1, output: Math.floor(room / axis.stride) + 1 };
  })
  .filter(({ output }) => output > 0);

/** An axis of a transposed convolution, written out. */
export const transposedAxis: fc.Arbitrary<Axis> = fc
  .record({
    input: fc.integer({ min: 1, max: 9 }),
    kernel: fc.integer({ min: 1, max: 5 }),
    upsample: fc.integer({ min: 1, max: 5 }),
    dilation: fc.integer({ min: -4, max: -1 }),
    padding: fc.integer({ min: -6, max: 0 }),
    more: fc.integer({ min: -6, max: 4 }),
  })
  .map(({ more, ...axis }) => ({
    ...axis,
    stride: 1,
    output: (axis.input - 1) * axis.upsample + axis.padding - axis.dilation * (axis.kernel - 1) + 1 + more,
  }))
  .filter(({ output }) => output > 0);

/** Any axis that the equation makes sense for. */
export const anyAxis: fc.Arbitrary<Axis> = fc.oneof(
  plainAxis,
  transposedAxis,
  fc.record({
    input: fc.integer({ min: 1, max: 12 }),
    kernel: fc.integer({ min: 1, max: 5 }),
    output: fc.integer({ min: 1, max: 20 }),
    stride: fc.integer({ min: 1, max: 6 }),
    dilation: fc.integer({ min: -4, max: 4 }).filter((dilation) => dilation !== 0),
    upsample: fc.integer({ min: 1, max: 6 }),
    padding: fc.integer({ min: -8, max: 8 }),
  }),
);

/** The taps of a phase, one by one. */
export function tapsOf({ kernelStep, offsetStep }: Phases, { taps, kernel, offset }: Phase) {
  return Array.from({ length: taps }, (_, tap) => ({
    kernel: kernel + kernelStep * tap,
    offset: offset + offsetStep * tap,
  }));
}

/** All triples that satisfy the equation with x inside the input, as `x,k,o`, sorted. */
export function triplesOf(axis: Axis): string[] {
  const triples: string[] = [];
  for (let x = 0; x < axis.input; x++) {
    for (let k = 0; k < axis.kernel; k++) {
      for (let o = 0; o < axis.output; o++) {
        if (axis.stride * o + axis.dilation * k === axis.upsample * x + axis.padding)
          triples.push(`${x},${k},${o}`);
      }
    }
  }
  return triples.sort();
}

/** The padding that a mode allows on an axis of some size. */
export function mostPadding(size: number, mode: PaddingMode): number {
  if (mode === 'reflect') return size - 1;
  return mode === 'circular' ? size : 12;
}

/** The positions 0 ... size - 1 with padding before and after them; -1 is a zero. Put together, not computed. */
export function padded(size: number, begin: number, end: number, mode: PaddingMode): number[] {
  const inside = Array.from({ length: size }, (_, i) => i);
  const before: number[] = [];
  const after: number[] = [];
  if (mode === 'zeros') {
    before.push(...Array<number>(begin).fill(-1));
    after.push(...Array<number>(end).fill(-1));
  } else if (mode === 'replicate') {
    before.push(...Array<number>(begin).fill(0));
    after.push(...Array<number>(end).fill(size - 1));
  } else if (mode === 'reflect') {
    before.push(...inside.slice(1, begin + 1).reverse());
    after.push(...inside.slice(0, -1).reverse().slice(0, end));
  } else {
    before.push(...inside.slice(size - begin));
    after.push(...inside.slice(0, end));
  }
  return [...before, ...inside, ...after];
}

/** The input element that stands at position `x` of the padded input; -1 for zero, and beyond the padding that a mode allows. */
export function sourceOf(x: number, size: number, mode: PaddingMode): number {
  const most = mostPadding(size, mode);
  if (mode === 'zeros' || mode === 'replicate') {
    const nearest = Math.min(Math.max(x, 0), size - 1);
    return mode === 'replicate' || x === nearest ? nearest : -1;
  }
  return padded(size, most, most, mode)[x + most] ?? -1;
}
