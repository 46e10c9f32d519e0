// weightPlanes: channel by channel, staging each plane of the input right before it is read. For groups of one filter or channel, whose
// planes are read only once. Small planes are processed four at a time (quads.ts), vectorized over groups, so that row width does not matter.

import { WeightPlanesTask } from '../../src/shared/gradient-task';
import { GRADIENT_TAPS } from '../../src/shared/sizes';
import { StageTask, Workspace } from '../../src/shared/task';
import { sourceOf, stageMap } from '../window/stage';
import { dots1x3, dots1x4, dots1x5 } from './dots1';
import { dots2x3 } from './dots2x3';
import { addLanes } from './lane-sums';
import { addFour, copyFour, stageFour } from './quads';
import { runAt } from './runs';

/** An item is a channel of a group, or of four groups. */
export function weightPlanes(task: WeightPlanesTask, workspace: Workspace, begin: i32, end: i32): void {
  const stage = changetype<StageTask>(<usize>task.stage);
  const isStaged = task.stage != 0;
  let isPadded = false;
  for (let item = begin; item < end; item++) {
    const first = item / task.channels;
    const channel = item - first * task.channels;
    const group = task.side * first;
    const groups = min(task.side, task.groups - group);
    for (let image = 0; image < task.images; image++) {
      let plane = <usize>workspace.plane;
      if (isStaged) {
        const from = sourceOf(stage, (image * task.groups + group) * task.channels + channel);
        if (task.side == 1) stageMap(stage, from, plane, !isPadded);
        else stageFour(stage, from, groups, plane, !isPadded);
        isPadded = stage.zerosStay != 0;
      } else {
        plane = <usize>(
          (task.window + image * task.windowImage + group * task.windowGroup + channel * task.windowChannel)
        );
      }
      sumPlane(task, workspace, plane, group, groups, channel, image);
    }
  }
}

/** Adds the products of outputs that read padding, one by one. Padding is multiplied as well, because a gradient may be infinite. */
function sumEdge(task: WeightPlanesTask, g: usize, plane: usize, begin: i32, end: i32, sums: usize): void {
  const row = plane + <usize>task.rowStart;
  const tapEnd = <usize>task.tapTable + ((<usize>task.taps) << 2);
  for (let output = begin; output < end; output++) {
    const at = (<usize>output) << 2;
    const factor = <f64>load<f32>(g + at);
    let to = sums;
    for (let taps = <usize>task.tapTable; taps < tapEnd; taps += 4, to += 8) {
      const x = plane + at + <usize>load<u32>(taps);
      const value: f32 = x - row < <usize>task.rowBytes ? load<f32>(x) : 0;
      store<f64>(to, load<f64>(to) + factor * <f64>value);
    }
  }
}

/** Sums a plane for all filters of its group, run by run. */
function sumPlane(
  task: WeightPlanesTask,
  workspace: Workspace,
  plane: usize,
  group: i32,
  groups: i32,
  channel: i32,
  image: i32,
): void {
  let g = <usize>(task.gradient + image * task.gradientImage + group * task.gradientGroup);
  const isPacked = task.side > 1;
  let gradientFilter = <usize>task.gradientFilter;
  const tile = <usize>workspace.spareTile;
  const sumsGroup = <usize>(task.filters * task.sumsFilter);
  const sumsChannel = (<usize>(task.taps + 1)) << 3;
  const sums = <usize>task.sums + <usize>group * sumsGroup + <usize>channel * sumsChannel;
  const tapEnd = <usize>task.tapTable + ((<usize>task.taps) << 2);
  if (task.leftOutputs | task.rightOutputs) {
    const inner = task.innerOutputs;
    for (let filter = 0; filter < task.filters; filter++) {
      const row = g + <usize>load<u32>(<usize>task.rowTable) + <usize>(filter * task.gradientFilter);
      const to = sums + <usize>filter * <usize>task.sumsFilter;
      sumEdge(task, row, plane, -task.leftOutputs, 0, to);
      sumEdge(task, row, plane, inner, inner + task.rightOutputs, to);
    }
  }
  if (isPacked) {
    const numbers = task.gradientNumbers;
    let to = <usize>workspace.panel;
    for (let filter = 0; filter < task.filters; filter++, g += gradientFilter, to += (<usize>numbers) << 4)
      copyFour(g, groups, <usize>task.gradientGroup, numbers, 4, 1, to);
    g = <usize>workspace.panel;
    gradientFilter = (<usize>numbers) << 4;
  }
  for (let run = 0; run < task.runCount; run++) {
    const rows = runAt(task, run);
    const rowEnd = runAt(task, run + 1);
    for (let filter = 0; filter < task.filters; filter++) {
      const row = g + <usize>filter * gradientFilter;
      let to = sums + <usize>filter * <usize>task.sumsFilter;
      let taps = <usize>task.tapTable;
      if (task.rowAbove)
        for (; taps + 24 <= tapEnd; taps += 24, to += 48) {
          // the first row of the upper taps, and the last of the lower ones, have no other one to share the input with
          if (run == 0) sumThree(rows, rows + 16, row, plane, taps, tile, to);
          const from = run == 0 ? rows + 16 : rows;
          dots2x3(from, rowEnd, row, <usize>task.rowAbove, plane, taps, tile);
          addLanes(tile, 3, to);
          if (run == task.runCount - 1) sumThree(rowEnd - 16, rowEnd, row, plane, taps + 12, tile, to + 24);
        }
      while (taps < tapEnd) {
        const atOnce = min(<usize>GRADIENT_TAPS, (tapEnd - taps) >> 2);
        if (atOnce == 3) dots1x3(rows, rowEnd, row, plane, taps, tile);
        else if (atOnce == 4) dots1x4(rows, rowEnd, row, plane, taps, tile);
        else dots1x5(rows, rowEnd, row, plane, taps, tile);
        if (isPacked) addFour(tile, atOnce, groups, to, sumsGroup);
        // the last one is 0; it is added to the next tap's sum or to an unused one
        else addLanes(tile, <i32>((atOnce + 1) >> 1), to);
        taps += atOnce << 2;
        to += atOnce << 3;
      }
    }
  }
}

/** Sums some rows for three taps. */
function sumThree(
  rows: usize,
  end: usize,
  g: usize,
  plane: usize,
  taps: usize,
  tile: usize,
  sums: usize,
): void {
  dots1x3(rows, end, g, plane, taps, tile);
  addLanes(tile, 2, sums);
}
