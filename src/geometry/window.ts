// Window: the input positions that a range of outputs of an axis reads, in staged order.

import { inputPositionAt, type Outside } from './padding.js';
import type { Phase, Phases } from './phases.js';

/**
 * The staged order: input positions are grouped by their residue modulo the advance, with `length` positions for each residue. So
 * consecutive outputs of a phase read consecutive staged positions.
 */
export interface Window {
  readonly advance: number;
  readonly residues: readonly number[];
  /** a multiple of the advance: the first staged position of a residue is input position `origin + residue` */
  readonly origin: number;
  /** staged positions per residue */
  readonly length: number;
  /** the smallest quotient floor(offset / advance) of all taps: the first output reads it at the first staged position of a residue */
  readonly low: number;
}

/** The window of outputs `begin` to `end` of some phases of an axis. */
export function windowOf(split: Phases, covered: readonly Phase[], begin: number, end: number): Window {
  const { advance, offsetStep } = split;
  const residues = new Set<number>();
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const { taps, offset } of covered) {
    // quotients are monotonic in the tap, so the first and last are extreme; residues repeat after at most `advance` taps
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

/** The offset modulo the advance. */
function residueOf(offset: number, advance: number): number {
  return offset - Math.floor(offset / advance) * advance;
}

/** For each tap, the staged position that the first output of a phase reads. */
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
 * The input position of each staged position of a window, or -1 for zero.
 * @param repeat the nearest-neighbour upsampling factor of the input
 */
export function inputPositionsOf(window: Window, size: number, outside: Outside, repeat = 1): Int32Array {
  const { advance, residues, origin, length } = window;
  const positions = new Int32Array(residues.length * length);
  residues.forEach((residue, index) => {
    for (let i = 0; i < length; i++) {
      const x = origin + advance * i + residue;
      // without the call for nearly all positions of a long axis
      const shown = x >= 0 && x < size ? x : inputPositionAt(x, size * repeat, outside);
      positions[index * length + i] = Math.floor(shown / repeat);
    }
  });
  return positions;
}
