// Interleaving while computing: interleave with the tasks of both classes of a row, compared with their sums.

import { interleave } from '../../assembly/schedule/interleave';
import { SHORT_ROWS_BYTES } from '../../src/shared/sizes';
import { InterleaveTask, SumTask, Workspace } from '../../src/shared/task';
import { layoutOf } from './layout';
import { below, block, get, integers, releaseAll, table, touched } from './memory';
import { inParts } from './parts';
import { IMAGES } from './sums';

const GROUPS = 2;

function workspaceWithSpare(): Workspace {
  const workspace = new Workspace();
  workspace.spareRows = <i32>block((2 * SHORT_ROWS_BYTES) >> 2);
  return workspace;
}

/** Computes maps whose classes have up to `most` taps, or none. Returns what is wrong, or an empty string. */
function weaving(depthPhases: i32, rowPhases: i32, depth: i32, height: i32, width: i32, most: i32): string {
  const task = new InterleaveTask();
  task.groups = GROUPS;
  task.filters = 1 + below(2);
  task.depth = depth;
  task.height = height;
  task.width = width;
  task.depthPhases = depthPhases;
  task.rowPhases = rowPhases;
  task.columnPhases = 2;
  task.computes = 1;
  task.targetRow = (width + below(3)) << 2;
  task.targetDepth = task.targetRow * height;
  const target = layoutOf(IMAGES, GROUPS, task.filters, (task.targetDepth * depth) >> 2);
  task.target = <i32>target.empty();
  task.targetImage = target.image;
  task.targetGroup = target.group;
  task.targetFilter = target.map;

  // up to fifteen numbers are read past a row, and behind the last one
  const columns = (width >> 1) + 4 + below(25);
  task.partRow = columns << 2;
  task.partDepth = task.partRow * (height + 2);
  const window = layoutOf(IMAGES, GROUPS, 1, (task.partDepth * (depth + 1)) >> 2);
  task.partImage = window.image;
  task.partGroup = window.group;
  const inputs = window.filled(true);
  const bias = integers(GROUPS * task.filters);
  const classes: SumTask[] = [];
  const places: i32[] = [];
  for (let number = 0; number < depthPhases * rowPhases * 2; number++) {
    const sum = new SumTask();
    sum.window = <i32>inputs;
    sum.bias = <i32>bias;
    sum.terms = below(most + 1);
    sum.weights = <i32>integers(GROUPS * task.filters * sum.terms);
    const taps: i32[] = [];
    for (let tap = 0; tap < sum.terms; tap++) taps.push(below(3) * task.partRow + (below(4) << 2));
    sum.tapTable = <i32>table(taps);
    classes.push(sum);
    places.push(<i32>changetype<usize>(sum));
  }
  task.parts = <i32>table(places);
  const workspaces = [workspaceWithSpare(), workspaceWithSpare()];
  inParts<InterleaveTask>(interleave, task, workspaces, IMAGES * GROUPS * task.filters, 2);

  let wrong = '';
  for (let map = 0; map < IMAGES * GROUPS * task.filters; map++) {
    const filter = map % task.filters;
    const group = (map / task.filters) % GROUPS;
    const image = map / (GROUPS * task.filters);
    const number = group * task.filters + filter;
    for (let d = 0; d < depth; d++) {
      for (let h = 0; h < height; h++) {
        const out =
          task.target + target.offset(image, group, filter) + d * task.targetDepth + h * task.targetRow;
        const line =
          window.offset(image, group, 0) +
          (d / depthPhases) * task.partDepth +
          (h / rowPhases) * task.partRow;
        for (let w = 0; w < width; w++) {
          const sum = classes[((d % depthPhases) * rowPhases + (h % rowPhases)) * 2 + (w & 1)];
          let value = get(bias, number);
          for (let tap = 0; tap < sum.terms; tap++) {
            const from = inputs + line + load<i32>(sum.tapTable + (tap << 2));
            value += get(sum.weights, number * sum.terms + tap) * get(from, w >> 1);
          }
          if (get(out, w) != value)
            wrong = `image ${image}, group ${group}, filter ${filter}, depth ${d}, row ${h}, element ${w}`;
        }
      }
    }
  }
  const outputs = IMAGES * GROUPS * task.filters * depth * height * width;
  if (touched(task.target, target.size) != outputs) wrong = 'a store beside the rows';
  if (!releaseAll()) wrong = 'a store beside a block';
  return wrong == '' ? '' : `${depth} x ${height} rows of ${width}: ${wrong}`;
}

describe('interleave that computes', () => {
  it('weaves rows of every width', () => {
    for (let width = 1; width <= 70; width++) expect(weaving(1, 1, 1, 2, width, 6)).toBe('');
  });

  it('weaves more rows than are computed together', () => {
    for (let phases = 1; phases <= 2; phases++) expect(weaving(1, phases, 1, 170, 40, 4)).toBe('');
  });

  it('weaves phases along the other axes', () => {
    for (let i = 0; i < 60; i++) {
      const phases = 1 + below(3);
      expect(weaving(1 + below(3), phases, 1 + below(4), 1 + below(6), 1 + below(40), 4)).toBe('');
    }
  });
});
