// Plans of problem lines.

import { type Plan, planOf } from '#src/plan/plan.js';
import type { Preference } from '#src/plan/preference.js';
import type { Spacing } from '#src/plan/spacing.js';
import { convolutionOf } from '#src/problem/convolution.js';
import { parseProblem } from '#src/problem/line.js';

/** The plan of a problem's line. */
export function planOfLine(line: string, preference?: Preference): Plan {
  return planOf(convolutionOf(parseProblem(line)), preference);
}

/** Taps of an axis that lie `gap` outputs apart; none: they have no common distance. */
export function evenly(taps: number, gap: number): Spacing {
  return taps === 0 ? { taps, gap: 0, lines: 0, first: 0 } : { taps, gap, lines: 1, first: 0 };
}
