// Inside compared with sums over the ranges of its taps, with infinite weights that must not affect other outputs.

import { inside } from '../../assembly/schedule/inside';
import { InsideTask, Workspace } from '../../src/shared/task';
import { below, block, get, put, releaseAll, table, touched } from './memory';
import { inParts } from './parts';
import { Form, GROUPS, prepare } from './products';
import { IMAGES, Sum } from './sums';
import { Tiles } from './tiles';

/** Whether an output is in the range of a tap of an axis; the ranges of all axes follow one another. */
function isIn(task: InsideTask, tap: i32, output: i32): bool {
  const range = task.ranges + tap * 8;
  return output >= load<i32>(range) && output < load<i32>(range, 4);
}

/** The expected value of an output. */
function wanted(task: InsideTask, sum: Sum, group: i32, filter: i32, at: usize, d: i32, h: i32, w: i32): f32 {
  let value = get(task.bias, group * task.packedFilters + filter);
  const weights = sum.weights + (((group * task.filters + filter) * task.terms) << 2);
  for (let term = 0; term < task.terms; term++) {
    const tap = term % task.taps;
    const row = tap / task.columnTaps;
    if (!isIn(task, row / task.rowTaps, d)) continue;
    if (!isIn(task, task.depthTaps + (row % task.rowTaps), h)) continue;
    if (!isIn(task, task.depthTaps + task.rowTaps + (tap % task.columnTaps), w)) continue;
    value += get(weights, term) * get(at + load<i32>(task.tapTable + term * 4), 0);
  }
  return value;
}

/** One tile of all filters, padded to whole vectors. */
function oneTile(filters: i32): Tiles {
  const tiles = new Tiles();
  tiles.count = 1;
  tiles.packed = (filters + 3) & -4;
  tiles.table = <i32>table([0, tiles.packed]);
  return tiles;
}

/** A workspace with room for a piece of a row. */
function workspaceFor(task: InsideTask): Workspace {
  const workspace = new Workspace();
  workspace.spareRows = <i32>block(task.piece * task.packedFilters);
  return workspace;
}

/** Taps along each axis. */
class Along {
  constructor(
    public depth: i32,
    public row: i32,
    public column: i32,
  ) {}
}

/** Computes outputs, with a range of outputs for each tap. Returns what is wrong, or an empty string. */
function run(form: Form, along: Along, filters: i32, piece: i32, parts: i32): string {
  const task = new InsideTask();
  form.taps = along.depth * along.row * along.column;
  const sum = prepare(task, form, filters, oneTile(filters), max(1, form.taps * form.channels), true);
  task.taps = form.taps;
  task.depthTaps = along.depth;
  task.rowTaps = along.row;
  task.columnTaps = along.column;
  task.piece = piece;
  const counts = [along.depth, along.row, along.column];
  const sizes = [form.depth, form.height, form.width];
  const ranges: i32[] = [];
  for (let axis = 0; axis < 3; axis++) {
    for (let tap = 0; tap < counts[axis]; tap++) {
      const first = below(sizes[axis] + 1);
      ranges.push(below(2) * first);
      ranges.push(first + below(2) * (sizes[axis] - first));
    }
  }
  task.ranges = <i32>table(ranges);
  inParts<InsideTask>(
    inside,
    task,
    [workspaceFor(task), workspaceFor(task)],
    IMAGES * GROUPS * form.depth * form.height * ((form.width + piece - 1) / piece),
    parts,
  );
  let wrong = '';
  let outputs = 0;
  for (let image = 0; image < IMAGES; image++) {
    for (let group = 0; group < GROUPS; group++) {
      const window = task.window + image * task.windowImage + group * task.windowGroup;
      for (let f = 0; f < filters; f++) {
        let c = task.target + image * task.targetImage + group * task.targetGroup + f * task.targetFilter;
        for (let d = 0; d < form.depth; d++) {
          for (let h = 0; h < form.height; h++) {
            for (let w = 0; w < form.width; w++, c += 4, outputs++) {
              const at = window + d * task.windowDepth + h * task.windowRow + w * 4;
              const value = wanted(task, sum, group, f, at, d, h, w);
              if (get(c, 0) != value)
                wrong = `filter ${f}, output ${d}, ${h}, ${w}: ${get(c, 0)}, not ${value}`;
            }
          }
        }
      }
    }
  }
  if (touched(task.target, sum.target.size) != outputs) wrong = 'a store beside a map';
  if (!releaseAll()) wrong = 'a store beside a block';
  return wrong;
}

describe('inside', () => {
  it('sums over the ranges of its taps, for every number of filters and pixels', () => {
    for (let filters = 1; filters <= 9; filters++) {
      for (let width = 1; width <= 17; width++) {
        const piece = 1 + below(width + 2);
        const wrong = run(new Form(2, 1, 2, width), new Along(1, 1, 2), filters, piece, 1);
        expect(wrong).toBe('', `${filters} filters, ${width} pixels`);
      }
    }
  });

  it('sums over the ranges of its taps for maps of any form, however workspaces share the items', () => {
    for (let i = 0; i < 100; i++) {
      const form = new Form(below(4), 1 + below(3), 1 + below(4), 1 + below(20));
      const along = new Along(1 + below(3), 1 + below(3), 1 + below(4));
      expect(run(form, along, 1 + below(6), 1 + below(9), 1 + below(4))).toBe('');
    }
  });

  it('multiplies nothing outside of a range, whatever stands there', () => {
    const task = new InsideTask();
    const form = new Form(1, 1, 1, 11);
    form.taps = 1;
    const sum = prepare(task, form, 1, oneTile(1), 1, true);
    put(task.weights, 0, Infinity);
    put(task.bias, 0, 1);
    task.taps = 1;
    task.depthTaps = 1;
    task.rowTaps = 1;
    task.columnTaps = 1;
    task.piece = 11;
    task.ranges = <i32>table([0, 1, 0, 1, 3, 9]);
    inside(task, workspaceFor(task), 0, 1);
    for (let w = 0; w < 11; w++) {
      const value = get(task.target, w);
      expect(value - value == 0).toBe(w < 3 || w >= 9, `output ${w}`);
    }
    expect(sum.products).toBe(1);
    expect(releaseAll()).toBe(true);
  });
});
