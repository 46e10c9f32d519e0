// Stage: copies the window of the input that a block of work reads, padded, with rows split by the step of the outputs.

import { PlanRecord } from '../src/record';

/** Stages the maps `begin` to `end` (an item is one channel of one image). */
export function stage(plan: PlanRecord, begin: i32, end: i32): void {
  for (let map = begin; map < end; map++) stageMap(plan, map, true);
}

/** Stages one map; the zeros around it only where they are not there yet. */
export function stageMap(plan: PlanRecord, map: i32, padding: bool): void {
  const runEnd = <usize>plan.runs + (<usize>plan.runCount << 4);
  const from = <usize>plan.source + <usize>map * <usize>plan.sourceChannel;
  let to = <usize>plan.staged + <usize>map * <usize>plan.stagedChannel;

  // Loop over the staged rows; a row of padding is zeros, any other is put together from runs of its input row.
  for (let d = 0; d < plan.stagedDepths; d++) {
    const depth = load<i32>(<usize>plan.depthMap + (<usize>d << 2));
    for (let r = 0; r < plan.stagedRows; r++, to += <usize>plan.stagedRow) {
      const row = load<i32>(<usize>plan.rowMap + (<usize>r << 2));
      if ((depth | row) < 0) {
        if (padding) zeros(to, plan.stagedRow >> 2);
        continue;
      }
      const line = from + <usize>depth * <usize>plan.sourceDepth + <usize>row * <usize>plan.sourceRow;
      for (let run = <usize>plan.runs; run < runEnd; run += 16) {
        const begin = load<i32>(run, 4);
        const count = load<i32>(run, 8);
        if (begin >= 0) copy(to + load<u32>(run), line + begin, count, load<i32>(run, 12));
        else if (padding) zeros(to + load<u32>(run), count);
      }
    }
  }
}

/** Writes `count` zeros. */
function zeros(to: usize, count: i32): void {
  const end = to + (<usize>count << 2);
  while (to < end) {
    store<f32>(to, 0);
    to += 4;
  }
}

/** Copies `count` elements that lie `step` elements apart to neighbouring places. May read, not write, a vector further. */
function copy(to: usize, from: usize, count: i32, step: i32): void {
  const end = to + (<usize>count << 2);
  if (count >= 4 && step <= 2 && step > 0) {
    // the last vector is moved back to end with the run
    const last = end - 16;
    const back = from + (<usize>((count - 4) * step) << 2);
    if (step == 1) {
      for (; to < last; to += 16, from += 16) v128.store(to, v128.load(from));
      v128.store(last, v128.load(back));
    } else {
      // 0 . 1 . | 2 . 3 . -> 0 1 2 3
      for (; to < last; to += 16, from += 32) {
        v128.store(to, v128.shuffle<f32>(v128.load(from), v128.load(from, 16), 0, 2, 4, 6));
      }
      v128.store(last, v128.shuffle<f32>(v128.load(back), v128.load(back, 16), 0, 2, 4, 6));
    }
    return;
  }
  while (to < end) {
    store<f32>(to, load<f32>(from));
    to += 4;
    from += step << 2;
  }
}
