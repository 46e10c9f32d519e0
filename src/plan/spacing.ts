// The spacing of an axis's taps: which taps form convolutions with stride 1.

import { mapAxes, type PerAxis } from '../geometry/axis.js';
import { gcd, hasBare, modulo, type Phase, type Phases } from '../geometry/phases.js';
import type { Cuts } from './cuts.js';

/**
 * The spacing of the taps of an axis, which is the same in all of its phases. Taps that read staged positions of the same residue form a line:
 * with a step of two there are two lines, each a convolution with step one over the inputs of its residue. Tap t belongs to line `t % lines`
 * and reads position `floor((first + gap * t) / lines)` of its residue, counted from the first one that any tap reads.
 */
export interface Spacing {
  /** taps of each phase */
  readonly taps: number;
  /** distance between taps of a line, in outputs; 0 if phases differ, or no line has two taps */
  readonly gap: number;
  readonly lines: number;
  readonly first: number;
}

const UNEVEN: Spacing = { taps: 0, gap: 0, lines: 0, first: 0 };

/** A single tap. */
const SINGLE: Spacing = { taps: 1, gap: 1, lines: 1, first: 0 };

/** The spacing of each axis; uneven for all axes if some outputs have no taps. */
export function spacingsOf(cuts: Cuts): PerAxis<Spacing> {
  const allMeetTaps = cuts.every(({ split }) => !hasBare(split));
  return mapAxes(cuts, ({ split }) => (allMeetTaps ? spacingOf(split) : UNEVEN));
}

function spacingOf({ advance, offsetStep, phases }: Phases): Spacing {
  const { taps, offset } = phases[0] ?? { taps: 0, offset: 0 };
  // offsets within a line are equal modulo the advance
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
