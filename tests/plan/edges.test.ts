// Every algorithm of the kernel table at every edge of its tile: one filter and one pixel up to just over two tiles.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tensor } from 'convnd';
import { algorithms } from '#src/plan/choice.js';
import { ROW_PIXELS, TILE_PIXELS } from '#src/shared/sizes.js';
import { problemLayer } from '../helpers/build.js';
import { assertSame, assertTransformed } from '../helpers/compare.js';
import { parseLine, problemLine } from '../helpers/lines.js';
import { integers } from '../helpers/numbers.js';
import { unlessUnable } from '../helpers/takes.js';
import {
  inputShape,
  outputShape,
  outputSizes,
  type Problem,
  product,
  reference,
  weightShape,
} from '../reference/reference.js';

/**
 * One of each kind of layer a row may be made for. Groups, channels and filters of a group, and the length of the last
 * axis are filled in; the other axes stay. A row refuses what it cannot do, but must take some.
 */
const kinds = {
  pointwise: 'i1 k1',
  'three taps': 'i1 k3 p1',
  'four taps, stride 2': 'i1 k4 s2 p1 d2',
  '3x3': 'i2x1 k3x3 p1x1',
  '3x3 of 4 to 9 rows': 'i4x1 k3x3 p1x1',
  '3x3, stride 2': 'i5x1 k3x3 s2x2 p1x1',
  '5x5': 'i6x1 k5x5 p2x2',
  '3x3x3': 'i2x4x1 k3x3x3 p1x1x1',
  'pointwise plane': 'i3x1 k1x1',
  '5x3, stride 2': 'i5x1 k5x3 s2x2 p2x1',
  '3x3 reflected': 'i3x1 k3x3 p1x1 reflect',
  'transposed three taps': 'T i1 k3 s1 p1',
  'transposed 4x4, stride 2': 'T i2x1 k4x4 s2x2 p1x1',
  'transposed 3x2, stride 3': 'T i2x1 k3x2 s3x3 o1x2',
};

/** Rows that sum other products than the definition, and so round integers too. */
const transformed = new Set(['winograd']);

const guard = 12345.678;
const margin = 16;

/** Runs the layer with the row forced, into the middle of a buffer that is filled before. Returns false if refused. */
function runs(p: Problem, name: string, bias: boolean): boolean {
  const line = `${name}: "${problemLine(p)}"`;
  const x = integers(product(inputShape(p)), 1);
  const weight = integers(product(weightShape(p)), 2);
  const offsets = bias ? integers(p.filters, 3) : null;
  const shape = outputShape(p);
  const size = product(shape);
  const whole = new Float32Array(size + 2 * margin).fill(guard);
  const out = tensor(whole.subarray(margin, margin + size).fill(Number.NaN), shape);

  const layer = problemLayer(p, bias);
  layer.loadStateDict({
    weight: tensor(weight, weightShape(p)),
    ...(offsets && { bias: tensor(offsets, [p.filters]) }),
  });
  layer.algorithm = name;
  try {
    const y = unlessUnable(() => layer.forward(tensor(x, inputShape(p)), { out }));
    if (y === undefined) return false;
  } catch (error) {
    throw new Error(line, { cause: error });
  } finally {
    layer.dispose();
  }
  const wanted = reference(p, x, weight, offsets);
  if (transformed.has(name)) assertTransformed(out.data, wanted, line);
  else assertSame(out.data, wanted.output, line);
  const around = [...whole.subarray(0, margin), ...whole.subarray(margin + size)];
  assertSame(around, Array(2 * margin).fill(Math.fround(guard)), `${line}, around the output`);
  return true;
}

/** The problem of that kind whose last axis has `pixels` outputs, or one more or less where the stride skips it. */
function problemOf(
  kind: string,
  groups: number,
  channels: number,
  filters: number,
  pixels: number,
): Problem | null {
  const p = parseLine(kind);
  p.groups = groups;
  p.channels = groups * channels;
  p.filters = groups * filters;
  const last = p.input.length - 1;
  if (p.input[last - 1] === 4) p.input[last - 1] += (filters + pixels) % 6;
  for (p.input[last] = 1; p.input[last] < 8 * pixels + 8; p.input[last]++) {
    const size = outputSizes(p)[last];
    if (p.mode === 'reflect' && p.input[last] < 2) continue;
    if (size === pixels) return p;
    if (size > pixels) break;
  }
  return null;
}

describe('the kernel table', () => {
  it('has five rows with tiles of whole sizes', () => {
    const names = algorithms.map(({ name }) => name);
    assert.deepEqual(names, ['inside', 'depthwise', 'winograd', 'direct', 'gemm']);
    for (const algorithm of algorithms) {
      const [filters] = algorithm.filterTiles(20, 100);
      assert.ok(Number.isInteger(filters) && filters > 0, algorithm.name);
    }
  });

  it('refuses a name that it does not have', () => {
    const layer = problemLayer(parseLine('n1 c1 f1 i3 k1'), true);
    for (const [name, shown] of [
      ['magic', "'magic'"],
      [7, '7'],
      [null, 'null'],
    ] as const)
      assert.throws(() => Object.assign(layer, { algorithm: name }), {
        name: 'RangeError',
        message: `algorithm: expected one of inside, depthwise, winograd, direct, gemm, got ${shown} [${layer}]`,
      });
    assert.equal(layer.algorithm, undefined);
    assert.equal(layer.forward([[[1, 2, 3]]]).data.length, 3);
  });
});

for (const algorithm of algorithms) {
  const { name } = algorithm;
  const [filters] = algorithm.filterTiles(20, 100);
  // the longest tile of a row's variants
  const pixels = name === 'direct' || name === 'depthwise' ? ROW_PIXELS : TILE_PIXELS;
  describe(`${name}, tile ${filters}x${pixels}`, () => {
    let taken = 0;
    for (const [title, kind] of Object.entries(kinds)) {
      for (const groups of [1, 2, 3]) {
        it(`${title}, ${groups} ${groups === 1 ? 'group' : 'groups'}`, () => {
          for (let f = 1; f <= 2 * filters + 1; f++) {
            for (let q = 1; q <= 2 * pixels + 1; q++) {
              // One channel in a group now and then: with one filter that is a depthwise layer.
              const p = problemOf(kind, groups, [1, 3, 2][(f * groups + q) % 3], f, q);
              if (p && runs(p, name, (f + q) % 2 === 0)) taken++;
            }
          }
        });
      }
    }

    it('many groups of one channel and one filter', () => {
      for (const kind of Object.values(kinds)) {
        for (let groups = 1; groups <= 2 * filters + 1; groups++) {
          for (let q = 1; q <= 2 * pixels + 1; q++) {
            const p = problemOf(kind, groups, 1, 1, q);
            if (p && runs(p, name, q % 2 === 0)) taken++;
          }
        }
      }
    });

    it('takes some of these', () => assert.ok(taken > 0, `${taken} of them`));
  });
}

describe('depthwise, maps of one long row', () => {
  for (const kind of [
    'k3 p1',
    'k3 p8 d8',
    'k2 p1',
    'k4 p17 d3 circular',
    'k5 p4 reflect',
    'T k3 s1 p0',
    'k3',
  ]) {
    it(kind, () => {
      // windows of their own at the ends from some width on, and every width of the last sixteen outputs
      for (let size = 120; size <= 320; size++) {
        const p = parseLine(
          `${kind.startsWith('T') ? 'T ' : ''}n2 g2 c2 f4 i${size} ${kind.replace('T ', '')}`,
        );
        assert.ok(runs(p, 'depthwise', true));
      }
    });
  }
});
