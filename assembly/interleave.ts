// Interleave: puts the phases of a transposed convolution side by side into the output.
//
//   out[.. + step * i + p] = part[p][i]

import { PlanRecord } from '../src/shared/record';

/** Interleaves the maps `begin` to `end` (an item is one filter of one image). */
export function interleave(plan: PlanRecord, begin: i32, end: i32): void {
  const count = plan.step;
  const step = (<usize>count) << 2;
  for (let map = begin; map < end; map++) {
    const first = map * plan.sourceChannel + (map / plan.filters) * plan.sourceSkip;
    // Loop over the rows of the output; each is woven from one row of every part.
    for (let row = 0; row < plan.depth * plan.height; row++) {
      const depth = row / plan.height;
      const height = row - depth * plan.height;
      const d = depth / plan.depthStep;
      const h = height / plan.rowStep;
      const phase = (depth - d * plan.depthStep) * plan.rowStep + height - h * plan.rowStep;
      const parts = <usize>plan.source + <usize>phase * step;
      const line = <usize>(first + d * plan.sourceDepth + h * plan.sourceRow);
      const to = <usize>(
        (plan.target + map * plan.targetFilter + depth * plan.outDepth + height * plan.outRow)
      );
      if (count == 2) {
        weaveTwo(load<usize>(parts) + line, load<usize>(parts, 4) + line, to, plan.width);
        continue;
      }
      for (let p = 0; p < count; p++) {
        let from = load<usize>(parts + ((<usize>p) << 2)) + line;
        const last = from + ((<usize>((plan.width - p + count - 1) / count)) << 2);
        let o = to + ((<usize>p) << 2);
        for (; from + 16 <= last; from += 16, o += 4 * step) {
          const x = v128.load(from);
          v128.store32_lane(o, x, 0);
          v128.store32_lane(o + step, x, 1);
          v128.store32_lane(o + 2 * step, x, 2);
          v128.store32_lane(o + 3 * step, x, 3);
        }
        for (; from < last; from += 4, o += step) store<f32>(o, load<f32>(from));
      }
    }
  }
}

/** Weaves a row from two parts, four elements of each at a time. */
function weaveTwo(even: usize, odd: usize, to: usize, width: i32): void {
  const last = to + ((<usize>width) << 2);
  while (to + 32 <= last) {
    const a = v128.load(even);
    const b = v128.load(odd);
    v128.store(to, v128.shuffle<f32>(a, b, 0, 4, 1, 5));
    v128.store(to, v128.shuffle<f32>(a, b, 2, 6, 3, 7), 16);
    to += 32;
    even += 16;
    odd += 16;
  }
  for (; to < last; to += 8, even += 4, odd += 4) {
    store<f32>(to, load<f32>(even));
    if (to + 4 < last) store<f32>(to, load<f32>(odd), 4);
  }
}
