// depthwiseLanes: depthwise convolutions with short rows, vectorized over four maps. The planes of four maps are staged interleaved, one
// lane per map, and the outputs are deinterleaved.

import { StagedRowsTask, StageTask, Workspace } from '../../src/shared/task';
import { lanes4x7 } from '../kernels/lanes4x7';
import { gather } from '../lanes';
import { RUN_BYTES, sourceOf } from '../window/stage';
import { filterOf, groupOf, mapTargetOf } from './groups';
import { RANGE_BYTES, termsIn } from './row-terms';

/** Computes items `begin` to `end` (exclusive). An item is one filter of one image. */
export function depthwiseLanes(task: StagedRowsTask, workspace: Workspace, begin: i32, end: i32): void {
  const stage = changetype<StageTask>(<usize>task.stage);
  const plane = <usize>workspace.plane;
  const maps = <usize>workspace.fourMaps;
  const weights = <usize>workspace.laneWeights;
  const terms = task.terms;
  const row = (<usize>task.width) << 4;
  // zeros around the planes, and after them, since short rows are read past their end
  memory.fill(plane, 0, ((<usize>(stage.stagedDepths * stage.stagedRows * stage.stagedRow)) << 2) + 96);
  for (let item = begin; item < end; item += 4) {
    // if there are fewer than four maps, the last one is repeated
    const second = min(item + 1, end - 1);
    const third = min(item + 2, end - 1);
    const fourth = min(item + 3, end - 1);
    transpose(
      stage.sourceMap,
      2,
      sourceOf(stage, groupOf(task, item)),
      sourceOf(stage, groupOf(task, second)),
      sourceOf(stage, groupOf(task, third)),
      sourceOf(stage, groupOf(task, fourth)),
      maps,
      maps + 16,
      maps + 32,
      maps + 48,
    );
    stageVectors(stage, maps, plane);
    const f0 = filterOf(task, item);
    const f1 = filterOf(task, second);
    const f2 = filterOf(task, third);
    const f3 = filterOf(task, fourth);
    const bias = <usize>task.bias;
    v128.store(weights, gather(bias + (f0 << 2), bias + (f1 << 2), bias + (f2 << 2), bias + (f3 << 2)));
    const w = <usize>task.weights;
    const bytes = terms << 2;
    transpose(
      terms,
      2,
      w + <usize>(f0 * bytes),
      w + <usize>(f1 * bytes),
      w + <usize>(f2 * bytes),
      w + <usize>(f3 * bytes),
      weights + 16,
      weights + 32,
      weights + 48,
      weights + 64,
    );

    // Loop over the rows of outputs. What extends past a short row is overwritten by the next one.
    let c = maps;
    let range = <usize>task.rowTerms;
    for (let d = 0; d < task.depth; d++) {
      let from = plane + ((<usize>(d * task.windowDepth)) << 2);
      for (let h = 0; h < task.height; h++, c += row, from += (<usize>task.windowRow) << 2) {
        let count = terms;
        let skipped: usize = 0;
        if (range != 0) {
          skipped = <usize>load<u32>(range);
          count = termsIn(range);
          range += RANGE_BYTES;
        }
        const w = weights + 16 + (skipped << 2);
        lanes4x7(count, w, <usize>task.tapTable + skipped, weights, from, c, task.width);
      }
    }
    const t0 = mapTargetOf(task, item);
    const t1 = mapTargetOf(task, second);
    const t2 = mapTargetOf(task, third);
    const t3 = mapTargetOf(task, fourth);
    const count = task.depth * task.height * task.width;
    if (count >= 4) transpose(count, 4, maps, maps + 16, maps + 32, maps + 48, t0, t1, t2, t3);
    else {
      for (let i: usize = 0; i < (<usize>count) << 2; i += 4) {
        const from = maps + (i << 2);
        store<f32>(t0 + i, load<f32>(from));
        store<f32>(t1 + i, load<f32>(from, 4));
        store<f32>(t2 + i, load<f32>(from, 8));
        store<f32>(t3 + i, load<f32>(from, 12));
      }
    }
  }
}

/** Stages four interleaved maps, like stageMap does one map. Writes zeros unless `zerosStay` is set. */
function stageVectors(stage: StageTask, from: usize, to: usize): void {
  const runEnd = <usize>stage.runs + <usize>stage.runCount * RUN_BYTES;
  for (let d = 0; d < stage.stagedDepths; d++) {
    const depth = load<i32>(<usize>stage.depthTable + ((<usize>d) << 2));
    for (let h = 0; h < stage.stagedRows; h++, to += (<usize>stage.stagedRow) << 2) {
      const row = load<i32>(<usize>stage.rowTable + ((<usize>h) << 2));
      const line = from + ((<usize>(depth * stage.sourceDepth + row * stage.sourceRow)) << 2);
      for (let run = <usize>stage.runs; run < runEnd; run += RUN_BYTES) {
        const begin = load<i32>(run, 4);
        const first = to + ((<usize>load<u32>(run)) << 2);
        const bytes = (<usize>load<u32>(run, 8)) << 4;
        if ((depth | row | begin) < 0) {
          if (!stage.zerosStay) memory.fill(first, 0, bytes);
          continue;
        }
        const end = first + bytes;
        const step = (<usize>load<i32>(run, 12)) << 4;
        const repeat = (<usize>load<i32>(run, 16)) << 4;
        // Loop over the copies of a repeated position.
        for (let again: usize = 0; again < repeat; again += 16) {
          let q = line + ((<usize>begin) << 2);
          for (let p = first + again; p < end; p += repeat, q += step) v128.store(p, v128.load(q));
        }
      }
    }
  }
}

/**
 * Interleaves `count` elements of four maps (`shift` 2), or deinterleaves them (`shift` 4), by 4x4 transposes. Four vectors are loaded from
 * a to d and stored to e to h; the last step is shifted back to end with the maps. With fewer than four elements it loads and stores past
 * the end.
 *
 * Not taken: copying elements one by one: 0.75 of the speed for n1 g1152 c1152 f1152 i7x7 k5x5 p2x2, for 0.13 KB less.
 * Not taken: transposing rows directly into the staged planes, run by run: 0.75 for the same, 0.6 with stride two.
 *
 * @param shift log2 of the source stride in bytes; 6 - shift is log2 of the target stride
 */
function transpose(
  count: i32,
  shift: usize,
  a: usize,
  b: usize,
  c: usize,
  d: usize,
  e: usize,
  f: usize,
  g: usize,
  h: usize,
): void {
  for (let i: usize = 0, last = <usize>max(0, count - 4); ; i = min(i + 4, last)) {
    const from = i << shift;
    const to = i << (6 - shift);
    const p = v128.load(a + from);
    const q = v128.load(b + from);
    const r = v128.load(c + from);
    const s = v128.load(d + from);
    const lowPQ = v128.shuffle<f32>(p, q, 0, 4, 1, 5);
    const highPQ = v128.shuffle<f32>(p, q, 2, 6, 3, 7);
    const lowRS = v128.shuffle<f32>(r, s, 0, 4, 1, 5);
    const highRS = v128.shuffle<f32>(r, s, 2, 6, 3, 7);
    v128.store(e + to, v128.shuffle<f64>(lowPQ, lowRS, 0, 2));
    v128.store(f + to, v128.shuffle<f64>(lowPQ, lowRS, 1, 3));
    v128.store(g + to, v128.shuffle<f64>(highPQ, highRS, 0, 2));
    v128.store(h + to, v128.shuffle<f64>(highPQ, highRS, 1, 3));
    if (i == last) break;
  }
}
