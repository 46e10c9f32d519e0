// interleave: interleaves the output classes of a transposed convolution.
//
//   out[.. + phases * i + p] = part[p][i]
//
// Optionally computes the classes at the same time, so that they are never stored separately.

import { ROW_PIXELS, SHORT_ROWS_BYTES } from '../../src/shared/sizes';
import { InterleaveTask, SumTask, Workspace } from '../../src/shared/task';
import { sumRow } from './row';

/** Interleaves maps `begin` to `end` (exclusive). An item is one filter of one image. */
export function interleave(task: InterleaveTask, workspace: Workspace, begin: i32, end: i32): void {
  const phases = task.columnPhases;
  const rowPhases = task.rowPhases;
  const step = (<usize>phases) << 2;
  for (let map = begin; map < end; map++) {
    const group = map / task.filters;
    const image = group / task.groups;
    const filter = map - group * task.filters;
    const own = group - image * task.groups;
    const part = image * task.partImage + own * task.partGroup + filter * task.partFilter;
    const target =
      task.target + image * task.targetImage + own * task.targetGroup + filter * task.targetFilter;
    for (let depth = 0; depth < task.depth; depth++) {
      const d = depth / task.depthPhases;
      const first = <usize>task.parts + <usize>((depth - d * task.depthPhases) * rowPhases) * step;
      const to = <usize>(target + depth * task.targetDepth);
      let line = <usize>(part + d * task.partDepth);
      if (task.computes) {
        for (let phase = 0; phase < rowPhases; phase++)
          weaveSums(
            task,
            first + <usize>phase * step,
            own * task.filters + filter,
            line,
            to,
            phase,
            workspace,
          );
        continue;
      }
      // Loop over the rows of the output; each is interleaved from one row of every class along the width. Phase by phase would take 1.06
      // times as long for a map of 4 MB.
      let phase = 0;
      for (let row = 0; row < task.height; row++) {
        const parts = first + <usize>phase * step;
        const c = to + <usize>(row * task.targetRow);
        if (phases == 2) weaveTwo(load<usize>(parts) + line, load<usize>(parts, 4) + line, c, task.width);
        else weave(parts, phases, line, c, task.width);
        if (++phase < rowPhases) continue;
        phase = 0;
        line += <usize>task.partRow;
      }
    }
  }
}

/**
 * Computes and interleaves the rows of one phase of a filter; `parts` has the tasks of both classes. As rows of the window follow one
 * another, several rows of a class are computed as one long row, with sums between them that are not needed. So the loop over the same taps
 * runs many times in succession, and the processor predicts its end: row by row, class by class it takes 1.4 times as long for the input
 * gradient of n1 g144 c144 f144 i56x56 k5x5 s2x2 p2x2.
 */
function weaveSums(
  task: InterleaveTask,
  parts: usize,
  filter: i32,
  line: usize,
  to: usize,
  phase: i32,
  workspace: Workspace,
): void {
  const even = load<SumTask>(parts);
  const odd = load<SumTask>(parts, 4);
  const evenWeights = <usize>(even.weights + ((filter * even.terms) << 2));
  const oddWeights = <usize>(odd.weights + ((filter * odd.terms) << 2));
  const bias = <usize>(even.bias + (filter << 2));
  const evenSums = <usize>workspace.spareRows;
  const oddSums = evenSums + SHORT_ROWS_BYTES;
  const pitch = task.partRow;
  const width = (task.width + 1) >> 1;
  // not if more than a tile of sums lies between two rows
  const atOnce = pitch > (width + ROW_PIXELS) << 2 ? 1 : max(1, SHORT_ROWS_BYTES / max(4, pitch));
  const rows = (task.height - phase + task.rowPhases - 1) / task.rowPhases;
  let b = <usize>even.window + line;
  for (let row = 0; row < rows; row += atOnce, b += <usize>(atOnce * pitch)) {
    const count = min(atOnce, rows - row);
    const sums = max(ROW_PIXELS, (((count - 1) * pitch) >> 2) + width);
    sumRow(even.terms, evenWeights, <usize>even.tapTable, bias, b, evenSums, sums);
    sumRow(odd.terms, oddWeights, <usize>odd.tapTable, bias, b, oddSums, sums);
    for (let i = 0; i < count; i++) {
      const c = to + <usize>(((row + i) * task.rowPhases + phase) * task.targetRow);
      weaveTwo(evenSums + <usize>(i * pitch), oddSums + <usize>(i * pitch), c, task.width);
    }
  }
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
  if (to + 16 <= last) {
    v128.store(to, v128.shuffle<f32>(v128.load64_zero(even), v128.load64_zero(odd), 0, 4, 1, 5));
    to += 16;
    even += 8;
    odd += 8;
  }
  for (; to < last; to += 8, even += 4, odd += 4) {
    store<f32>(to, load<f32>(even));
    if (to + 4 < last) store<f32>(to, load<f32>(odd), 4);
  }
}
