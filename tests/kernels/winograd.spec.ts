// Winograd compared with the direct sum, within its rounding error, and its detection of values that are not finite.

import { winograd } from '../../assembly/schedule/winograd';
import { EIGHT_POINTS, EIGHT_POINTS_HIGH, F3X3_2X2, F4_3, F4_3_HIGH, F4X4_3X3 } from '../../src/shared/sizes';
import { WinogradTask } from '../../src/shared/task';
import { below, releaseAll } from './memory';
import { inParts } from './parts';
import { sameBits, wrongOutput } from './sums';
import { Form, Kind, Problem } from './winograd-task';

const threes = new Kind(F4X4_3X3, 1, 1, 1);
const twos = new Kind(F3X3_2X2, 1, 1, 1);
const line = new Kind(F4_3, 1, 1, 1);
const dilatedLine = new Kind(F4_3, 1, 1, 3);
const column = new Kind(F4_3_HIGH, 1, 1, 1);
const dilatedColumn = new Kind(F4_3_HIGH, 1, 3, 1);
const short = [
  new Kind(F4X4_3X3, 1, 1, 1, true),
  new Kind(F3X3_2X2, 1, 1, 1, true),
  new Kind(F4_3, 1, 1, 2, true),
  new Kind(F4_3_HIGH, 1, 2, 1, true),
];
/** With eight points: three, four and five taps along the width and the height, with and without gaps, some of the kernels short. */
const eights = [
  new Kind(EIGHT_POINTS, 1, 1, 1, false, 3),
  new Kind(EIGHT_POINTS, 1, 1, 1, true, 4),
  new Kind(EIGHT_POINTS, 1, 1, 1, true, 5),
  new Kind(EIGHT_POINTS, 1, 1, 3, true, 3),
  new Kind(EIGHT_POINTS, 1, 1, 2, false, 4),
  new Kind(EIGHT_POINTS, 1, 1, 5, false, 5),
  new Kind(EIGHT_POINTS_HIGH, 1, 1, 1, true, 3),
  new Kind(EIGHT_POINTS_HIGH, 1, 3, 1, false, 4),
  new Kind(EIGHT_POINTS_HIGH, 1, 1, 1, true, 5),
];
const dilated = [new Kind(F4X4_3X3, 2, 1, 3), new Kind(F4X4_3X3, 1, 3, 2), new Kind(F4X4_3X3, 3, 2, 1)];

/** Computes in parts with two workspaces. Returns what is wrong, or an empty string. */
function run(problem: Problem, parts: i32): string {
  // a transform of few taps rounds relative to all inputs of its tiles
  const more = problem.hasShort ? 1 : 0;
  const workspaces = [problem.newWorkspace(), problem.newWorkspace()];
  problem.pack();
  inParts<WinogradTask>(winograd, problem.task, workspaces, problem.items, parts);
  let wrong = wrongOutput(problem.task, problem.sum, 4e-6, more);
  if (workspaces[0].notFinite != 0 || workspaces[1].notFinite != 0) wrong = 'the flag is set';
  if (problem.marked != 0) wrong = 'a panel is marked';
  if (!releaseAll()) wrong = 'a store beside a block';
  return wrong == '' ? '' : `${problem.toString()}: ${wrong}`;
}

/** Maps of every size from one tile on. */
function everySize(kind: Kind): void {
  const least = kind.wide * kind.widthGap;
  const lowest = kind.high * kind.heightGap;
  for (let height = lowest; height <= lowest + (kind.rows == 1 ? 2 : 9); height++) {
    for (let width = least; width <= least + 9; width++) {
      const problem = new Problem(kind, new Form(2, 1, 1, height, width), 5, 1);
      problem.task.tilesAtOnce = 8 * (1 + below(3));
      expect(run(problem, 1 + below(3))).toBe('');
    }
  }
}

