// Depthwise rows and lanes: the convolutions of one channel against their sums, of planes as they are and of staged ones.

import { depthwiseLanes } from '../../assembly/schedule/depthwise-lanes';
import { depthwiseRows } from '../../assembly/schedule/depthwise-rows';
import { SHORT_ROWS_BYTES } from '../../src/shared/sizes';
import { StagedRowsTask, StageTask, Workspace } from '../../src/shared/task';
import { layoutOf } from './layout';
import { below, block, integers, reals, releaseAll, table } from './memory';
import { inParts } from './parts';
import { placed, StagedMap } from './staged-map';
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

/** How planes come: as they are, staged, or staged between zeros that stay. */
const AS_THEY_ARE = 0;
const STAGED = 1;
const ZEROS_STAY = 2;
const COMINGS = ['as they are', 'staged', 'staged within zeros'];

/** The form of the outputs; `taps` are positions in planes of `height` + 2 rows, which are `extra` more than `width` long. */
class Form {
  filters: i32 = 1;

  constructor(
    public depth: i32,
    public height: i32,
    public width: i32,
    public extra: i32,
    public taps: i32[],
  ) {}

  get rows(): i32 {
    return this.height + 2;
  }

  get columns(): i32 {
    return this.width + this.extra;
  }

  get planes(): i32 {
    return this.depth * this.rows * this.columns;
  }
}

/** Gives a task operands. */
function prepare(task: StagedRowsTask, form: Form, coming: i32, whole: bool): Sum {
  task.groups = GROUPS;
  task.filters = form.filters;
  task.packedFilters = form.filters;
  task.terms = form.taps.length;
  task.mapParts = 1;
  task.depth = form.depth;
  task.height = form.height;
  task.width = form.width;
  task.windowRow = form.columns << 2;
  task.windowDepth = task.windowRow * form.rows;
  const offsets: i32[] = [];
  for (let tap = 0; tap < form.taps.length; tap++) offsets.push(form.taps[tap] << 2);
  task.tapTable = <i32>table(offsets);
  const count = GROUPS * form.filters * form.taps.length;
  task.weights = <i32>(whole ? integers(count) : reals(count));
  writeBias(task);
  if (coming == AS_THEY_ARE) fillWindow(task, 1, form.planes, whole);
  const sum = sumInPlace(task);
  if (coming != AS_THEY_ARE) stagePlanes(task, form, sum, coming == ZEROS_STAY, whole);
  allocateTarget(task, sum);
  return sum;
}

/** Has the planes staged from larger or smaller ones, with zeros; the sum reads what they should be. */
function stagePlanes(task: StagedRowsTask, form: Form, sum: Sum, zerosStay: bool, whole: bool): void {
  const width = 1 + below(form.columns + 4);
  const height = 1 + below(form.rows);
  const depth = 1 + below(form.depth);
  const depths: i32[] = [];
  for (let d = 0; d < form.depth; d++) depths.push(form.depth > 1 && below(4) == 0 ? -1 : below(depth));
  const rows: i32[] = [];
  for (let row = 0; row < form.rows; row++) rows.push(below(4) == 0 ? -1 : below(height));
  const map = new StagedMap(depths, rows);
  map.addAny(form.columns, width);

  const stage = new StageTask();
  stage.groups = GROUPS;
  stage.channels = 1;
  stage.sourceRow = (width + below(2)) << 2;
  stage.sourceDepth = stage.sourceRow * height;
  stage.sourceMap = (stage.sourceDepth * depth) >> 2;
  const source = layoutOf(IMAGES, GROUPS, 1, stage.sourceMap);
  stage.source = <i32>source.filled(whole);
  stage.sourceImage = source.image;
  stage.sourceGroup = source.group;
  stage.sourceChannel = source.map;
  stage.zerosStay = +zerosStay;
  map.describe(stage);
  task.stage = placed(stage);
  if (below(2) == 0) leaveOutZeros(task, form, depths, rows);

  sum.group = form.planes << 2;
  sum.image = GROUPS * sum.group;
  sum.inputs = block(IMAGES * GROUPS * form.planes);
  for (let i = 0; i < IMAGES * GROUPS; i++) {
    map.show(stage, stage.source + source.offset(i / GROUPS, i % GROUPS, 0), sum.inputs + i * sum.group);
  }
}

/** Lists the terms of each row of outputs without those at both ends that meet a staged row of zeros. */
function leaveOutZeros(task: StagedRowsTask, form: Form, depths: i32[], rows: i32[]): void {
  const ranges: i32[] = [];
  for (let d = 0; d < form.depth; d++) {
    for (let h = 0; h < form.height; h++) {
      let end = form.taps.length;
      while (end > 0 && (depths[d] | rows[h + form.taps[end - 1] / form.columns]) < 0) end--;
      let first = 0;
      while (first < end && (depths[d] | rows[h + form.taps[first] / form.columns]) < 0) first++;
      ranges.push(first << 2);
      ranges.push(end << 2);
    }
  }
  task.rowTerms = <i32>table(ranges);
}

/** Which entry computes: all rows, or those that are staged. */
enum Way {
  ROWS,
  LANES,
}

/** A workspace with room for what is staged, and what is read and written beyond it, or for what is read as it is. */
function workspaceFor(task: StagedRowsTask, form: Form, way: Way): Workspace {
  const workspace = new Workspace();
  if (way == Way.LANES) {
    const stage = changetype<StageTask>(<usize>task.stage);
    workspace.plane = <i32>block(4 * form.planes + 24);
    workspace.fourMaps = <i32>block(4 * max(stage.sourceMap, form.depth * form.height * form.width) + 24);
    workspace.laneWeights = <i32>block(4 * form.taps.length + 20);
    return workspace;
  }
  if (task.stage != 0) workspace.plane = <i32>block(form.planes + 16);
  if (form.width < 16) workspace.spareRows = <i32>block(SHORT_ROWS_BYTES >> 2);
  return workspace;
}

