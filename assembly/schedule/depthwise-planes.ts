// depthwisePlanes: depthwise 3x3 convolutions with stride one or two and at most one row and column of zero padding on each side. Planes
// are read in place through a table of rows, in which padding is a common row of zeros.

import { PlaneTask, Workspace } from '../../src/shared/task';
import { columns1x4k3x3, columns1x4k3x3s2 } from '../kernels/columns1x4k3x3';
import { finishRun } from '../window/finish';
import { touch } from '../window/prefetch';
import { groupOf } from './groups';

/** Bytes of a band of input rows: together with the outputs, they fit into the smallest L1 cache. */
const BAND: i32 = 24 << 10;

/** Computes items `begin` to `end` (exclusive). An item is one part of the rows of one filter of one image. */
export function depthwisePlanes(task: PlaneTask, workspace: Workspace, begin: i32, end: i32): void {
  const stride = task.stride;
  const left = task.zeroLeft;
  const right = task.zeroRight;
  const inputs = stride * task.windowRow;
  const band = max(4, BAND / inputs);
  const zeros = <usize>workspace.zeroRow + 16;
  const table = <usize>workspace.rowTable;
  // if rows are shorter than a vector, the last ones are computed in a spare buffer, because vectors extend past the end of the map
  const apart = task.width < 4 ? min(4, task.height) : 0;
  const together = task.height - apart;
  listRows(task, workspace);
  // Image, group and filter of an item are incremented. Computing them for each item, as depthwise-rows.ts does, took 1.07 times as long
  // for n1 g384 c384 f384 i14x14 k3x3 p1x1.
  const parts = task.mapParts;
  const map = begin / parts;
  const first = groupOf(task, map);
  let image = first / task.groups;
  let group = first - image * task.groups;
  let f = map - first * task.filters;
  let part = begin - map * parts;
  while (begin < end) {
    // consecutive parts of a map are computed together
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
    // the offset of the row of zeros differs for each plane
    if (task.zeroRows != 0) store<usize>(table, zeros - b);
    store<usize>(table + ((<usize>(task.zeroRows + task.rows)) << 2), zeros - b);

    // Loop over bands of rows whose inputs stay in the L1 cache for all columns. They are prefetched sequentially, which hardware
    // prefetchers recognise, unlike access by columns: 1.5 times as fast from memory for i112x112 s2x2.
    for (let h = top; h < bottom; h += band) {
      const rows = table + ((<usize>(h * stride)) << 2);
      const height = min(band, bottom - h);
      if (task.isFar && band < bottom - top) {
        touch(workspace, b + <usize>(h * inputs), min(height, task.rows / stride - h) * inputs);
      }
      const to = c + <usize>(h * task.width) * 4;
      columns(stride, weights, bias, b, rows, left, right, to, height, task.width);
      // maps with rows shorter than a vector are one item, and are finished below
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

/** Dispatches to the micro-kernel for stride one or two. */
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

/** Writes the row of zeros and the table of rows. */
function listRows(task: PlaneTask, workspace: Workspace): void {
  const row = task.windowRow;
  memory.fill(<usize>workspace.zeroRow, 0, <usize>row + 64);
  let entry = <usize>workspace.rowTable;
  for (let r = -task.zeroRows; r < task.rows; r++, entry += 4) store<i32>(entry, r * row);
}
