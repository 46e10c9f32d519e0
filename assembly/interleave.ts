// Interleave: puts the phases of a transposed convolution side by side into the output.
//
//   out[.. + partCount * i + p] = part[p][i]

import { PlanRecord } from '../src/record';

/** Interleaves the maps `begin` to `end` (an item is one filter of one image). */
export function interleave(plan: PlanRecord, begin: i32, end: i32): void {
  const count = plan.partCount;
  const rows = plan.depth * plan.height;
  for (let map = begin; map < end; map++) {
    // Loop over the rows of the phase; each is woven from one row of every part.
    for (let row = 0; row < rows; row++) {
      const d = row / plan.height;
      const h = row - d * plan.height;
      const to =
        <usize>plan.out +
        <usize>map * <usize>plan.outFilter +
        <usize>d * <usize>plan.outDepth +
        <usize>h * <usize>plan.outRow;
      const line = map * rows + row;
      if (count == 2) {
        weaveTwo(plan, line, to);
        continue;
      }
      for (let p = 0; p < count; p++) {
        const width = (plan.outWidth - p + count - 1) / count;
        let from = partRow(plan, p, line, width);
        const last = from + (<usize>width << 2);
        const step = <usize>count << 2;
        let o = to + (<usize>p << 2);
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

/** Row `line` of part `p`, whose rows are `width` long. */
// @ts-ignore: decorator
@inline
function partRow(plan: PlanRecord, p: i32, line: i32, width: i32): usize {
  return <usize>plan.parts + <usize>p * <usize>plan.partBytes + ((<usize>line * width) << 2);
}

/** Weaves a row from two parts, four elements of each at a time. */
function weaveTwo(plan: PlanRecord, line: i32, to: usize): void {
  const width = plan.outWidth;
  let even = partRow(plan, 0, line, (width + 1) >> 1);
  let odd = partRow(plan, 1, line, width >> 1);
  const last = to + (<usize>width << 2);
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
