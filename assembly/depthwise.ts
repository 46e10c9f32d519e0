// Depthwise: convolutions of one channel, plane by plane. 3x3 kernels of step one or two read planes
// as they are; for others a plane is staged when it is needed, and read while it is in the first cache.

import { PlanRecord } from '../src/record';
import { depthwise3x3, depthwise3x3s2 } from './kernels/depthwise3x3';
import { taps1x16 } from './kernels/taps1x16';
import { taps4x4 } from './kernels/taps4x4';
import { stageMap } from './stage';

/** Bytes of a band of input rows: half of the smallest first cache. */
const BAND: i32 = 16 << 10;

/** Computes the maps `begin` to `end` (an item is one filter of one image). */
export function depthwise(plan: PlanRecord, begin: i32, end: i32): void {
  const width = plan.width;
  if (plan.planeStep != 0) memory.fill(<usize>plan.panel, 0, <usize>plan.sourceRow + 64);
  let staged = -1;
  for (let item = begin; item < end; item++) {
    const map = item / plan.filters;
    // all planes are staged in one place, within the same zeros
    if (map != staged && plan.stagedRows > 0) stageMap(plan, map, staged < 0);
    staged = map;
    const filter = item % (plan.groups * plan.filters);
    const b = <usize>plan.staged + <usize>map * <usize>plan.stagedChannel;
    const c = <usize>plan.target + <usize>item * <usize>plan.targetFilter;
    const weights = <usize>plan.weights + ((<usize>filter * <usize>plan.terms) << 2);
    const bias = <usize>plan.bias + (<usize>filter << 2);
    if (plan.planeStep != 0) {
      const zeros = <usize>plan.panel + 16;
      const step = <usize>plan.sourceRow;
      const rows = plan.planeRows;
      const top = plan.planeTop;
      const left = plan.planeLeft;
      const right = plan.planeRight;
      // Loop over bands of rows whose inputs stay in the first cache while the columns pass over them.
      const band = max(4, BAND / (plan.sourceRow * plan.planeStep));
      for (let h = 0; h < plan.height; h += band) {
        const above = top - h * plan.planeStep;
        const height = min(band, plan.height - h);
        const to = c + <usize>(h * width) * 4;
        if (plan.planeStep == 1) depthwise3x3(weights, bias, b, rows, step, above, left, right, zeros, to, height, width);
        else depthwise3x3s2(weights, bias, b, rows, step, above, left, right, zeros, to, height, width);
      }
    } else if (width >= 16) {
      longRows(plan, weights, bias, b, c);
    } else {
      shortRows(plan, weights, bias, b, c, plan.depth * plan.height);
    }
  }
}

/** Any taps, rows of sixteen outputs or more. */
function longRows(plan: PlanRecord, weights: usize, bias: usize, b: usize, c: usize): void {
  for (let d = 0; d < plan.depth; d++) {
    let from = b + <usize>d * <usize>plan.stagedDepth;
    for (let h = 0; h < plan.height; h++, from += <usize>plan.stagedRow, c += <usize>plan.width << 2) {
      taps1x16(plan.taps, weights, <usize>plan.tapTable, bias, from, c, plan.width);
    }
  }
}

/** Any taps, rows shorter than sixteen: the vectors of all rows in order, four at a time; the last of a row is moved back to end with it. */
function shortRows(plan: PlanRecord, weights: usize, bias: usize, b: usize, c: usize, rows: i32): void {
  const width = plan.width;
  const last = <usize>(width - 4) << 2;
  const rowBytes = <usize>width << 2;
  let d = 0;
  let h = 0;
  let w: usize = 0;
  let row = 0;
  let from = b;
  let b0: usize = 0;
  let b1: usize = 0;
  let b2: usize = 0;
  let c0: usize = 0;
  let c1: usize = 0;
  let c2: usize = 0;
  let count = 0;
  while (row < rows) {
    const p = from + w;
    const q = c + <usize>row * rowBytes + w;
    const end = w == last;
    const final = end && row == rows - 1;
    if (count == 3 || final) {
      // the last call repeats its last vector
      if (count < 1) {
        b0 = p;
        c0 = q;
      }
      if (count < 2) {
        b1 = p;
        c1 = q;
      }
      if (count < 3) {
        b2 = p;
        c2 = q;
      }
      taps4x4(plan.taps, weights, <usize>plan.tapTable, bias, b0, b1, b2, p, c0, c1, c2, q);
      count = 0;
    } else {
      if (count == 0) {
        b0 = p;
        c0 = q;
      } else if (count == 1) {
        b1 = p;
        c1 = q;
      } else {
        b2 = p;
        c2 = q;
      }
      count++;
    }
    if (!end) {
      w = min(w + 16, last);
      continue;
    }
    w = 0;
    row++;
    if (++h == plan.height) {
      h = 0;
      d++;
    }
    from = b + <usize>d * <usize>plan.stagedDepth + <usize>h * <usize>plan.stagedRow;
  }
}