function itemsOf(task: StagedRowsTask): i32 {
  return IMAGES * GROUPS * task.filters * task.mapParts;
}

function compute(task: StagedRowsTask, form: Form, way: Way, parts: i32): void {
  const workspaces = [workspaceFor(task, form, way)];
  if (parts > 1) workspaces.push(workspaceFor(task, form, way));
  if (way == Way.LANES) inParts<StagedRowsTask>(depthwiseLanes, task, workspaces, itemsOf(task), parts);
  else inParts<StagedRowsTask>(depthwiseRows, task, workspaces, itemsOf(task), parts);
}

/** Computes maps by two workspaces; says what is wrong, or nothing. */
function run(form: Form, coming: i32, way: Way): string {
  const task = new StagedRowsTask();
  const sum = prepare(task, form, coming, true);
  if (way == Way.ROWS) task.mapParts = 1 + below(form.depth > 1 ? form.depth : form.height);
  compute(task, form, way, 2);
  let wrong = wrongOutput(task, sum);
  if (!releaseAll()) wrong = 'a store beside a block';
  return wrong == ''
    ? ''
    : `${form.depth} x ${form.height} x ${form.width} outputs of planes ${COMINGS[coming]}, ` +
        `${form.filters} filters, ${form.taps.length} taps: ${wrong}`;
}

/** By every entry that may compute these. */
function runAll(form: Form, coming: i32): void {
  expect(run(form, coming, Way.ROWS)).toBe('', 'depthwiseRows');
  if (coming != AS_THEY_ARE) expect(run(form, coming, Way.LANES)).toBe('', 'depthwiseLanes');
}

/** The taps of a kernel of some rows and columns in a window whose rows are `row` long. */
function kernel(rows: i32, columns: i32, row: i32, step: i32): i32[] {
  const taps: i32[] = [];
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) taps.push(i * row + j * step);
  }
  return taps;
}

function same(form: Form, coming: i32, way: Way): bool {
  const task = new StagedRowsTask();
  const sum = prepare(task, form, coming, false);
  if (way == Way.ROWS) task.mapParts = form.depth > 1 ? form.depth : form.height;
  compute(task, form, way, 1);
  const once = task.target;
  task.target = <i32>sum.target.empty();
  compute(task, form, way, 5);
  const isSame = sameBits(sum, once, task.target);
  return releaseAll() && isSame;
}

describe('depthwise rows and lanes', () => {
  it('3x3 kernels over staged planes', () => {
    for (let height = 1; height <= 6; height++) {
      for (let width = 1; width <= 21; width++) {
        for (let coming = STAGED; coming <= ZEROS_STAY; coming++) {
          const form = new Form(1, height, width, 2, kernel(3, 3, width + 2, 1));
          form.filters = 1 + below(3);
          runAll(form, coming);
        }
      }
    }
  });

  it('other kernels, short rows and long', () => {
    for (let width = 1; width <= 56; width++) {
      for (let height = 1; height <= 3; height++) {
        for (let coming = AS_THEY_ARE; coming <= ZEROS_STAY; coming++) {
          const depth = 1 + below(2);
          runAll(new Form(depth, height, width, 4, kernel(2, 3, width + 4, 2)), coming);
          const form = new Form(depth, height, width, 0, kernel(3, 1, width, 1));
          form.filters = 2;
          runAll(form, coming);
          runAll(new Form(depth, height, width, 3, []), coming);
        }
      }
    }
  });

  it('short rows of more outputs than their area holds', () => {
    for (let width = 1; width <= 15; width++) {
      for (let coming = AS_THEY_ARE; coming <= ZEROS_STAY; coming++) {
        const form = new Form(1, 1200 / width, width, 2, kernel(3, 3, width + 2, 1));
        expect(run(form, coming, Way.ROWS)).toBe('');
      }
    }
  });

  it('three taps by the micro-kernel for three', () => {
    for (let width = 1; width <= 40; width++) {
      for (let coming = AS_THEY_ARE; coming <= ZEROS_STAY; coming++) {
        const form = new Form(1 + below(2), 1 + below(3), width, 4, [0, width + 4, 2 * width + 11]);
        form.filters = 1 + below(2);
        expect(run(form, coming, Way.ROWS)).toBe('');
      }
    }
  });

  it('gives the same bits however workspaces share the items', () => {
    for (let coming = AS_THEY_ARE; coming <= ZEROS_STAY; coming++) {
      const form = new Form(2, 3, 21, 2, kernel(3, 3, 23, 1));
      form.filters = 2;
      expect(same(form, coming, Way.ROWS)).toBe(true);
      if (coming != AS_THEY_ARE) expect(same(form, coming, Way.LANES)).toBe(true);
      expect(same(new Form(1, 5, 21, 2, kernel(3, 3, 23, 1)), coming, Way.ROWS)).toBe(true);
      expect(same(new Form(1, 9, 5, 2, kernel(3, 3, 7, 1)), coming, Way.ROWS)).toBe(true);
      expect(same(new Form(3, 4, 3, 2, kernel(3, 3, 5, 1)), coming, Way.ROWS)).toBe(true);
      if (coming != AS_THEY_ARE)
        expect(same(new Form(2, 3, 3, 2, kernel(3, 3, 5, 1)), coming, Way.LANES)).toBe(true);
    }
  });
});
