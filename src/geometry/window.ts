// Window: the input positions that some outputs of an axis read, in the order in which they are staged.

import { inputPositionAt, type Outside } from './padding.js';
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
  /** the offset, divided by the advance, of a tap that the first output meets at the first staged position of a residue */
  readonly low: number;
}

/** The window of the outputs `begin` to `end` of some phases of an axis. */
export function windowOf(split: Phases, covered: readonly Phase[], begin: number, end: number): Window {
  const { advance, offsetStep } = split;
  const residues = new Set<number>();
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const { taps, offset } of covered) {
    // quotients rise or fall from tap to tap; residues repeat themselves after at most `advance` taps
    for (const outermost of [offset, offset + offsetStep * (taps - 1)]) {
      const quotient = Math.floor(outermost / advance);
      low = Math.min(low, quotient);
      high = Math.max(high, quotient);
    }
    const different = offsetStep % advance === 0 ? 1 : Math.min(taps, Math.abs(advance));
    for (let tap = 0; tap < different; tap++) residues.add(residueOf(offset + offsetStep * tap, advance));
  }
  if (residues.size === 0) return { advance, residues: [], origin: 0, length: 0, low: 0 };
  const length = end - begin + high - low;
  const sorted = [...residues].sort((a, b) => a - b);
  return { advance, residues: sorted, origin: advance * (begin + low), length, low };
}

/** What is left of an offset when it is divided by the advance. */
function residueOf(offset: number, advance: number): number {
  return offset - Math.floor(offset / advance) * advance;
}

/** The staged position that the first output of a phase meets at each tap. */
export function startsOf(
  { advance, residues, length, low }: Window,
  split: Phases,
  phase: Phase,
): Int32Array {
  const starts = new Int32Array(phase.taps);
  const places = new Map(residues.map((residue, index) => [residue, index * length - low]));
  for (let tap = 0; tap < starts.length; tap++) {
    const offset = phase.offset + split.offsetStep * tap;
    starts[tap] = (places.get(residueOf(offset, advance)) ?? 0) + Math.floor(offset / advance);
  }
  return starts;
}

/**
 * The input position, or -1 for zero, that each staged position of a window shows.
 * @param repeat positions that show the same element of the input
 */
export function inputPositionsOf(window: Window, size: number, outside: Outside, repeat = 1): Int32Array {
  const { advance, residues, origin, length } = window;
  const positions = new Int32Array(residues.length * length);
  residues.forEach((residue, index) => {
    for (let i = 0; i < length; i++) {
      const shown = inputPositionAt(origin + advance * i + residue, size * repeat, outside);
      positions[index * length + i] = Math.floor(shown / repeat);
    }
  });
  return positions;
}
