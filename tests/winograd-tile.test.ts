// The tiles of Winograd's algorithm: that they cover the map and lie in it, and which one is taken.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Workload } from '#src/plan/algorithms/algorithm.js';
import { cheapestTile, tilesAlong } from '#src/plan/algorithms/winograd.js';
import { elementsOf } from '#src/plan/tap-sets.js';
import { planOfLine } from './plans.js';

const tileOf = (line: string) => planOfLine(line, { algorithm: 'winograd' }).tile;

describe('the tile for a workload', () => {
  it('covers every axis, lies inside it, and leaves no output between its dilated ones', () => {
    let found = 0;
    for (const size of [1, 4, 7, 8, 13, 64, 65]) {
      for (const gap of [1, 2, 3, 5]) {
        for (const taps of [1, 2, 3, 5]) {
          const load: Workload = {
            ...{
              images: 1,
              channels: 3,
              filters: 5,
              terms: 27 * taps,
              depth: size,
              height: size + 9,
              width: size + 12,
            },
            spacings: [
              [taps, gap],
              [3, gap],
              [taps + 2, gap],
            ],
            classes: 1,
            sizes: [size, size + 9, size + 12],
            pagesApart: false,
          };
          const tile = cheapestTile(load)?.tile;
          if (!tile) continue;
          found++;
          const { sizes } = load;
          const counts = tilesAlong(tile, sizes);
          sizes.forEach((length, axis) => {
            const reach = tile.outputs[axis] * tile.gaps[axis];
            assert.ok(reach <= length, `${reach} of ${length} outputs`);
            assert.equal(counts[axis] % tile.gaps[axis], 0);
            assert.ok(counts[axis] * tile.outputs[axis] >= length);
          });
          assert.ok(tile.depthAtOnce <= Math.min(4, tile.outputs[0]));
        }
      }
    }
    assert.ok(found > 80, `${found} tiles`);
  });

  it('is one of 4x4 outputs for 3x3 taps, dilated or not', () => {
    for (const line of ['n1 g1 c16 f16 i28x28 k3x3 p1x1', 'n1 g1 c16 f16 i28x28 k3x3 p2x3 d2x3']) {
      assert.equal(tileOf(line)?.name, 'F(4x4, 3x3)');
    }
    assert.deepEqual(tileOf('n1 g1 c16 f16 i28x28 k3x3 p2x3 d2x3')?.gaps, [1, 2, 3]);
    // a step that divides the dilation leaves neighbours of the staged window
    assert.deepEqual(tileOf('n1 g1 c16 f16 i28x28 k3x3 s2x2 p2x2 d2x2')?.gaps, [1, 1, 1]);
  });

  it('takes larger kernels in several, of three taps or of two, whichever fits best', () => {
    const taps = (line: string) => tileOf(line)?.taps;
    assert.deepEqual(taps('n1 g1 c16 f16 i28x28 k5x5 p2x2'), [1, 3, 3]);
    assert.deepEqual(taps('n1 g1 c16 f16 i28x28 k4x4 p1x1'), [1, 2, 2]);
    assert.deepEqual(taps('T n1 g1 c16 f16 i28x28 k12x12 s2x2 p5x5'), [1, 3, 3]);
    assert.deepEqual(taps('n1 g1 c64 f64 i512 k11 p15 d3'), [1, 1, 3]);
    const { tapSets, tile } = planOfLine('n1 g1 c2 f2 i16 k5 p2', { algorithm: 'winograd' });
    // the tap that both have is the second one's
    assert.deepEqual([...elementsOf(tapSets[0], tile?.taps ?? [1, 1, 1], 1)], [0, 1, -1, 2, 3, 4]);
  });

  it('is one along the width where the map is too low, or dilated taps would reach far beyond it', () => {
    for (const line of ['n1 g1 c16 f16 i3x28 k3x3 p1x1', 'n1 g1 c64 f64 i9x64 k3x3 p2x1 d2x1']) {
      assert.equal(tileOf(line)?.name, 'F(4, 3) along the width');
    }
  });

  it('is as deep as the map for few channels, and of one output for wide layers and for odd taps along the depth', () => {
    assert.deepEqual(tileOf('n1 g1 c5 f5 i24x16x16 k3x3x3 p1x1x1')?.outputs, [24, 4, 4]);
    assert.deepEqual(tileOf('n1 g1 c5 f5 i24x16x16 k3x3x3 p2x1x1 d2x1x1')?.outputs, [12, 4, 4]);
    assert.deepEqual(tileOf('n1 g1 c64 f64 i24x16x16 k3x3x3 p1x1x1')?.outputs, [1, 4, 4]);
    assert.deepEqual(tileOf('n1 g1 c5 f5 i24x16x16 k3x3x3 s2x1x1 p1x1x1')?.outputs, [1, 4, 4]);
  });

  it('covers small maps by several columns, so that eight tiles fill a panel', () => {
    assert.deepEqual(tileOf('n1 g1 c5 f5 i64x8x8 k3x3x3 p1x1x1')?.outputs, [32, 4, 4]);
  });
});
