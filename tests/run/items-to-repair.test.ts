// The items of direct sums that cover marked panels of a transform, against a list of the outputs of each tile.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { present } from '#src/core/errors.js';
import type { PerAxis } from '#src/geometry/axis.js';
import { largest } from '#src/geometry/slice.js';
import type { Plan } from '#src/plan/plan.js';
import { itemsToRepair } from '#src/run/items-to-repair.js';
import { planOfLine } from '../helpers/plans.js';

/** Tiles of a panel, and outputs of an item. */
const EIGHT = 8;

function planned(line: string) {
  const plan = planOfLine(line, { algorithm: 'winograd' });
  const tile = present(plan.tile, `tile for ${line}`);
  return { plan, tile, images: plan.images, counts: largest(plan.slices, ({ count }) => count) };
}

/** The outputs along an axis of each tile in turn: as many as the tile has, `gap` apart, the last ones moved back inside of the axis. */
function tilesOf(size: number, outputs: number, gap: number): number[][] {
  const tiles: number[][] = [];
  for (let begin = 0; begin < size; begin += outputs * gap) {
    const first = Math.min(begin, size - outputs * gap);
    for (let residue = 0; residue < gap; residue++)
      tiles.push(Array.from({ length: outputs }, (_, i) => first + residue + gap * i));
  }
  return tiles;
}

/** The outputs of each tile of a group, numbered through the maps of all images. */
function outputsOfTiles({ tile, images, counts }: ReturnType<typeof planned>): number[][] {
  const [depths, heights, widths] = counts.map((size, axis) =>
    tilesOf(size, tile.outputs[axis], tile.gaps[axis]),
  );
  const [depth, height, width] = counts;
  const all: number[][] = [];
  for (let image = 0; image < images; image++)
    for (const ds of depths)
      for (const hs of heights)
        for (const ws of widths)
          all.push(
            ds.flatMap((d) =>
              hs.flatMap((h) => ws.map((w) => ((image * depth + d) * height + h) * width + w)),
            ),
          );
  return all;
}

const listed = (marks: number[], given: { plan: Plan; images: number; counts: PerAxis }, parts = 1) =>
  itemsToRepair(Int32Array.from(marks), present(given.plan.tile, 'tile'), given, parts).flatMap(
    ({ first, count }) => Array.from({ length: count }, (_, i) => first + i),
  );

describe('items to repair', () => {
  it('are those with outputs of the eight tiles of a marked panel', () => {
    // 88 outputs in 15 tiles of six: those of the first eight are 0 ... 47
    const row = planned('n1 g1 c64 f64 i90 k3');
    assert.deepEqual(
      [row.tile.outputs, row.counts],
      [
        [1, 1, 6],
        [1, 1, 88],
      ],
    );
    assert.deepEqual(listed([1, 0], row), [0, 1, 2, 3, 4, 5]);
    assert.deepEqual(listed([0, 1], row), [6, 7, 8, 9, 10]);
    assert.deepEqual(listed([0, 0], row), []);
    // 4 rows of 64 outputs in 16 tiles of 4 x 4: of each row the first or the second half
    const rows = planned('n1 g1 c64 f64 i6x66 k3x3');
    const first = [0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27];
    assert.deepEqual(listed([1, 0], rows), first);
    assert.deepEqual(
      listed([0, 1], rows),
      first.map((item) => item + 4),
    );
  });

  it('are repeated for each part of the filters, in the group of the panel', () => {
    const given = planned('n1 g2 c128 f128 i90 k3');
    const items = [6, 7, 8, 9, 10];
    // eleven items a part, four parts
    assert.deepEqual(listed([0, 0, 0, 1], given, 2), [
      ...items.map((item) => 22 + item),
      ...items.map((item) => 33 + item),
    ]);
  });

  for (const line of [
    'n2 g2 c64 f64 i12x20 k3x3',
    'n1 g1 c64 f64 i90 k3 d2',
    'n1 g1 c64 f64 i16x90 k3x3 d2x2',
    'n2 g1 c64 f64 i8x9x30 k3x3x3',
    'n3 g1 c64 f64 i90x8 k7x1',
    'n2 g1 c32 f32 i20x20 k2x2',
    'n1 g1 c32 f32 i20x20x20 k3x3x3 d2x2x2',
    'T n1 g1 c64 f64 i30x30 k5x5 s2x2 p2x2 o1x1',
  ]) {
    it(`cover the outputs of each panel and no other items: ${line}`, () => {
      const given = planned(line);
      const tiles = outputsOfTiles(given);
      const { groups } = given.plan.convolution;
      const panels = Math.ceil(tiles.length / EIGHT);
      const perGroup = Math.ceil((given.images * given.counts.reduce((a, b) => a * b)) / EIGHT);
      for (let panel = 0; panel < groups * panels; panel++) {
        const marks = Array.from({ length: groups * panels }, (_, i) => Number(i === panel));
        const group = Math.floor(panel / panels);
        const first = EIGHT * (panel % panels);
        const outputs = tiles.slice(first, first + EIGHT).flat();
        const items = new Set(outputs.map((output) => group * perGroup + Math.floor(output / EIGHT)));
        assert.deepEqual(
          listed(marks, given),
          [...items].sort((a, b) => a - b),
          `panel ${panel}`,
        );
      }
    });
  }
});
