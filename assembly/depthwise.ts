// Depthwise: convolutions of one channel, plane by plane. 3x3 kernels of step one or two read planes
// as they are, and so are maps of one long row; for others a plane is staged when it is needed, and read while it is in
// the first cache.

import { PlanRecord } from '../src/shared/record';
import { alongRow } from './kernels/along-row';
import { columns1x4k3x3, columns1x4k3x3s2 } from './kernels/columns1x4k3x3';
import { vectors1x16 } from './kernels/vectors1x16';
import { stageMap } from './stage';

/** Bytes of a band of input rows: what the smallest first cache holds beside outputs. */
const BAND: i32 = 24 << 10;

/** Computes the maps `begin` to `end` (an item is one filter of one image). */
export function depthwise(plan: PlanRecord, begin: i32, end: i32): void {
  const width = plan.width;
  const planeStep = plan.planeStep;
  const zeros = <usize>plan.panel + 16;
  const list = <usize>plan.panel + 64 + <usize>plan.sourceRow;
  if (planeStep != 0) listRows(plan, list);
  let staged = -1;
  for (let item = begin; item < end; item++) {
    const map = item / plan.filters;
    // all planes are staged in one place, within the same zeros
    if (map != staged && plan.stagedRows > 0) stageMap(plan, map, staged < 0 || plan.zeros == 0);
    staged = map;
    const filter = (plan.firstItem + item) % (plan.groups * plan.filters);
    const b = <usize>plan.staged + <usize>map * <usize>plan.stagedChannel;
    const c = <usize>plan.target + <usize>item * <usize>plan.targetFilter;
    const weights = <usize>plan.weights + ((<usize>filter * <usize>plan.terms) << 2);
    const bias = <usize>plan.bias + ((<usize>filter) << 2);
    if (planeStep != 0) {
      // rows of zeros lie at another distance from every plane
      if (plan.planeTop != 0) store<usize>(list, zeros - b);
      store<usize>(list + ((<usize>(plan.planeTop + plan.planeRows)) << 2), zeros - b);
      const left = plan.planeLeft;
      const right = plan.planeRight;
      const inputs = planeStep * plan.sourceRow;
      // Loop over bands of rows whose inputs stay in the first cache while the columns pass over them; they are brought there line by
      // line, which processors foresee, unlike columns of lines: 1.5 times as fast from memory for i112x112 s2x2.
      const band = max(4, BAND / inputs);
      for (let h = 0; h < plan.height; h += band) {
        const rows = list + ((<usize>(h * planeStep)) << 2);
        const height = min(band, plan.height - h);
        if (band < plan.height)
          touch(plan, b + <usize>(h * inputs), min(height, plan.planeRows / planeStep - h) * inputs);
        const to = c + <usize>(h * width) * 4;
        if (planeStep == 1) columns1x4k3x3(weights, bias, b, rows, left, right, to, height, width);
        else columns1x4k3x3s2(weights, bias, b, rows, left, right, to, height, width);
      }
    } else if (plan.inner != 0) {
      longRow(plan, weights, bias, map, c);
    } else if (width >= 16) {
      longRows(plan, weights, bias, b, c);
    } else {
      shortRows(plan, weights, bias, b, c);
    }
  }
}

/** Writes the row of zeros that stands for those outside a plane, and lists where the rows of a plane lie in it. */
function listRows(plan: PlanRecord, list: usize): void {
  const step = plan.sourceRow;
  memory.fill(<usize>plan.panel, 0, <usize>step + 64);
  for (let offset = -plan.planeTop * step; offset < plan.planeRows * step; offset += step, list += 4)
    store<i32>(list, offset);
}

/** A map of one long row, as it is; outputs that read zeros beside it are summed one by one. */
function longRow(plan: PlanRecord, weights: usize, bias: usize, map: i32, c: usize): void {
  const taps = plan.taps;
  const table = <usize>plan.tapTable;
  const offset = <usize>map * <usize>plan.sourceChannel;
  const from = <usize>plan.inner + offset;
  const left = plan.leftOutputs;
  const middle = plan.width - plan.rightOutputs;
  const row = <usize>plan.source + offset;
  const first = from + ((<usize>left) << 2);
  alongRow(taps, weights, table, bias, first, c + ((<usize>left) << 2), middle - left);
  for (let w = 0; w < plan.width; w++) {
    if (w == left) w = middle;
    if (w == plan.width) break;
    let sum = load<f32>(bias);
    for (let tap = 0; tap < taps; tap++) {
      const p = from + <usize>load<u32>(table + ((<usize>tap) << 2)) + ((<usize>w) << 2);
      if (p - row < <usize>plan.sourceRow) sum += load<f32>(weights + ((<usize>tap) << 2)) * load<f32>(p);
    }
    store<f32>(c + ((<usize>w) << 2), sum);
  }
}

/** Any taps, rows of sixteen outputs or more. */
function longRows(plan: PlanRecord, weights: usize, bias: usize, b: usize, c: usize): void {
  for (let d = 0; d < plan.depth; d++) {
    let from = b + <usize>d * <usize>plan.stagedDepth;
    for (let h = 0; h < plan.height; h++, from += <usize>plan.stagedRow, c += (<usize>plan.width) << 2) {
      alongRow(plan.taps, weights, <usize>plan.tapTable, bias, from, c, plan.width);
    }
  }
}

/** Any taps, rows shorter than sixteen: the vectors of all rows in order, four at a time; the last of a row is moved back to end with it. */
function shortRows(plan: PlanRecord, weights: usize, bias: usize, b: usize, c: usize): void {
  const last = (<usize>(plan.width - 4)) << 2;
  const rows = plan.depth * plan.height;
  const places = <usize>plan.edge;
  let place = places;
  for (let row = 0; row < rows; row++, c += last + 16) {
    const d = row / plan.height;
    const from =
      b + <usize>d * <usize>plan.stagedDepth + <usize>(row - d * plan.height) * <usize>plan.stagedRow;
    let w: usize = 0;
    while (true) {
      // the last call repeats its last vector
      const final = w == last && row == rows - 1;
      do {
        store<usize>(place, from + w);
        store<usize>(place, c + w, 4);
        place += 8;
      } while (final && place < places + 32);
      if (place == places + 32) {
        place = places;
        vectors1x16(plan.taps, weights, <usize>plan.tapTable, bias, places);
      }
      if (w == last) break;
      w = min(w + 16, last);
    }
  }
}

/** Brings bytes into the first cache; the store only keeps compilers from leaving that out. */
function touch(plan: PlanRecord, from: usize, bytes: i32): void {
  let touched = 0;
  for (const end = from + <usize>bytes; from < end; from += 64) touched |= load<i32>(from);
  store<i32>(plan.edge, touched);
}