/** Every depth around the number of depths computed at once, with one to three planes of taps. */
function everyDepth(kind: Kind): void {
  for (let depth = kind.depthGap; depth <= kind.depthGap + 12; depth++) {
    for (let outer = 1; outer <= 3; outer++) {
      const height = kind.high * kind.heightGap + below(3);
      const width = kind.wide * kind.widthGap + below(9);
      const problem = new Problem(kind, new Form(2, outer, depth, height, width), 6, 1);
      problem.task.termsAtOnce = 1 + below(problem.task.terms);
      expect(run(problem, 1 + below(3))).toBe('');
    }
  }
}

/** Every number of filters around a tile, with several numbers of terms per block. */
function everyFilter(kind: Kind): void {
  for (let filters = 1; filters <= 11; filters++) {
    for (let fives = 0; fives <= (filters + 4) / 5; fives++) {
      const form = new Form(
        3,
        1 + below(3),
        kind.depthGap + below(3),
        max(8, kind.high * kind.heightGap),
        26,
      );
      const problem = new Problem(kind, form, filters, fives);
      problem.task.termsAtOnce = 1 + below(5);
      expect(run(problem, 1)).toBe('');
    }
  }
}

/** Every number of channels around the number transformed together. */
function everyChannel(kind: Kind): void {
  for (let channels = 1; channels <= 9; channels++) {
    const form = new Form(channels, 1 + below(2), kind.depthGap, kind.high * kind.heightGap, 27);
    expect(run(new Problem(kind, form, 3, 0), 1)).toBe('');
  }
}

function same(kind: Kind, width: i32 = 27): bool {
  const problem = new Problem(kind, new Form(2, 3, 7, 21, width), 9, 1);
  const task = problem.task;
  task.termsAtOnce = 2;
  problem.pack();
  winograd(task, problem.newWorkspace(), 0, problem.items);
  const once = task.target;
  task.target = <i32>problem.sum.target.empty();
  inParts<WinogradTask>(winograd, task, [problem.newWorkspace(), problem.newWorkspace()], problem.items, 5);
  const isSame = sameBits(problem.sum, once, task.target);
  // the last item first: the order of calls must not change which tile's result remains where two overlap
  task.target = <i32>problem.sum.target.empty();
  const workspace = problem.newWorkspace();
  for (let item = problem.items - 1; item >= 0; item--) winograd(task, workspace, item, item + 1);
  const isSameBackwards = sameBits(problem.sum, once, task.target);
  return releaseAll() && isSame && isSameBackwards;
}

/** Whether a tile, by its position along height and width, reads an input. The last tile ends with the map. */
function readsInput(kind: Kind, task: WinogradTask, high: i32, wide: i32, line: i32, column: i32): bool {
  const top = min(high * kind.high, task.height - kind.high);
  if (line < top || line >= top + kind.high + kind.rows - 1) return false;
  const gap = kind.widthGap;
  const reach = kind.wide * gap;
  const left = min((wide / gap) * reach, task.width - reach) + (wide % gap);
  const step = column - left;
  return step >= 0 && step % gap == 0 && step / gap < kind.wide + kind.columns - 1;
}

/**
 * Sets random inputs to values that are not finite, one per run; every input is read by an output. Only the workspace that reads it must
 * report that, and mark the panels of the tiles that read it.
 */
