// Inside compared with sums over the ranges of its taps, with infinite weights that must not affect other outputs.

import { inside } from '../../assembly/schedule/inside';
import { InsideTask, Workspace } from '../../src/shared/task';
import { below, get, put, releaseAll, table, touched } from './memory';
import { inParts } from './parts';
import { Form, GROUPS, prepare } from './products';
import { IMAGES, Sum } from './sums';
import { divide } from './tiles';

/** The expected value of an output. */
function wanted(task: InsideTask, sum: Sum, group: i32, filter: i32, at: usize, d: i32, h: i32, w: i32): f32 {
  let value = get(task.bias, group * task.packedFilters + filter);
  const weights = sum.weights + (((group * task.filters + filter) * task.terms) << 2);
  for (let term = 0; term < task.terms; term++) {
    const range = task.ranges + (term % task.taps) * 24;
    if (d < load<i32>(range) || d >= load<i32>(range, 12)) continue;
    if (h < load<i32>(range, 4) || h >= load<i32>(range, 16)) continue;
    if (w < load<i32>(range, 8) || w >= load<i32>(range, 20)) continue;
    value += get(weights, term) * get(at + load<i32>(task.tapTable + term * 4), 0);
  }
  return value;
}

/** Computes outputs, with a range of outputs for each tap. Returns what is wrong, or an empty string. */
function run(form: Form, filters: i32, parts: i32): string {
  const task = new InsideTask();
  const tiles = divide(0, 0, 0, filters);
  const sum = prepare(task, form, filters, tiles, max(1, form.taps * form.channels), true);
  task.taps = form.taps;
  const ranges: i32[] = [];
  for (let tap = 0; tap < form.taps; tap++) {
    const firsts = [below(form.depth + 1), below(form.height + 1), below(form.width + 1)];
    for (let axis = 0; axis < 3; axis++) ranges.push(below(2) * firsts[axis]);
    const sizes = [form.depth, form.height, form.width];
    for (let axis = 0; axis < 3; axis++) ranges.push(firsts[axis] + below(2) * (sizes[axis] - firsts[axis]));
  }
  task.ranges = <i32>table(ranges);
  inParts<InsideTask>(
    inside,
    task,
    [new Workspace(), new Workspace()],
    IMAGES * GROUPS * form.depth * form.height,
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
        expect(run(new Form(2, 1, 2, width), filters, 1)).toBe('', `${filters} filters, ${width} pixels`);
      }
    }
  });

  it('sums over the ranges of its taps for maps of any form, however workspaces share the items', () => {
    for (let i = 0; i < 100; i++) {
      const form = new Form(below(4), 1 + below(3), 1 + below(4), 1 + below(20));
      form.taps = 1 + below(5);
      expect(run(form, 1 + below(6), 1 + below(4))).toBe('');
    }
  });

  it('multiplies nothing outside of a range, whatever stands there', () => {
    const task = new InsideTask();
    const form = new Form(1, 1, 1, 11);
    form.taps = 1;
    const sum = prepare(task, form, 1, divide(0, 0, 0, 1), 1, true);
    put(task.weights, 0, Infinity);
    put(task.bias, 0, 1);
    task.taps = 1;
    task.ranges = <i32>table([0, 0, 3, 1, 1, 9]);
    inside(task, new Workspace(), 0, 1);
    for (let w = 0; w < 11; w++) {
      const value = get(task.target, w);
      expect(value - value == 0).toBe(w < 3 || w >= 9, `output ${w}`);
    }
    expect(sum.products).toBe(1);
    expect(releaseAll()).toBe(true);
  });
});
