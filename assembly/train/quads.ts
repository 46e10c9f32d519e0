// Four interleaved maps, f32[position][4].
//
// With stride 2, elements are copied one by one. Transposes of shuffled loads would make g128 c128 f128 i14x14 k3x3 s2x2 p1x1 1.37 times as
// fast as weightPlanes, instead of 1.22 times, but take about 100 bytes more after gzip.

import { StageTask } from '../../src/shared/task';
import { RUN_BYTES } from '../window/stage';
import { packFour } from './pack-channels';

/**
 * Copies `count` elements of each of four maps, `step` bytes apart, each `repeat` times. `stride` is the stride of maps in bytes. If there are
 * fewer than four `maps`, the other lanes are undefined.
 */
export function copyFour(
  from: usize,
  maps: i32,
  stride: usize,
  count: i32,
  step: usize,
  repeat: i32,
  to: usize,
): void {
  const end = to + ((<usize>count) << 4);
  if (step == 4 && repeat == 1) {
    const squares = <usize>count & ~3;
    packFour(from, stride, maps, <i32>squares, to, 16);
    from += squares << 2;
    to += squares << 4;
  }
  const one = maps > 1 ? stride : 0;
  const two = maps > 2 ? stride << 1 : one;
  const three = maps > 3 ? stride + two : two;
  for (let shown = repeat; to < end; to += 16) {
    let x = v128.load32_zero(from);
    x = v128.load32_lane(from + one, x, 1);
    x = v128.load32_lane(from + two, x, 2);
    v128.store(to, v128.load32_lane(from + three, x, 3));
    if (--shown == 0) {
      from += step;
      shown = repeat;
    }
  }
}

/** Stages four maps, like stageMap in ../window/stage.ts does one. Writes zeros around them only if `padding` is set. */
export function stageFour(task: StageTask, from: usize, maps: i32, to: usize, padding: bool): void {
  if (padding) memory.fill(to, 0, (<usize>task.stagedChannel) << 2);
  const runEnd = <usize>task.runs + RUN_BYTES * <usize>task.runCount;
  const rowEnd = <usize>task.rowTable + ((<usize>task.stagedRows) << 2);
  const depthEnd = <usize>task.depthTable + ((<usize>task.stagedDepths) << 2);
  for (let d = <usize>task.depthTable; d < depthEnd; d += 4)
    for (let r = <usize>task.rowTable; r < rowEnd; r += 4, to += (<usize>task.stagedRow) << 2) {
      const depth = load<i32>(d);
      const row = load<i32>(r);
      if ((depth | row) < 0) continue;
      const line = from + <usize>(depth * task.sourceDepth + row * task.sourceRow);
      for (let run = <usize>task.runs; run < runEnd; run += RUN_BYTES) {
        const begin = load<i32>(run, 4);
        if (begin < 0) continue;
        const step = load<usize>(run, 12) << 2;
        const place = to + (load<usize>(run) << 2);
        const count = load<i32>(run, 8);
        copyFour(line + <usize>begin, maps, <usize>task.sourceGroup, count, step, load<i32>(run, 16), place);
      }
    }
}

/** Adds the sums of some taps, f32[taps][4], to those of each group, f64[taps]. */
export function addFour(tile: usize, taps: usize, groups: i32, sums: usize, sumsGroup: usize): void {
  for (const last = tile + ((<usize>groups) << 2); tile < last; tile += 4, sums += sumsGroup)
    for (let tap: usize = 0; tap < taps; tap++) {
      const to = sums + (tap << 3);
      store<f64>(to, load<f64>(to) + <f64>load<f32>(tile + (tap << 4)));
    }
}
