// Plans of problem lines.

import { type Plan, planOf } from '#src/plan/plan.js';
import type { Wish } from '#src/plan/wish.js';
import { convolutionOf } from '#src/problem/convolution.js';
import { parseProblem } from '#src/problem/line.js';

/** The plan of a problem's line. */
export function planOfLine(line: string, wish?: Wish): Plan {
  return planOf(convolutionOf(parseProblem(line)), wish);
}
