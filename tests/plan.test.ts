// Plans: bytes that are bounded and are what the blocks take, the table of algorithms, the tiles.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { blockCount, blockOf, tableBytes } from '#src/block.js';
import { type AlgorithmName, algorithms, choose, filterTiles, type KernelShape } from '#src/kernels.js';
import { parseProblem } from '#src/line.js';
import { aligned, channelStride, least, most } from '#src/numbers.js';
import { type Plan, planOf } from '#src/plan.js';
import type { Slice } from '#src/slice.js';
import { problems } from './draws.js';
import { problemLine } from './lines.js';

/** What a block may take, beside a panel and what cache lines and odd strides add. */
const BLOCK = 24 << 20;

const plan = (line: string, hint?: AlgorithmName) => planOf(parseProblem(line), { algorithm: hint });

/** The most that any block takes of each kind of work space, from its slices. */
function used({ slices, images, problem, interleaved, choice }: Plan) {
  const [depths, heights, widths] = slices;
  const maps = images * problem.channels;
  const stagedMaps = choice.algorithm.item === 'map' ? 1 : maps;
  const most = { loaded: 0, staged: 0, target: 0, parts: 0 };
  for (const d of depths) {
    for (const h of heights) {
      for (const w of widths) {
        const product = (pick: (slice: Slice) => number) => pick(d) * pick(h) * pick(w);
        const copied = d.map !== null || h.map !== null || w.map !== null;
        const staged = copied ? stagedMaps * channelStride(product((slice) => slice.staged)) : 0;
        const part = 4 * images * problem.filters * product((slice) => slice.count);
        most.loaded = Math.max(most.loaded, 4 * maps * product((slice) => slice.loaded));
        most.staged = Math.max(most.staged, staged);
        most.target = Math.max(most.target, 4 * images * problem.filters * product((slice) => slice.stored));
        most.parts = Math.max(most.parts, interleaved ? w.counts.length * aligned(part) : 0);
      }
    }
  }
  return most;
}

/** Checks that a plan's bytes are those of its largest block, but for what alignment adds. */
function checkBytes(plan: Plan): void {
  const { bytes, line, problem, images } = plan;
  const spare = { loaded: 0, staged: 64 * images * problem.channels, target: 0, parts: 0 };
  for (const [kind, most] of Object.entries(used(plan)) as [keyof typeof spare, number][]) {
    assert.ok(bytes[kind] >= most, `${line}: ${kind} takes ${most}, planned are ${bytes[kind]}`);
    // a plan may count on a block that has the most along every axis, or a phase more than there are outputs
    if (kind !== 'parts') {
      assert.ok(bytes[kind] <= most + spare[kind], `${line}: ${kind} takes ${most} of ${bytes[kind]}`);
    }
  }
  const parts = [bytes.loaded, bytes.staged, bytes.target, bytes.parts, bytes.panel];
  const edge = bytes.scratch - parts.map(aligned).reduce((a, b) => a + b, 0);
  assert.ok(edge >= 5 * 8 * 4 + 64 && edge <= 64 << 10, `${line}: ${edge} bytes at the edge`);
}

