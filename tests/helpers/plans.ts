// Plans of problem lines.

import { type Plan, planOf } from '#src/plan/plan.js';
import type { Preference } from '#src/plan/preference.js';
import type { Spacing } from '#src/plan/spacing.js';
import { convolutionOf } from '#src/problem/convolution.js';
import { parseProblem } from '#src/problem/line.js';
import { Block } from '#src/run/block.js';

/** The plan of a problem's line. */
export function planOfLine(line: string, preference?: Preference): Plan {
  return planOf(convolutionOf(parseProblem(line)), preference);
}

/** The first block of a plan, for plain tensors, with all addresses 0. */
export function firstBlockOf(plan: Plan): Block {
  const addresses = { tables: 0, scratch: 0, weights: 0, bias: 0 };
  return new Block(plan, 0, { ...addresses, input: -1, output: -1, inputStep: -1, outputStep: -1 });
}

/** Taps of an axis that lie `gap` outputs apart; none: they have no common distance. */
export function evenly(taps: number, gap: number): Spacing {
  return taps === 0 ? { taps, gap: 0, lines: 0, first: 0 } : { taps, gap, lines: 1, first: 0 };
}
