// Window: the input positions that some outputs of an axis read, in the order in which they are staged.

import { inputPositionAt, type PaddingMode } from './padding.js';
import type { Phase, Phases } from './phases.js';

/**
 * The staged form of what some outputs read: for each residue, of input positions divided by the advance, the `length` positions that
 * have it. So neighbouring outputs of a phase meet neighbouring staged positions.
 */
export interface Window {
  readonly advance: number;
  readonly residues: readonly number[];
  /** a multiple of the advance: the first staged position of a residue shows input position `origin + residue` */
  readonly origin: number;
  /** staged positions for each residue */
  readonly length: number;
  /** of each phase, the staged position that its first output meets at each tap */
  readonly starts: readonly (readonly number[])[];
}

/** The window of the outputs `begin` to `end` of some phases of an axis. */
export function windowOf(split: Phases, covered: readonly Phase[], begin: number, end: number): Window {
  const { advance } = split;
  const residues: number[] = [];
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const phase of covered) {
    for (const { offset } of phase.taps) {
      const quotient = Math.floor(offset / advance);
      low = Math.min(low, quotient);
      high = Math.max(high, quotient);
      const residue = offset - quotient * advance;
      if (!residues.includes(residue)) residues.push(residue);
    }
  }
  if (residues.length === 0)
    return { advance, residues, origin: 0, length: 0, starts: covered.map(() => []) };
  residues.sort((a, b) => a - b);

  const length = end - begin + high - low;
  const starts = covered.map((phase) =>
    phase.taps.map(({ offset }) => {
      const quotient = Math.floor(offset / advance);
      return residues.indexOf(offset - quotient * advance) * length + quotient - low;
    }),
  );
  return { advance, residues, origin: advance * (begin + low), length, starts };
}

/** The input position, or -1 for zero, that each staged position of a window shows. */
export function inputPositionsOf(window: Window, size: number, mode: PaddingMode): Int32Array {
  const { advance, residues, origin, length } = window;
  const positions = new Int32Array(residues.length * length);
  residues.forEach((residue, index) => {
    for (let i = 0; i < length; i++)
      positions[index * length + i] = inputPositionAt(origin + advance * i + residue, size, mode);
  });
  return positions;
}
