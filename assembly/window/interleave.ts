// Interleave: puts the classes of outputs of a transposed convolution side by side into the output.
//
//   out[.. + phases * i + p] = part[p][i]

import { Desk, InterleaveTask } from '../../src/shared/task';

/** Interleaves the maps `begin` to `end` (an item is one filter of one image). */
export function interleave(task: InterleaveTask, _desk: Desk, begin: i32, end: i32): void {
  const phases = task.columnPhases;
  const step = (<usize>phases) << 2;
  for (let map = begin; map < end; map++) {
    const group = map / task.filters;
    const image = group / task.groups;
    const filter = <usize>(map - group * task.filters);
    const groupOfImage = <usize>(group - image * task.groups);
    const part =
      <usize>image * <usize>task.partImage +
      groupOfImage * <usize>task.partGroup +
      filter * <usize>task.partFilter;
    const target =
      <usize>task.target +
      <usize>image * <usize>task.targetImage +
      groupOfImage * <usize>task.targetGroup +
      filter * <usize>task.targetFilter;
    // Loop over the rows of the output; each is woven from one row of every class along the width.
    for (let row = 0; row < task.depth * task.height; row++) {
      const depth = row / task.height;
      const height = row - depth * task.height;
      const d = depth / task.depthPhases;
      const h = height / task.rowPhases;
      const first = (depth - d * task.depthPhases) * task.rowPhases + height - h * task.rowPhases;
      const parts = <usize>task.parts + <usize>first * step;
      const line = part + <usize>(d * task.partDepth + h * task.partRow);
      const to = target + <usize>(depth * task.targetDepth + height * task.targetRow);
      if (phases == 2) {
        weaveTwo(load<usize>(parts) + line, load<usize>(parts, 4) + line, to, task.width);
        continue;
      }
      for (let p = 0; p < phases; p++) {
        let from = load<usize>(parts + ((<usize>p) << 2)) + line;
        const last = from + ((<usize>((task.width - p + phases - 1) / phases)) << 2);
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
