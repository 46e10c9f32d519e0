// Staging: rows composed of runs, rows of zeros, every length and step.

import { stage } from '../../assembly/schedule/stage';
import { StageTask, Workspace } from '../../src/shared/task';
import { layoutOf } from './layout';
import { below, block, get, integers, releaseAll, table, touched } from './memory';
import { inParts } from './parts';
import { StagedMap } from './staged-map';

const IMAGES = 2;
const GROUPS = 2;
const DEPTHS = 2;
const ROWS = 4;

/** Stages maps with rows of length `width`. Returns what is wrong, or an empty string. */
function wrongElement(staged: StagedMap, width: i32): string {
  const task = new StageTask();
  task.groups = GROUPS;
  task.channels = 1 + below(2);
  task.zerosStay = below(2);
  task.sourceRow = (width + below(2)) << 2;
  task.sourceDepth = task.sourceRow * ROWS + 4 * below(2);
  const source = layoutOf(IMAGES, GROUPS, task.channels, (task.sourceDepth * DEPTHS) >> 2);
  task.source = <i32>source.filled(true);
  task.sourceImage = source.image;
  task.sourceGroup = source.group;
  task.sourceChannel = source.map;
  staged.describe(task);
  const size = staged.size;
  const maps = IMAGES * GROUPS * task.channels;
  // one more vector, which may be written
  task.stagedChannel = (size + 4) << 2;
  task.staged = <i32>block((maps * task.stagedChannel) >> 2);
  inParts<StageTask>(stage, task, [new Workspace(), new Workspace()], maps, 2);

  let wrong = '';
  const shown = block(size);
  for (let map = 0; map < maps; map++) {
    const group = (map / task.channels) % GROUPS;
    const from = source.offset(map / (task.channels * GROUPS), group, map % task.channels);
    staged.show(task, task.source + from, shown);
    const to = task.staged + map * task.stagedChannel;
    for (let i = 0; i < size; i++) if (get(to, i) != get(shown, i)) wrong = `map ${map}, element ${i}`;
    // at most three elements of that vector
    if (touched(to + (size << 2) + 12, 1) > 0) wrong = `a store behind map ${map}`;
  }
  if (!releaseAll()) wrong = 'a store beside a block';
  return wrong;
}

/** Stages rows that are runs of a length and step (0 repeats one element), with each element repeated, between zeros. */
function staging(count: i32, step: i32, repeat: i32 = 1): string {
  const width = count * max(abs(step), 1) + 3;
  const staged = new StagedMap([1, -1, 0], [3, 0, -1, 1, 3]);
  // zeros, the run, one element, the run again
  const first = step < 0 ? (count - 1) * -step + below(3) : below(3);
  staged.add(-1, below(7), 0);
  staged.add(first, count, step, repeat);
  staged.add(below(width), 1, 1);
  staged.add(first, count, step, repeat);
  const wrong = wrongElement(staged, width);
  return wrong == '' ? '' : `runs of ${count} with step ${step}, ${repeat} times each: ${wrong}`;
}

describe('stage', () => {
  it('copies neighbours', () => {
    for (let count = 1; count <= 70; count++) expect(staging(count, 1)).toBe('');
  });

  it('copies every second element', () => {
    for (let count = 1; count <= 40; count++) expect(staging(count, 2)).toBe('');
  });

  it('copies with any other step, backwards, and one element again and again', () => {
    for (let count = 1; count <= 20; count++) {
      for (let step = -3; step <= 5; step++) expect(staging(count, step)).toBe('');
    }
  });

  it('copies each element several times', () => {
    for (let count = 1; count <= 70; count++) {
      for (let repeat = 2; repeat <= 4; repeat++) {
        expect(staging(count, 1, repeat)).toBe('');
        expect(staging(count, -2, repeat)).toBe('');
      }
    }
  });

  it('puts rows together from any runs', () => {
    for (let count = 1; count <= 60; count++) {
      const staged = new StagedMap([-1, 1, 0], [0, -1, 2]);
      const width = 1 + below(20);
      staged.addAny(count, width);
      expect(wrongElement(staged, width)).toBe('', `rows of ${staged.columns.toString()}`);
    }
  });

  it('copies elements whose offset in the row is 2 GiB', () => {
    const offset = i32.MIN_VALUE;
    const numbers = integers(16);
    const task = new StageTask();
    task.groups = 1;
    task.channels = 1;
    task.source = <i32>numbers - offset;
    task.depthTable = <i32>table([0]);
    task.stagedDepths = 1;
    task.rowTable = <i32>table([0]);
    task.stagedRows = 1;
    task.stagedRow = 8 << 2;
    task.runs = <i32>table([0, offset, 8, 1, 1]);
    task.runCount = 1;
    task.staged = <i32>block(12);
    stage(task, new Workspace(), 0, 1);
    for (let i = 0; i < 8; i++) expect(get(task.staged, i)).toBe(get(numbers, i));
    expect(releaseAll()).toBe(true);
  });
});
