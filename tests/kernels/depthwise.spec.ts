// Depthwise: the convolutions of one channel against their sum, for every way through the rows.

import { depthwise } from '../../assembly/depthwise';
import { PlanRecord } from '../../src/shared/record';
import { below, block, get, integers, releaseAll, table } from './memory';

const IMAGES = 2;
const GROUPS = 3;

/** Convolves maps of some form; `taps` are positions in the window, rows of `extra` more than `width`. */
function run(
  depth: i32,
  height: i32,
  width: i32,
  extra: i32,
  taps: i32[],
  filters: i32,
  staging: bool,
): string {
  const plan = new PlanRecord();
  plan.groups = GROUPS;
  plan.channels = 1;
  plan.filters = filters;
  plan.packedRows = filters;
  plan.taps = taps.length;
  plan.terms = taps.length;
  plan.depth = depth;
  plan.height = height;
  plan.width = width;

  plan.stagedRow = (width + extra) << 2;
  plan.stagedDepth = plan.stagedRow * (height + 2);
  const window = plan.stagedDepth * depth + 64;
  const maps = IMAGES * GROUPS;
  const source = integers((maps * window) >> 2);
  plan.staged = <i32>source;
  plan.stagedChannel = window;
  if (staging) {
    // one row after the other into the place of all maps; the first is shown as zeros
    const rows = window / plan.stagedRow;
    const rowMap: i32[] = [-1];
    for (let row = 1; row < rows; row++) rowMap.push(row);
    plan.source = <i32>source;
    plan.sourceRow = plan.stagedRow;
    plan.sourceChannel = window;
    plan.staged = <i32>block((window >> 2) + 4);
    plan.stagedChannel = 0;
    plan.stagedDepths = 1;
    plan.stagedRows = rows;
    plan.depthMap = <i32>table([0]);
    plan.rowMap = <i32>table(rowMap);
    plan.runs = <i32>table([0, 0, width + extra, 1]);
    plan.runCount = 1;
    plan.zeros = 1;
  }
  const offsets: i32[] = [];
  for (let tap = 0; tap < taps.length; tap++) offsets.push(taps[tap] << 2);
  plan.tapTable = <i32>table(offsets);
  plan.edge = <i32>block(8);
  plan.weights = <i32>integers(GROUPS * filters * taps.length);
  plan.bias = <i32>integers(GROUPS * filters);
  plan.targetFilter = (depth * height * width + 3) << 2;
  plan.target = <i32>block((maps * filters * plan.targetFilter) >> 2);
  const items = maps * filters;
  const middle = below(items + 1);
  depthwise(plan, middle, items);
  depthwise(plan, 0, middle);

  let wrong = '';
  for (let item = 0; item < items; item++) {
    const map = item / filters;
    const filter = item % (GROUPS * filters);
    let at = plan.target + item * plan.targetFilter;
    for (let d = 0; d < depth; d++) {
      for (let h = 0; h < height; h++) {
        for (let w = 0; w < width; w++, at += 4) {
          let sum = get(plan.bias, filter);
          for (let tap = 0; tap < taps.length; tap++) {
            const from = (d * plan.stagedDepth + h * plan.stagedRow) / 4 + w + taps[tap];
            const zero = staging && from < width + extra;
            if (!zero)
              sum += get(plan.weights, filter * taps.length + tap) * get(source + map * window, from);
          }
          if (load<f32>(at) != sum)
            wrong = `item ${item}, output ${d}, ${h}, ${w}: ${load<f32>(at)}, expected ${sum}`;
        }
      }
    }
    // beside the map
    for (let i = 0; i < 3; i++, at += 4)
      if (load<i32>(at) != -1) wrong = `item ${item}: a store beyond its map`;
  }
  if (!releaseAll()) wrong = 'a store beside a block';
  return wrong == '' ? '' : `${depth} x ${height} x ${width} outputs, ${taps.length} taps: ${wrong}`;
}

