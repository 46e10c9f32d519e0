// Spacing: how regular the taps of an axis are.

import { mapAxes, type PerAxis } from '../geometry/axis.js';
import { gcd, hasBare, modulo, type Phase, type Phases } from '../geometry/phases.js';
import type { Cuts } from './cuts.js';

/**
 * How regular the taps of an axis are, the same in all its phases. Taps that read staged positions of the same residue are a line: a
 * step of two leaves two lines, and each is a convolution of step one over the inputs of its residue. Tap t belongs to line `t % lines`,
 * and reads the position `floor((first + gap * t) / lines)` of its residue, counted from the first that any tap reads.
 */
export interface Spacing {
  /** of each phase */
  readonly taps: number;
  /** outputs from one tap of a line to the next; 0 where phases differ, or no line has two taps */
  readonly gap: number;
  readonly lines: number;
  readonly first: number;
}

const UNEVEN: Spacing = { taps: 0, gap: 0, lines: 0, first: 0 };

/** One tap. */
const SINGLE: Spacing = { taps: 1, gap: 1, lines: 1, first: 0 };

/** The spacing of each axis; uneven for all axes where some outputs meet no taps. */
export function spacingsOf(cuts: Cuts): PerAxis<Spacing> {
  const allMeetTaps = cuts.every(({ split }) => !hasBare(split));
  return mapAxes(cuts, ({ split }) => (allMeetTaps ? spacingOf(split) : UNEVEN));
}

function spacingOf({ advance, offsetStep, phases }: Phases): Spacing {
  const { taps, offset } = phases[0] ?? { taps: 0, offset: 0 };
  // offsets of one line are the same modulo the advance
  const common = gcd(offsetStep, Math.abs(advance));
  const placeOf = (position: number) => Math.floor(modulo(position, advance) / common);
  const first = placeOf(offset);
  const isSame = (phase: Phase) => phase.taps === taps && (taps === 1 || placeOf(phase.offset) === first);
  if (!phases.every(isSame)) return UNEVEN;
  if (taps === 1) return SINGLE;
  const lines = advance / common;
  return lines > 0 && lines < taps && offsetStep > 0
    ? { taps, gap: offsetStep / common, lines, first }
    : UNEVEN;
}

/** The staged position that a tap reads. */
export function positionOf({ gap, lines, first }: Spacing, tap: number): number {
  return Math.floor((first + gap * tap) / lines);
}
