// Gemm compared with the sums, at every edge of a tile, in every order of work.

import { gemm } from '../../assembly/schedule/gemm';
import { GemmTask, Workspace } from '../../src/shared/task';
import { below, block, releaseAll } from './memory';
import { inParts } from './parts';
import { Form, GROUPS, prepare } from './products';
import { IMAGES, sameBits, wrongOutput } from './sums';
import { tilesFor } from './tiles';

function taskOf(termsAtOnce: i32, pixelTilesAtOnce: i32, filterTilesAtOnce: i32): GemmTask {
  const task = new GemmTask();
  task.images = IMAGES;
  task.termsAtOnce = termsAtOnce;
  task.pixelTilesAtOnce = pixelTilesAtOnce;
  task.pixelTilesAlong = 1 + below(pixelTilesAtOnce);
  task.filterTilesAtOnce = filterTilesAtOnce;
  return task;
}

function workspaceFor(task: GemmTask): Workspace {
  const workspace = new Workspace();
  workspace.panel = <i32>block(task.pixelTilesAtOnce * task.termsAtOnce * 8);
  workspace.spareTile = <i32>block(40);
  return workspace;
}

function itemsOf(task: GemmTask): i32 {
  return GROUPS * task.filterParts * ((IMAGES * task.depth * task.height * task.width + 7) / 8);
}

/** One problem, cut in one way, computed with two workspaces. Returns what is wrong, or an empty string. */
function run(task: GemmTask, form: Form, filters: i32, fives: i32, rest: i32, parts: i32): string {
  const tiles = tilesFor(filters, fives, rest);
  task.filterParts = 1 + below(tiles.count);
  const sum = prepare(task, form, filters, tiles, task.termsAtOnce, true);
  inParts<GemmTask>(gemm, task, [workspaceFor(task), workspaceFor(task)], itemsOf(task), parts);
  let wrong = wrongOutput(task, sum);
  if (!releaseAll()) wrong = 'a store beside a block';
  if (wrong == '') return '';
  return (
    `${filters} filters in ${task.filterTiles} tiles of ${task.packedFilters}, ${task.terms} terms by ${task.termsAtOnce}, ` +
    `${form.depth} x ${form.height} x ${form.width} pixels, ${task.pixelTilesAtOnce} pixel tiles and ` +
    `${task.filterTilesAtOnce} filter tiles at once, ${task.pixelTilesAlong} pixel tiles along, ${task.filterParts} of the filters, ${parts} of the items: ${wrong}`
  );
}

describe('gemm', () => {
  it('computes every number of filters and pixels around a tile', () => {
    for (let filters = 1; filters <= 11; filters++) {
      for (let fives = 0; fives <= (filters + 4) / 5; fives++) {
        for (let width = 1; width <= 17; width++) {
          for (let rest = 3; rest <= 4; rest++) {
            expect(run(taskOf(4, 2, 1), new Form(2, 1, 1, width), filters, fives, rest, 1)).toBe('');
          }
        }
      }
    }
  });

  it('computes maps of any form, so many terms at once', () => {
    for (let channels = 0; channels <= 4; channels++) {
      for (let termsAtOnce = 1; termsAtOnce <= 9; termsAtOnce += 2) {
        for (let i = 0; i < 20; i++) {
          const form = new Form(channels, 1 + below(2), 1 + below(4), 1 + below(12));
          const task = taskOf(termsAtOnce, 1 + below(4), 1 + below(4));
          expect(run(task, form, 1 + below(14), below(2), 3 + below(2), 1 + below(4))).toBe('');
        }
      }
    }
  });

  it('gives the same bits however workspaces share the items', () => {
    const task = taskOf(7, 3, 2);
    task.filterParts = 3;
    const sum = prepare(task, new Form(20, 2, 5, 9), 13, tilesFor(13, 1, 4), 7, false);
    gemm(task, workspaceFor(task), 0, itemsOf(task));
    const once = task.target;
    task.target = <i32>sum.target.empty();
    inParts<GemmTask>(gemm, task, [workspaceFor(task), workspaceFor(task)], itemsOf(task), 7);
    expect(sameBits(sum, once, task.target)).toBe(true);
    expect(releaseAll()).toBe(true);
  });
});
