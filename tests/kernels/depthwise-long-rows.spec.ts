// Depthwise maps with one long row: the row is read in place, and padding zeros are not stored anywhere.

import { depthwiseLongRows } from '../../assembly/schedule/depthwise-rows';
import { LongRowTask, Workspace } from '../../src/shared/task';
import { below, block, get, integers, put, reals, releaseAll, table } from './memory';
import { inParts } from './parts';
import {
  allocateTarget,
  fillWindow,
  IMAGES,
  Sum,
  sameBits,
  sumInPlace,
  writeBias,
  wrongOutput,
} from './sums';

const GROUPS = 3;

/** Workspaces; the entry uses nothing of them. */
const workspaces: Workspace[] = [new Workspace(), new Workspace()];

/** Gives a task operands: rows with padding. The reference sum reads a padded copy. */
function prepare(task: LongRowTask, width: i32, taps: i32, before: i32, after: i32, whole: bool): Sum {
  task.groups = GROUPS;
  task.packedFilters = task.filters;
  task.terms = taps;
  task.depth = 1;
  task.height = 1;
  task.width = width;
  const padded = width + 3 * (taps - 1);
  const row = padded - before - after;
  const window = fillWindow(task, 1, row, whole);
  const source = task.window;
  task.window -= before * 4;
  task.rowStart = before * 4;
  task.rowBytes = row << 2;
  task.mapParts = 1 + below(min(3, (width - before - after) / 16));
  task.leftOutputs = before;
  task.rightOutputs = after;
  const offsets: i32[] = [];
  for (let tap = 0; tap < taps; tap++) offsets.push(12 * tap);
  task.tapTable = <i32>table(offsets);
  const count = GROUPS * task.filters * taps;
  task.weights = <i32>(whole ? integers(count) : reals(count));
  writeBias(task);

  const sum = sumInPlace(task);
  sum.group = padded << 2;
  sum.image = GROUPS * sum.group;
  sum.inputs = block(IMAGES * GROUPS * padded);
  for (let map = 0; map < IMAGES * GROUPS; map++) {
    const from = source + window.offset(map / GROUPS, map % GROUPS, 0);
    for (let i = 0; i < padded; i++) {
      const isZero = i < before || i >= before + row;
      put(sum.inputs, map * padded + i, isZero ? 0 : get(from, i - before));
    }
  }
  allocateTarget(task, sum);
  return sum;
}

function run(width: i32, taps: i32, filters: i32, before: i32, after: i32): string {
  const task = new LongRowTask();
  task.filters = filters;
  const sum = prepare(task, width, taps, before, after, true);
  inParts<LongRowTask>(depthwiseLongRows, task, workspaces, IMAGES * GROUPS * filters * task.mapParts, 3);
  let wrong = wrongOutput(task, sum);
  if (!releaseAll()) wrong = 'a store beside a block';
  return wrong == ''
    ? ''
    : `${width} outputs, ${filters} filters, ${taps} taps, ${before} and ${after} zeros: ${wrong}`;
}

describe('depthwiseLongRows', () => {
  it('maps of one long row, with and without zeros at its ends', () => {
    for (let taps = 2; taps <= 4; taps++) {
      for (let width = 20; width <= 60; width++) {
        for (let zeros = 0; zeros < 9; zeros++) {
          const filters = 1 + (zeros & 1);
          expect(run(width, taps, filters, zeros % 3, zeros / 3)).toBe('');
        }
      }
    }
  });

  it('gives the same bits however workspaces share the items', () => {
    const task = new LongRowTask();
    task.filters = 2;
    const sum = prepare(task, 77, 4, 2, 1, false);
    depthwiseLongRows(task, workspaces[0], 0, IMAGES * GROUPS * 2 * task.mapParts);
    const once = task.target;
    task.target = <i32>sum.target.empty();
    inParts<LongRowTask>(depthwiseLongRows, task, workspaces, IMAGES * GROUPS * 2 * task.mapParts, 5);
    expect(sameBits(sum, once, task.target)).toBe(true);
    expect(releaseAll()).toBe(true);
  });
});
