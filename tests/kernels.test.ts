// The table of algorithms, and the tiles that filters are divided among.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type AlgorithmName, algorithms, choose, filterTiles, type KernelShape } from '#src/plan/choice.js';
import { planOf } from '#src/plan/plan.js';
import { parseProblem } from '#src/problem/line.js';

describe('the table of algorithms', () => {
  const usual = {
    channels: 8,
    filters: 64,
    terms: 72,
    depth: 1,
    height: 20,
    width: 30,
    spacings: [
      [1, 1],
      [3, 1],
      [3, 1],
    ],
    classes: 1,
    sizes: [1, 20, 30],
  } as const satisfies KernelShape;
  const shapes: KernelShape[] = [1, 3, 64].flatMap((channels) =>
    [1, 4, 10, 11, 64].flatMap((filters) =>
      [1, 4, 7, 30].flatMap((size) =>
        ([0, 2, 3] as const).flatMap((high) =>
          ([0, 2, 3] as const).flatMap((wide) =>
            ([1, 3] as const).map((gap) => ({
              ...usual,
              ...{
                channels,
                filters,
                terms: 9 * channels,
                height: size,
                width: size,
                sizes: [1, size, size] as const,
              },
              spacings: [
                [1, 1],
                [high, high && gap],
                [wide, wide && gap],
              ] as const,
            })),
          ),
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
    for (const [line, algorithm] of [
      ['n1 g1 c4 f4 i9 k3', 'direct'],
      ['n1 g1 c4 f4 i9x9 k3x3 s2x2', 'winograd'],
      ['n1 g1 c4 f4 i9x9 k3x3', 'depthwise'],
    ] as const) {
      assert.throws(() => planOf(parseProblem(line), { algorithm }), RangeError);
    }
  });
});

describe('filter tiles', () => {
  it('cover 1 ... 200 filters exactly, with as few tiles as can be; one or two may share a tile of three', () => {
    for (const algorithm of algorithms) {
      for (let filters = 1; filters <= 200; filters++) {
        const tiles = filterTiles(filters, algorithm);
        const rows = tiles[tiles.length - 1];
        const sizes = tiles.slice(1).map((end, tile) => end - tiles[tile]);
        if (sizes.includes(1))
          assert.deepEqual(sizes, new Array(filters).fill(1), 'tiles of one row go alone');
        else {
          assert.ok(sizes.every((size, tile) => size >= 3 && size <= (sizes[tile - 1] ?? 5)));
          assert.equal(rows, Math.max(3, filters), `${filters} filters`);
          assert.equal(sizes.length, fewestTiles(rows), `${filters} filters`);
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
