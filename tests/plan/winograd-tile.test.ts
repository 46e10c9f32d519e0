// The tiles of Winograd's algorithm: that they cover the map and lie in it, and which one is taken.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Slice, startsIn } from '#src/geometry/slice.js';
import type { Workload } from '#src/plan/algorithms/algorithm.js';
import { cheapestTile, tilesAlong } from '#src/plan/algorithms/winograd-tile.js';
import { elementsOf } from '#src/plan/tap-sets.js';
import { type AxisKernels, tapsInKernels } from '#src/plan/transform-kernels.js';
import { evenly, planOfLine } from '../helpers/plans.js';

/** Staged positions of one residue. */
const windowLength = ({ staged }: Slice, stride: number, dilation: number, kernel: number): number => {
  const residues = new Set(Array.from({ length: kernel }, (_, k) => (k * dilation) % stride));
  return staged / residues.size;
};

/** The taps of each kernel of an axis, -1 where it has none. */
const kernelsOf = (kernels: AxisKernels): number[][] => {
  const table = [...tapsInKernels(kernels)];
  return Array.from({ length: kernels.count }, (_, i) =>
    table.slice(i * kernels.taps, (i + 1) * kernels.taps),
  );
};

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
              products: 2 ** 30,
              depth: size,
              height: size + 9,
              width: size + 12,
            },
            spacings: [evenly(taps, gap), evenly(3, gap), evenly(taps + 2, gap)],
            classes: 1,
            share: 1,
            sizes: [size, size + 9, size + 12],
            mapBytes: 0,
            meeting: [1, 1, 1],
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
          const [depth] = tile.outputs;
          assert.ok(tile.depthAtOnce <= Math.min(7, depth));
          const computed = (atOnce: number) => atOnce * Math.ceil(depth / atOnce);
          assert.ok(depth < 4 || computed(tile.depthAtOnce) <= computed(4));
        }
      }
    }
    assert.ok(found > 80, `${found} tiles`);
  });

  it('is one of 4x4 outputs for 3x3 taps, dilated or not', () => {
    for (const line of ['n1 g1 c16 f16 i28x28 k3x3 p1x1', 'n1 g1 c16 f16 i28x28 k3x3 p2x3 d2x3']) {
      assert.equal(tileOf(line)?.transform.name, 'F(4x4, 3x3)');
    }
    assert.deepEqual(tileOf('n1 g1 c16 f16 i28x28 k3x3 p2x3 d2x3')?.gaps, [1, 2, 3]);
    // a step that divides the dilation leaves neighbours of the staged window
    assert.deepEqual(tileOf('n1 g1 c16 f16 i28x28 k3x3 s2x2 p2x2 d2x2')?.gaps, [1, 1, 1]);
  });

  it('takes the height for the depth where few filters share many rows of taps', () => {
    const tile = tileOf('n64 g1 c16 f6 i10x10 k5x5 p4x4');
    assert.equal(tile?.transform.name, 'F(4, 5) along the width');
    assert.deepEqual([tile.planes, tile.outputs, tile.depthAtOnce], [5, [14, 1, 4], 7]);
    assert.equal(tileOf('n64 g1 c64 f64 i10x10 k5x5 p4x4')?.planes, 1);
  });

  it('takes the height for the depth also of upsampled inputs, with all classes of outputs together', () => {
    const planesOf = (line: string) => {
      const { tile, classes } = planOfLine(line);
      return [tile?.transform.name, tile?.planes, classes];
    };
    // even rows of outputs have three rows of taps, and get a fourth
    assert.deepEqual(planesOf('T n1 g1 c64 f3 i112x112 k7x7 s2x2 p3x3'), ['F(5, 4) along the width', 4, 4]);
    assert.deepEqual(planesOf('T n1 g1 c32 f1 i56x56 k10x10 s3x3 p3x3'), ['F(5, 4) along the width', 4, 9]);
    // the depth of a volume keeps its classes apart
    assert.equal(planOfLine('T n1 g1 c32 f16 i16x16x16 k4x4x4 s2x2x2 p1x1x1').classes, 4);
  });

  it('takes larger kernels in several, of two to five taps, whichever fit best', () => {
    const taps = (line: string) => tileOf(line)?.kernels.map((own) => own?.taps ?? 1);
    assert.deepEqual(taps('n1 g1 c64 f64 i28x28 k5x5 p2x2'), [1, 3, 3]);
    assert.deepEqual(taps('T n1 g1 c64 f3 i32x32 k4x4 s2x2 p1x1'), [1, 2, 2]);
    assert.deepEqual(taps('T n1 g1 c16 f16 i28x28 k12x12 s2x2 p5x5'), [1, 3, 3]);
    assert.deepEqual(taps('T n1 g1 c64 f64 i16x16 k5x5 s2x2 p2x2'), [1, 3, 3]);
    assert.deepEqual(taps('n1 g1 c64 f64 i512 k11 p15 d3'), [1, 1, 4]);
    assert.deepEqual(taps('n1 g1 c64 f64 i28x28 k7x1 p3x0'), [1, 4, 1]);
    const { tapSets, tile } = planOfLine('n1 g1 c2 f2 i16 k7 p3', { algorithm: 'winograd' });
    // the first kernels are short, so that the last ends with the taps
    assert.deepEqual([...elementsOf(tapSets[0], tile!, 1)], [0, 1, -1, 2, 3, -1, 4, 5, 6]);
  });

  it('gives taps without a kernel element to classes of outputs with fewer taps', () => {
    const elements = (line: string) => {
      const { tapSets, tile, classes } = planOfLine(line, { algorithm: 'winograd' });
      assert.deepEqual([tapSets.length, tapSets[0].classes.length], [1, classes]);
      return tapSets[0].classes.map(({ first }, i) =>
        elementsOf(tapSets[0], tile!, 1)
          .slice(i * tapSets[0].taps, (i + 1) * tapSets[0].taps)
          .map((element) => (element < 0 && element > -2 ? null : first + element)),
      );
    };
    // elements 4, 2, 0 for even outputs, and 3, 1 for odd ones, which read one input less
    assert.deepEqual(elements('T n1 g1 c64 f64 i512 k5 s2 p2'), [
      [4, 2, 0],
      [null, 3, 1],
    ]);
  });

  it('has eight points along one axis where that takes fewer products', () => {
    const along = (line: string) => {
      const { kernels, transform } = tileOf(line)!;
      return [transform.name, ...kernels.flatMap((own) => (own ? kernelsOf(own) : []))];
    };
    assert.deepEqual(along('n1 g1 c64 f64 i512 k3 p1'), ['F(6, 3) along the width', [0, 1, 2]]);
    assert.deepEqual(along('n1 g1 c64 f64 i512 k2'), ['F(6, 3) along the width', [0, 1, -1]]);
    assert.deepEqual(along('n1 g1 c64 f64 i28x28 k4x1'), ['F(5, 4) along the height', [0, 1, 2, 3]]);
    assert.deepEqual(along('n1 g1 c64 f64 i512 k5 d3'), ['F(4, 5) along the width', [0, 1, 2, 3, 4]]);
    assert.deepEqual(along('n1 g1 c64 f64 i512 k7'), [
      'F(5, 4) along the width',
      [0, 1, 2, -1],
      [3, 4, 5, 6],
    ]);
    // too short for six outputs
    assert.equal(tileOf('n1 g1 c64 f64 i5 k3 p1')?.transform.name, 'F(4, 3) along the width');
  });

  it('takes the taps of each residue of a step for themselves, and short kernels where they are no multiple', () => {
    const along = (line: string) => kernelsOf(tileOf(line)!.kernels[2]!);
    assert.deepEqual(along('n1 g1 c64 f64 i512 k4 s2 p1'), [
      [0, 2, -1],
      [1, 3, -1],
    ]);
    assert.deepEqual(along('n1 g1 c64 f64 i512 k7 s2 p3'), [
      [1, 3, 5, -1],
      [0, 2, 4, 6],
    ]);
    // the middle tap meets the last inputs of its residue, and reads those before them too
    assert.deepEqual(along('n1 g1 c64 f64 i512 k3 s2 p1'), [
      [0, 2, -1],
      [-1, 1, -1],
    ]);
  });

  it('has every tap once, and reads beside the window at most one number, for a short kernel', () => {
    let found = 0;
    for (let kernel = 1; kernel <= 9; kernel++) {
      for (let stride = 1; stride <= 4; stride++) {
        for (let dilation = 1; dilation <= 3; dilation++) {
          for (const axis of [1, 2]) {
            const sizes = Object.entries({ k: kernel, s: stride, d: dilation });
            const along = sizes.map(([name, n]) => ` ${name}${axis === 1 ? `${n}x1` : `1x${n}`}`);
            const line = `n1 g1 c64 f64 i90x91${along.join('')}`;
            const plan = planOfLine(line);
            if (!plan.tile) continue;
            found++;
            const [slice] = plan.slices[axis];
            const own = kernelsOf(plan.tile.kernels[axis]!);
            assert.deepEqual(
              own
                .flat()
                .filter((tap) => tap >= 0)
                .sort((p, q) => p - q),
              [...Array(kernel).keys()],
              line,
            );
            const gap = plan.tile.gaps[axis];
            const starts = startsIn(slice, 0);
            for (const taps of own) {
              const at = taps.findIndex((tap) => tap >= 0);
              const first = starts[taps[at]] - at * gap;
              const needed = taps.length - +(taps.at(-1) === -1) - 1;
              const last = first + needed * gap + slice.count - 1;
              const residue = Math.floor(first / windowLength(slice, stride, dilation, kernel));
              assert.ok(first >= 0, `${line}: ${taps} begin at ${first}`);
              assert.equal(
                Math.floor(last / windowLength(slice, stride, dilation, kernel)),
                residue,
                `${line}: ${taps}`,
              );
            }
          }
        }
      }
    }
    assert.ok(found > 50, `${found} tiles`);
  });

  it('lies inside every block, however many rows are left for the last one', () => {
    const blocks = new Map<string, number>();
    for (let height = 300; height < 340; height++) {
      for (const line of [
        `n1 g1 c16 f32 i${height}x463 k3x3`,
        `n1 g1 c16 f4 i${height}x463 k3x3 p2x2 d2x2`,
        `n1 g1 c32 f64 i${height}x463 k5x5 s2x2`,
        `n1 g1 c256 f256 i${height}x455 k3x3`,
        `T n1 g1 c16 f4 i${height}x463 k4x4 s2x2 p1x1`,
        `n1 g1 c64 f64 i${1000 * height + 1} k3`,
      ]) {
        const { tile, slices, blocks: count } = planOfLine(line);
        assert.ok(tile, line);
        if (/k3x3/.test(line)) assert.equal(tile.transform.name, 'F(4x4, 3x3)', line);
        if (count > 1) blocks.set(line.slice(0, 8), 1 + (blocks.get(line.slice(0, 8)) ?? 0));
        for (const [axis, list] of slices.entries()) {
          const least = tile.outputs[axis] * tile.gaps[axis];
          for (const slice of list) assert.ok(slice.count >= least, `${slice.count} outputs: ${line}`);
        }
      }
    }
    assert.ok(blocks.size >= 5, [...blocks].join('; '));
  });

  it('is one along the width where the map is too low, or dilated taps would reach far beyond it', () => {
    for (const line of ['n1 g1 c16 f16 i3x28 k3x3 p1x1', 'n1 g1 c64 f64 i9x64 k3x3 p2x1 d2x1']) {
      assert.match(tileOf(line)?.transform.name ?? '', /along the width/);
    }
  });

  it('is the one whose last panel is at most half full, if filters are in pairs of five', () => {
    // 7x7 outputs are four tiles of 4x4, or fourteen of four in a row
    assert.equal(tileOf('n1 g1 c192 f224 i7x7 k3x3 p1x1')?.transform.name, 'F(4x4, 3x3)');
    // no pair: twelve filters are three tiles of four
    assert.equal(tileOf('n1 g1 c400 f12 i8x8 k3x3 p1x1')?.transform.name, 'F(4, 3) along the width');
    // four tiles of 4x4 wait for their weights, six of six in a row read fewer
    assert.equal(tileOf('n1 g1 c384 f384 i8x8 k3x3')?.transform.name, 'F(6, 3) along the width');
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
