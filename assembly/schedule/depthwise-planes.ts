// Depthwise planes: convolutions of one channel by a 3x3 kernel of stride one or two, with at most one row and column of zeros on
// each side. Planes are read as they are: a table says where each row lies, and a row of zeros stands for those outside.

import { PlaneTask, Workspace } from '../../src/shared/task';
import { columns1x4k3x3, columns1x4k3x3s2 } from '../kernels/columns1x4k3x3';
import { finishRun } from '../window/finish';
import { touch } from '../window/prefetch';
import { groupOf } from './groups';

/** Bytes of a band of input rows: what the smallest first-level cache holds beside outputs. */
const BAND: i32 = 24 << 10;

/** Computes the items `begin` to `end` (an item is one part of the rows of one filter of one image). */
export function depthwisePlanes(task: PlaneTask, workspace: Workspace, begin: i32, end: i32): void {
  const stride = task.stride;
  const left = task.zeroLeft;
  const right = task.zeroRight;
  const inputs = stride * task.windowRow;
  const band = max(4, BAND / inputs);
  const zeros = <usize>workspace.zeroRow + 16;
  const table = <usize>workspace.rowTable;
  // of rows shorter than a vector the last ones are computed apart: vectors go beyond them
  const apart = task.width < 4 ? min(4, task.height) : 0;
  const together = task.height - apart;
  listRows(task, workspace);
  // The place of an item among images, groups and filters is counted up. To look it up for each, as depthwise-rows.ts does, took 1.07
  // times as long for n1 g384 c384 f384 i14x14 k3x3 p1x1.
  const parts = task.mapParts;
  const map = begin / parts;
  const first = groupOf(task, map);
  let image = first / task.groups;
  let group = first - image * task.groups;
  let f = map - first * task.filters;
  let part = begin - map * parts;
  while (begin < end) {
    // the parts of a map that follow one another are computed as one
    const count = min(parts - part, end - begin);
    const top = count == parts ? 0 : (part * together) / parts;
    const bottom = count == parts ? together : ((part + count) * together) / parts;
    begin += count;
    part = 0;
    const b = <usize>(task.window + image * task.windowImage + group * task.windowGroup);
    const c = <usize>(
      (task.target + image * task.targetImage + group * task.targetGroup + f * task.targetFilter)
    );
    const filter = <usize>(group * task.filters + f);
    const weights = <usize>task.weights + ((filter * <usize>task.terms) << 2);
    const bias = <usize>task.bias + (filter << 2);
    // the row of zeros lies at another distance from every plane
    if (task.zeroRows != 0) store<usize>(table, zeros - b);
    store<usize>(table + ((<usize>(task.zeroRows + task.rows)) << 2), zeros - b);

    // Loop over bands of rows whose inputs stay in the first-level cache while the columns pass over them. They are brought there
    // line by line, which processors foresee, unlike columns of lines: 1.5 times as fast from memory for i112x112 s2x2.
    for (let h = top; h < bottom; h += band) {
      const rows = table + ((<usize>(h * stride)) << 2);
      const height = min(band, bottom - h);
      if (task.isFar && band < bottom - top) {
        touch(workspace, b + <usize>(h * inputs), min(height, task.rows / stride - h) * inputs);
      }
      const to = c + <usize>(h * task.width) * 4;
      columns(stride, weights, bias, b, rows, left, right, to, height, task.width);
      // vectors of narrow columns go beyond their rows; such a map is one item
      if (apart == 0) finishRun(task.finish, to, height * task.width);
    }
    if (apart > 0) {
      const rows = table + ((<usize>(together * stride)) << 2);
      const spare = <usize>workspace.spareRows;
      columns(stride, weights, bias, b, rows, left, right, spare, apart, task.width);
      const to = c + <usize>(together * task.width) * 4;
      for (let p: usize = 0; p < <usize>(apart * task.width) * 4; p += 4)
        store<f32>(to + p, load<f32>(spare + p));
      finishRun(task.finish, c, task.height * task.width);
    }

    if (++f == task.filters) {
      f = 0;
      if (++group == task.groups) {
        group = 0;
        image++;
      }
    }
  }
}

/** Calls the micro-kernel for a step of one or two. */
// @ts-ignore: decorator
@inline
function columns(
  stride: i32,
  weights: usize,
  bias: usize,
  x: usize,
  rows: usize,
  left: i32,
  right: i32,
  c: usize,
  height: i32,
  width: i32,
): void {
  if (stride == 1) columns1x4k3x3(weights, bias, x, rows, left, right, c, height, width);
  else columns1x4k3x3s2(weights, bias, x, rows, left, right, c, height, width);
}

/** Writes the row of zeros, and where the rows of a plane lie in it. */
function listRows(task: PlaneTask, workspace: Workspace): void {
  const row = task.windowRow;
  memory.fill(<usize>workspace.zeroRow, 0, <usize>row + 64);
  let entry = <usize>workspace.rowTable;
  for (let offset = -task.zeroRows * row; offset < task.rows * row; offset += row, entry += 4) {
    store<i32>(entry, offset);
  }
}