describe('the bytes of a plan', () => {
  it('are those of its largest block', () => {
    fc.assert(
      fc.property(problems, (p) => {
        for (const { name } of algorithms) {
          try {
            checkBytes(plan(problemLine(p), name));
          } catch (error) {
            if (!/can't compute this/.test(String(error))) throw error;
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('are enough for slices of any length, multiples of 4096 bytes among them', () => {
    for (let length = 15000; length < 17100; length++) checkBytes(plan(`n1 g1 c400 f1 i${length} k3 p1`));
    for (let width = 1; width < 60; width++) {
      for (const padding of ['p1x1', 'p2x2 replicate'])
        checkBytes(plan(`n1 g1 c400 f1 i1001x${width} k3x3 ${padding}`));
    }
  });

  for (const line of [
    ...[1, 2, 4, 8, 16].map((d) => `n1 g1 c5 f5 i256x256x256 k3x3x3 p${d}x${d}x${d} d${d}x${d}x${d}`),
    'n1 g1 c3 f64 i4096x4096 k3x3 p1x1',
    'n1 g1 c64 f3 i4096x4096 k7x7 p3x3 d3x3',
    'n1 g1 c64 f64 i4096x4096 k3x3 s2x2 p1x1',
    'n1 g64 c64 f64 i4096x4096 k3x3 p1x1 reflect',
    'T n1 g1 c64 f3 i2048x2048 k4x4 s2x2 p1x1',
    'T n1 g1 c8 f8 i128x128x128 k4x4x4 s2x2x2 p1x1x1',
    'n1 g1 c1 f1 i10000000 k31 p15',
    'n1 g1 c1 f1 i10000000 k3 s5000',
    'n1 g1 c2 f2 i10000000 k3 p512 d512',
    'T n1 g1 c1 f1 i10000000 k2 s2',
    'n1 g1 c2048 f512 i200x200 k1x1',
    'n64 g1 c64 f64 i56x56 k3x3 p1x1',
    'n1 g1 c4 f4 i64x4000x4000 k3x3x3 p1x1x1 circular',
  ]) {
    it(`are bounded for ${line}`, () => {
      const large = plan(line);
      checkBytes(large);
      const { loaded, staged, target, parts, panel } = large.bytes;
      const total = loaded + staged + target + parts;
      assert.ok(blockCount(large) > 1, 'a single block');
      assert.ok(total <= BLOCK, `${total} bytes`);
      assert.ok(total > BLOCK / 16 || /s5000/.test(line), `only ${total} bytes a block`);
      // panels of products are for the second cache; a transform takes so many tiles that each weight is worth reading
      const { tile, tiles, subsets } = large;
      const terms = most([...subsets.values()].map((subset) => subset.terms));
      const tileBytes = tile ? 4 * tile.elements * (terms + tiles.rows + 2) : 0;
      assert.ok(panel <= Math.max(1 << 20, 64 * tileBytes), `${panel} bytes of panels`);
    });
  }
});

describe('the tables of a plan', () => {
  it('fit what is kept for them, in every block', () => {
    fc.assert(
      fc.property(problems, (p) => checkTables(plan(problemLine(p)))),
      { numRuns: 500 },
    );
    for (const line of [
      'n1 g1 c5 f5 i256x256x256 k3x3x3 p4x4x4 d4x4x4',
      'n1 g1 c1 f1 i3000000 k31 p15 reflect',
      'n1 g1 c2 f2 i3000x3000 k3x3 s2x2 p1x1',
      'T n1 g1 c64 f3 i1024x1024 k4x4 s2x2 p1x1',
    ]) {
      checkTables(plan(line));
    }
  });

  function checkTables(plan: Plan): void {
    for (let index = 0; index < blockCount(plan); index++) {
      const { words } = blockOf(plan, index, {
        tables: 64,
        scratch: 64,
        weights: 64,
        bias: 64,
        input: -1,
        output: -1,
      });
      assert.ok(
        4 * words.length <= tableBytes(plan),
        `${plan.line}: ${4 * words.length} of ${tableBytes(plan)}`,
      );
    }
  }
});

describe('the table of algorithms', () => {
  const usual = {
    channels: 8,
    filters: 64,
    terms: 72,
    depth: 1,
    height: 20,
    width: 30,
    square: 0,
    gap: 0,
  } as KernelShape;
  const shapes = [1, 3, 64].flatMap((channels) =>
    [1, 4, 10, 11, 64].flatMap((filters) =>
      [1, 4, 7, 30].flatMap((size) =>
        [0, 2, 3].flatMap((square) =>
          [0, 1, 3].map((gap) => ({
            ...usual,
            ...{ channels, filters, terms: 9 * channels, height: size, width: size, square, gap },
          })),
        ),
      ),
    ),
  );

  it('takes the first row that does not refuse, and says why the others do', () => {
    for (const shape of shapes) {
      const { algorithm, refused } = choose(shape);
      const before = algorithms.slice(0, algorithms.indexOf(algorithm));
      assert.deepEqual(
        refused,
        before.map((row) => ({ name: row.name, reason: row.unable(shape) ?? row.unwise(shape) })),
      );
      assert.equal(algorithm.unable(shape) ?? algorithm.unwise(shape), undefined);
    }
    assert.equal(new Set(shapes.map((shape) => choose(shape).algorithm)).size, algorithms.length);
  });

  it('has a last row that takes everything', () => {
    const last = algorithms[algorithms.length - 1];
    for (const shape of [
      ...shapes,
      { ...usual, channels: 0, terms: 0 },
      { ...usual, depth: 0, height: 0, width: 0 },
      { ...usual, channels: 4096, filters: 4096, terms: 4096 * 27, width: 1 << 20 },
    ]) {
      assert.equal(last.unable(shape) ?? last.unwise(shape), undefined);
    }
  });

  it('gives a hint its row, also where that is unwise', () => {
    for (const row of algorithms) {
      const able = shapes.filter((shape) => !row.unable(shape));
      assert.ok(able.length > 0);
      for (const shape of able) {
        assert.deepEqual(choose(shape, { algorithm: row.name }), { algorithm: row, refused: [] });
      }
    }
  });

  it('leaves winograd out where that is wished', () => {
    for (const shape of shapes) {
      const { algorithm, refused } = choose(shape, { winograd: 'never' });
      assert.notEqual(algorithm.name, 'winograd');
      assert.deepEqual(choose(shape, { winograd: 'auto' }), choose(shape));
      const never = refused.find(({ name }) => name === 'winograd');
      if (never) assert.equal(never.reason, 'switched off');
    }
  });

  it('refuses a hint that there is no row for, or whose row is unable', () => {
    assert.throws(() => choose(usual, { algorithm: 'fft' as AlgorithmName }), {
      name: 'RangeError',
      message: `no algorithm 'fft', there are ${algorithms.map(({ name }) => name).join(', ')}`,
    });
    assert.throws(() => choose({ ...usual, width: 7 }, { algorithm: 'direct' }), {
      name: 'RangeError',
      message: "algorithm 'direct' can't compute this: rows of 7 outputs are shorter than a tile of 8",
    });
    assert.throws(() => plan('n1 g1 c4 f4 i9 k3', 'direct'), RangeError);
    assert.throws(() => plan('n1 g1 c4 f4 i9x9 k3x3 s2x2', 'winograd'), RangeError);
    assert.throws(() => plan('n1 g1 c4 f4 i9x9 k3x3', 'depthwise'), RangeError);
  });
});

describe('filter tiles', () => {
  it('cover 1 ... 200 filters exactly, with as few tiles as can be; one or two may share a tile of three', () => {
    for (const algorithm of algorithms) {
      for (let filters = 1; filters <= 200; filters++) {
        const { fives, fours, threes, ones, rows } = filterTiles(filters, algorithm);
        assert.ok([fives, fours, threes, ones].every((count) => count >= 0));
        assert.equal(rows, 5 * fives + 4 * fours + 3 * threes + ones);
        if (ones > 0) assert.equal(ones, filters, 'tiles of one row go alone');
        else {
          assert.equal(rows, Math.max(3, filters), `${filters} filters`);
          assert.equal(fives + fours + threes, fewestTiles(rows), `${filters} filters`);
        }
      }
    }
  });

  function fewestTiles(filters: number): number {
    const counts = [0];
    for (let n = 1; n <= filters; n++) {
      counts.push(1 + Math.min(...[5, 4, 3].map((rows) => counts[n - rows] ?? Number.POSITIVE_INFINITY)));
    }
    return counts[filters];
  }
});

describe('numbers', () => {
  it('a channel keeps off the cache set of the one before, at the cost of a line', () => {
    for (let elements = 1; elements < 5000; elements++) {
      const stride = channelStride(elements);
      assert.ok(stride % 4096 !== 0 && stride >= 4 * elements && stride <= 4 * elements + 64);
    }
    assert.deepEqual([0, 1, 64, 65].map(aligned), [0, 64, 64, 128]);
  });

  it('the extremes of lists of any length', () => {
    const long = Array.from({ length: 1_000_000 }, (_, i) => ((i + 1) * 7919) % 1_000_003);
    const sorted = Float64Array.from(long).sort();
    assert.deepEqual([most(long), least(long)], [sorted[sorted.length - 1], sorted[0]]);
  });
});
