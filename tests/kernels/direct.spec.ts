// Direct, by register tiles and by rows, compared with the sums.

import { direct, directRows } from '../../assembly/schedule/direct';
import { DirectTask, Workspace } from '../../src/shared/task';
import { below, releaseAll } from './memory';
import { inParts } from './parts';
import { Form, GROUPS, prepare } from './products';
import { IMAGES, Sum, sameBits, wrongOutput } from './sums';
import { divide, Tiles, tilesFor } from './tiles';

/** Workspaces; the entry uses nothing of them. */
const workspaces: Workspace[] = [new Workspace(), new Workspace()];

function itemsOf(task: DirectTask): i32 {
  return IMAGES * GROUPS * task.depth * task.height * max(1, task.width / task.piece);
}

function check(task: DirectTask, sum: Sum): string {
  let wrong = wrongOutput(task, sum);
  if (!releaseAll()) wrong = 'a store beside a block';
  if (wrong == '') return '';
  return (
    `${task.filters} filters in ${task.filterTiles} tiles of ${task.packedFilters}, ${task.terms} terms, ` +
    `${task.depth} x ${task.height} x ${task.width} pixels: ${wrong}`
  );
}

/** Computes by register tiles, which cover the filters exactly. */
function run(form: Form, tiles: Tiles, parts: i32): string {
  const task = new DirectTask();
  task.stretch = 16 * (1 + below(2));
  task.piece = 16;
  task.ahead = below(3) * 24;
  const sum = prepare(task, form, tiles.packed, tiles, max(1, form.taps * form.channels), true);
  inParts<DirectTask>(direct, task, workspaces, itemsOf(task), parts);
  return check(task, sum);
}

/** Computes one or two filters at a time. */
function runRows(form: Form, filters: i32, parts: i32): string {
  const task = new DirectTask();
  task.stretch = 16 * (1 + below(2));
  task.piece = 16;
  task.ahead = below(3) * 24;
  const sum = prepare(task, form, filters, divide(0, 0, 0, filters), max(1, form.taps * form.channels), true);
  inParts<DirectTask>(directRows, task, workspaces, itemsOf(task), parts);
  return check(task, sum);
}

describe('direct', () => {
  it('computes every mix of filter tiles, and every number of pixels around a tile', () => {
    for (let tiles = 1; tiles <= 3; tiles++) {
      for (let fives = 0; fives <= tiles; fives++) {
        for (let width = 8; width <= 50; width++) {
          for (let rest = 3; rest <= 4; rest++) {
            const filters = 5 * fives + rest * (tiles - fives);
            expect(run(new Form(2, 1, 1, width), tilesFor(filters, fives, rest), 1)).toBe('');
          }
        }
      }
    }
  });

  it('computes maps of any form', () => {
    for (let channels = 0; channels <= 4; channels++) {
      for (let i = 0; i < 40; i++) {
        const fives = below(2);
        const rest = 3 + below(2);
        const filters = 5 * fives + rest * (1 + below(2));
        const form = new Form(channels, 1 + below(2), 1 + below(4), 8 + below(60));
        expect(run(form, tilesFor(filters, fives, rest), 1 + below(4))).toBe('');
      }
    }
  });

  it('gives the same bits however workspaces share the items', () => {
    const task = new DirectTask();
    task.stretch = 16 * (1 + below(2));
    task.piece = 16;
    const sum = prepare(task, new Form(20, 2, 5, 41), 13, tilesFor(13, 1, 4), 40, false);
    direct(task, workspaces[0], 0, itemsOf(task));
    const once = task.target;
    task.target = <i32>sum.target.empty();
    inParts<DirectTask>(direct, task, workspaces, itemsOf(task), 7);
    expect(sameBits(sum, once, task.target)).toBe(true);
    expect(releaseAll()).toBe(true);
  });
});

describe('directRows', () => {
  it('computes one, two and three filters, in rows of sixteen and more', () => {
    for (let filters = 1; filters <= 3; filters++) {
      for (let width = 16; width <= 40; width++) {
        expect(runRows(new Form(2, 2, 2, width), filters, 1 + below(3))).toBe('');
      }
    }
  });

  it('computes three terms, whose weights stay in registers', () => {
    for (let channels = 1; channels <= 3; channels += 2) {
      for (let width = 16; width <= 40; width++) {
        const form = new Form(channels, 2, 2, width);
        form.taps = 3 / channels;
        expect(runRows(form, 1 + below(3), 1 + below(3))).toBe('');
      }
    }
  });

  it('computes maps of any form', () => {
    for (let channels = 0; channels <= 4; channels++) {
      for (let i = 0; i < 20; i++) {
        const form = new Form(channels, 1 + below(2), 1 + below(4), 16 + below(60));
        expect(runRows(form, 1 + below(3), 1 + below(4))).toBe('');
      }
    }
  });

  it('gives the same bits however workspaces share the items', () => {
    const task = new DirectTask();
    task.stretch = 16 * (1 + below(2));
    task.piece = 16;
    const sum = prepare(task, new Form(20, 2, 5, 51), 2, divide(0, 0, 0, 2), 40, false);
    directRows(task, workspaces[0], 0, itemsOf(task));
    const once = task.target;
    task.target = <i32>sum.target.empty();
    inParts<DirectTask>(directRows, task, workspaces, itemsOf(task), 7);
    expect(sameBits(sum, once, task.target)).toBe(true);
    expect(releaseAll()).toBe(true);
  });
});
