// interleave: interleaves the output classes of a transposed convolution.
//
//   out[.. + phases * i + p] = part[p][i]
//
// Optionally computes the classes at the same time, so that they are never stored separately.

import { InterleaveTask, SumTask, Workspace } from '../../src/shared/task';
import { weave1x16 } from '../kernels/weave1x16';

/** Interleaves maps `begin` to `end` (exclusive). An item is one filter of one image. */
export function interleave(task: InterleaveTask, workspace: Workspace, begin: i32, end: i32): void {
  const phases = task.columnPhases;
  const rowPhases = task.rowPhases;
  const passes = task.computes ? rowPhases : 1;
  const step = (<usize>phases) << 2;
  for (let map = begin; map < end; map++) {
    const group = map / task.filters;
    const image = group / task.groups;
    const filter = map - group * task.filters;
    const own = group - image * task.groups;
    const part = image * task.partImage + own * task.partGroup + filter * task.partFilter;
    const target =
      task.target + image * task.targetImage + own * task.targetGroup + filter * task.targetFilter;
    // Loop over the rows of the output; each is interleaved from one row of every class along the width. If rows are computed, the loop
    // goes phase by phase, because alternating between different taps takes 1.2 to 1.5 times as long. Otherwise it goes row by row:
    // phase by phase would take 1.06 times as long for a map of 4 MB.
    for (let depth = 0; depth < task.depth; depth++) {
      const d = depth / task.depthPhases;
      const first = <usize>task.parts + <usize>((depth - d * task.depthPhases) * rowPhases) * step;
      for (let pass = 0; pass < passes; pass++) {
        let phase = pass;
        let line = <usize>(part + d * task.partDepth);
        for (let row = pass; row < task.height; row += passes) {
          const parts = first + <usize>phase * step;
          const to = <usize>(target + depth * task.targetDepth + row * task.targetRow);
          if (task.computes) weaveSums(parts, own * task.filters + filter, line, to, task.width, workspace);
          else if (phases == 2)
            weaveTwo(load<usize>(parts) + line, load<usize>(parts, 4) + line, to, task.width);
          else weave(parts, phases, line, to, task.width);
          phase += passes;
          if (phase < rowPhases) continue;
          phase -= rowPhases;
          line += <usize>task.partRow;
        }
      }
    }
  }
}

/** Computes and interleaves a row of a filter; `parts` has the tasks of both classes. */
function weaveSums(
  parts: usize,
  filter: i32,
  line: usize,
  to: usize,
  width: i32,
  workspace: Workspace,
): void {
  const even = load<SumTask>(parts);
  const odd = load<SumTask>(parts, 4);
  weave1x16(
    even.terms,
    <usize>(even.weights + ((filter * even.terms) << 2)),
    <usize>even.tapTable,
    odd.terms,
    <usize>(odd.weights + ((filter * odd.terms) << 2)),
    <usize>odd.tapTable,
    <usize>(even.bias + (filter << 2)),
    <usize>even.window + line,
    to,
    width,
    <usize>workspace.spareRows,
  );
}

/** Interleaves a row of any number of parts. */
function weave(parts: usize, phases: i32, line: usize, to: usize, width: i32): void {
  const step = (<usize>phases) << 2;
  for (let p = 0; p < phases; p++) {
    let from = load<usize>(parts + ((<usize>p) << 2)) + line;
    const last = from + ((<usize>((width - p + phases - 1) / phases)) << 2);
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

/** Interleaves a row of two parts, four elements of each at a time. */
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