/** Reads planes as they are, with zeros around them imagined; `right`: the last output reads a column past the last. */
function planes(step: i32, height: i32, width: i32, top: i32, bottom: i32, left: i32, right: i32): string {
  const plan = new PlanRecord();
  plan.groups = GROUPS;
  plan.channels = 1;
  plan.filters = 2;
  plan.packedRows = 2;
  plan.taps = 9;
  plan.terms = 9;
  plan.depth = 1;
  plan.height = height;
  plan.width = width;
  // as many rows and columns as are read, less those that are zeros, or some more
  const rows = max(1, step * (height - 1) + 3 - top - bottom + (bottom == 0 ? below(3) : 0));
  const columns = step * (width - 1) + 3 - left - right + (right == 0 ? below(3) : 0);
  plan.planeStep = step;
  plan.planeRows = rows;
  plan.planeTop = top;
  plan.planeLeft = left;
  plan.planeRight = right;
  plan.sourceRow = columns << 2;
  const maps = IMAGES * GROUPS;
  plan.stagedChannel = plan.sourceRow * rows + 16;
  plan.staged = <i32>integers((maps * plan.stagedChannel) >> 2);
  plan.weights = <i32>integers(GROUPS * 2 * 9);
  plan.bias = <i32>integers(GROUPS * 2);
  plan.targetFilter = (height * width + 3) << 2;
  plan.target = <i32>block((maps * 2 * plan.targetFilter) >> 2);
  plan.panel = <i32>block(((plan.sourceRow + 64) >> 2) + rows + 2);
  plan.edge = <i32>block(1);
  const middle = below(2 * maps);
  depthwise(plan, middle, 2 * maps);
  depthwise(plan, 0, middle);

  let wrong = '';
  for (let item = 0; item < 2 * maps; item++) {
    const filter = item % (2 * GROUPS);
    let at = plan.target + item * plan.targetFilter;
    for (let h = 0; h < height; h++) {
      for (let w = 0; w < width; w++, at += 4) {
        let sum = get(plan.bias, filter);
        for (let tap = 0; tap < 9; tap++) {
          const y = step * h + tap / 3 - top;
          const x = step * w + (tap % 3) - left;
          if (y < 0 || y >= rows || x < 0 || x >= columns) continue;
          sum +=
            get(plan.weights, filter * 9 + tap) *
            get(plan.staged + (item / 2) * plan.stagedChannel, y * columns + x);
        }
        if (load<f32>(at) != sum)
          wrong = `item ${item}, output ${h}, ${w}: ${load<f32>(at)}, expected ${sum}`;
      }
    }
    for (let i = 0; i < 3; i++, at += 4)
      if (load<i32>(at) != -1) wrong = `item ${item}: a store beyond its map`;
  }
  if (!releaseAll()) wrong = 'a store beside a block';
  return wrong == ''
    ? ''
    : `step ${step}, ${height} x ${width} outputs of ${rows} x ${columns} inputs, zeros ${top} ${bottom} ${left} ${right}: ${wrong}`;
}

/** The taps of a kernel of some rows and columns in a window whose rows are `row` long. */
function kernel(rows: i32, columns: i32, row: i32, step: i32): i32[] {
  const taps: i32[] = [];
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) taps.push(i * row + j * step);
  }
  return taps;
}

describe('depthwise', () => {
  it('3x3 kernels over planes as they are, with and without zeros around them', () => {
    for (let step = 1; step <= 2; step++) {
      for (let height = 1; height <= 5; height++) {
        for (let width = 4; width <= 13; width++) {
          for (let zeros = 0; zeros < 16; zeros++) {
            expect(
              planes(step, height, width, zeros & 1, (zeros >> 1) & 1, (zeros >> 2) & 1, zeros >> 3),
            ).toBe('');
          }
        }
      }
    }
  });

  it('3x3 kernels over staged planes', () => {
    for (let height = 1; height <= 4; height++) {
      for (let width = 4; width <= 21; width++) {
        expect(run(1, height, width, 2, kernel(3, 3, width + 2, 1), 1 + below(3), true)).toBe('');
      }
    }
  });

  it('other kernels, short rows and long', () => {
    for (let width = 4; width <= 40; width++) {
      for (let height = 1; height <= 3; height++) {
        const depth = 1 + below(2);
        expect(run(depth, height, width, 4, kernel(2, 3, width + 4, 2), 1, false)).toBe('');
        expect(run(depth, height, width, 0, kernel(3, 1, width, 1), 2, true)).toBe('');
        expect(run(depth, height, width, 3, [], 1, false)).toBe('');
      }
    }
  });
});