function flags(kind: Kind): void {
  for (let i = 0; i < 40; i++) {
    const problem = new Problem(kind, new Form(2, 1, 1, 6, 13), 4, 0);
    const task = problem.task;
    const rows = task.windowDepth / task.windowRow;
    const columns = task.windowRow >> 2;
    const image = below(2);
    const group = below(2);
    const line = below(rows);
    const column = below(columns);
    const at =
      task.window +
      image * task.windowImage +
      group * task.windowGroup +
      below(2) * task.windowChannel +
      line * task.windowRow +
      column * 4;
    store<f32>(at, i % 3 == 0 ? NaN : i % 3 == 1 ? Infinity : -Infinity);
    problem.pack();
    const workspaces = [problem.newWorkspace(), problem.newWorkspace()];
    // the items of the second group
    const middle = problem.items / 2;
    winograd(task, workspaces[1], middle, problem.items);
    winograd(task, workspaces[0], 0, middle);
    expect(workspaces[group].notFinite).toBe(1, `number ${i}`);
    expect(workspaces[1 - group].notFinite).toBe(0, `number ${i}, the other group`);
    // the panels of a group are counted through its images
    const tiles = problem.lines * problem.columns;
    for (let each = 0; each < 2; each++) {
      for (let panel = 0; panel < problem.panels; panel++) {
        let reads = false;
        for (let tile = panel * 8; tile < min(panel * 8 + 8, 2 * tiles); tile++) {
          const place = tile % tiles;
          const isThere = each == group && tile / tiles == image;
          if (
            isThere &&
            readsInput(kind, task, place / problem.columns, place % problem.columns, line, column)
          )
            reads = true;
        }
        expect(problem.isMarked(each, panel)).toBe(reads, `number ${i}, group ${each}, panel ${panel}`);
      }
    }
    expect(releaseAll()).toBe(true);
  }
}

describe('winograd', () => {
  it('computes maps of any size with 3x3 taps', () => everySize(threes));
  it('computes maps of any size with 2x2 taps', () => everySize(twos));
  it('computes rows of any length with three taps', () => everySize(line));
  it('computes rows of any length with three taps apart', () => everySize(dilatedLine));
  it('computes maps of any size with 3x3 taps apart', () => {
    for (let i = 0; i < dilated.length; i++) everySize(dilated[i]);
  });

  it('computes every depth', () => {
    everyDepth(threes);
    everyDepth(twos);
    everyDepth(line);
    for (let i = 0; i < dilated.length; i++) everyDepth(dilated[i]);
  });

  it('computes every number of filters with 3x3 taps', () => everyFilter(threes));
  it('computes every number of filters with 2x2 taps', () => everyFilter(twos));
  it('computes every number of filters with three taps', () => everyFilter(line));
  it('computes every number of filters with 3x3 taps apart', () => everyFilter(dilated[0]));

  it('leaves out what short kernels are at infinity', () => {
    for (let i = 0; i < short.length; i++) {
      everyFilter(short[i]);
      everyDepth(short[i]);
      everySize(short[i]);
    }
  });

  it('computes columns of any length with three taps, apart or not', () => {
    everySize(column);
    everySize(dilatedColumn);
    everyDepth(column);
    everyFilter(dilatedColumn);
    everyChannel(column);
  });

  it('computes rows and columns of any length by eight points', () => {
    for (let i = 0; i < eights.length; i++) {
      everySize(eights[i]);
      everyDepth(eights[i]);
      everyFilter(eights[i]);
      everyChannel(eights[i]);
    }
  });

  it('computes every number of channels', () => {
    everyChannel(threes);
    everyChannel(twos);
    everyChannel(line);
    everyChannel(dilated[0]);
  });

  it('gives the same bits however workspaces share the items', () => {
    expect(same(threes)).toBe(true);
    expect(same(twos)).toBe(true);
    expect(same(dilatedLine)).toBe(true, 'dilated line');
    expect(same(column)).toBe(true, 'column');
    expect(same(dilatedColumn)).toBe(true, 'dilated column');
    for (let width = 1; width <= 5; width++) expect(same(column, width)).toBe(true, 'narrow column');
    for (let i = 0; i < dilated.length; i++) expect(same(dilated[i])).toBe(true);
    for (let i = 0; i < eights.length; i++) {
      for (let width = 25; width <= 30; width++)
        expect(same(eights[i], width)).toBe(true, `eight points, number ${i}, width ${width}`);
    }
  });

  it('sets the flag for a number that is not finite', () => {
    flags(threes);
    flags(twos);
    flags(line);
    flags(dilatedLine);
    flags(column);
    flags(eights[0]);
    flags(eights[4]);
    flags(new Kind(EIGHT_POINTS, 1, 1, 2, false, 5));
    flags(new Kind(EIGHT_POINTS_HIGH, 1, 1, 1, false, 3));
  });
});
