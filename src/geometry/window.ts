// Window: the input positions that a range of outputs of an axis reads, in staged order.

import { type Outside, stretchesOf } from './padding.js';
import type { Phase, Phases } from './phases.js';
import { addRun, type Run } from './runs.js';

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
 * The input positions of the staged positions of a window, or zeros, as runs.
 * @param repeat the nearest-neighbour upsampling factor of the input
 */
export function inputRunsOf(window: Window, size: number, outside: Outside, repeat = 1): Run[] {
  const { advance, residues, origin, length } = window;
  const runs: Run[] = [];
  const stretches = stretchesOf(size * repeat, outside);
  if (advance < 0) stretches.reverse();
  for (const residue of residues) {
    const start = origin + residue;
    // the first staged position of the residue that lies behind a position
    const behind = (x: number) => Math.min(length, Math.max(0, Math.ceil((x - start) / advance)));
    let filled = 0;
    for (const { first, end, sign, offset } of stretches) {
      const [from, to] = advance < 0 ? [behind(end - 1), behind(first - 1)] : [behind(first), behind(end)];
      addRun(runs, -1, from - filled);
      addCopies(runs, sign * (start + advance * from) + offset, to - from, sign * advance, repeat);
      filled = to;
    }
    addRun(runs, -1, length - filled);
  }
  return runs;
}

/** Appends copies of elements `shown`, `shown + step`, … of an input that is repeated. */
function addCopies(runs: Run[], shown: number, count: number, step: number, repeat: number): void {
  const first = Math.floor(shown / repeat);
  if (step % repeat === 0) addRun(runs, first, count, step / repeat);
  else if (step > 0 && repeat % step === 0) {
    const times = repeat / step;
    // an input that is shown from its middle on is a run of its own
    const left = Math.ceil((repeat - (shown % repeat)) / step);
    const alone = left < times ? Math.min(left, count) : 0;
    addRun(runs, first, alone, 0);
    addRun(runs, alone > 0 ? first + 1 : first, count - alone, 1, times);
  } else for (let i = 0; i < count; i++) addRun(runs, Math.floor((shown + step * i) / repeat), 1);
}
