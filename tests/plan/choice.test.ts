// The table of algorithms, and the tiles that filters are divided among.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Algorithm, Workload } from '#src/plan/algorithms/algorithm.js';
import { algorithms, choose, UnableError } from '#src/plan/choice.js';
import { tileStarts } from '#src/plan/filter-tiles.js';
import { evenly, planOfLine } from '../helpers/plans.js';

describe('the table of algorithms', () => {
  const usual = {
    images: 1,
    channels: 8,
    filters: 64,
    terms: 72,
    products: 2 ** 30,
    depth: 1,
    height: 20,
    width: 30,
    spacings: [evenly(1, 1), evenly(3, 1), evenly(3, 1)],
    classes: 1,
    share: 1,
    sizes: [1, 20, 30],
    mapBytes: 0,
    meeting: [1, 1, 1],
  } as const satisfies Workload;
  const loads: Workload[] = [1, 3, 64].flatMap((channels) =>
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
              spacings: [evenly(1, 1), evenly(high, gap), evenly(wide, gap)] as const,
            })),
          ),
        ),
      ),
    ),
  );

  /** Why a row does not compute a workload, asked of the row itself and of the table behind it. */
  function refusalOf(row: Algorithm, load: Workload): string | undefined {
    const proposal = row.propose(load);
    if (typeof proposal === 'string') return proposal;
    if (proposal.unwise || !row.compares) return proposal.unwise;
    const rival = choose(
      load,
      {},
      algorithms.slice(algorithms.findIndex(({ name }) => name === row.name) + 1),
    );
    const share = proposal.cost / rival.proposal.cost;
    return share > (load.channels * load.filters < 1 << 16 ? 1 : 0.95)
      ? `estimated at ${share.toFixed(2)} times the work of ${rival.algorithm.name}`
      : undefined;
  }

  it('takes the first row that does not refuse, and says why the others do', () => {
    for (const load of loads) {
      const { algorithm, refused } = choose(load);
      // a row for few inputs is not looked at
      const seen = algorithms.filter(({ mostMeeting }) => mostMeeting === undefined);
      const before = seen.slice(
        0,
        seen.findIndex(({ name }) => name === algorithm.name),
      );
      assert.deepEqual(
        refused,
        before.map((row) => ({ name: row.name, reason: refusalOf(row, load) })),
      );
      assert.equal(refusalOf(algorithm, load), undefined);
    }
    assert.equal(new Set(loads.map((load) => choose(load).algorithm)).size, algorithms.length - 1);
  });

  it('compares winograd with the row that would run without it', () => {
    const rivals = new Set<string>();
    for (const load of loads) {
      const reason = choose(load).refused.find(({ name }) => name === 'winograd')?.reason ?? '';
      const [, rival] = /^estimated at [\d.]+ times the work of (\w+)$/.exec(reason) ?? [];
      if (!rival) continue;
      rivals.add(rival);
      assert.equal(choose(load, { winograd: 'never' }).algorithm.name, rival);
      assert.equal(choose(load).algorithm.name, rival);
    }
    assert.deepEqual([...rivals].sort(), ['direct', 'gemm']);
    // one filter on rows of eight: direct can't, gemm would run, and three times its filters are padding
    assert.equal(planOfLine('n1 g1 c64 f1 i300x8 k3x3 p1x1').choice.algorithm.name, 'winograd');
  });

  it('leaves calls of few products to direct sums, unless the caller names winograd', () => {
    // 2^18 products are the least
    const few = 'n1 g1 c32 f32 i85 k3 p1';
    for (const [line, name] of [
      [few, 'direct'],
      ['n1 g1 c32 f32 i86 k3 p1', 'winograd'],
      ['n2 g1 c32 f32 i85 k3 p1', 'winograd'],
      ['n1 g2 c64 f64 i85 k3 p1', 'winograd'],
    ])
      assert.equal(planOfLine(line).choice.algorithm.name, name, line);
    assert.equal(planOfLine(few, { algorithm: 'winograd' }).choice.algorithm.name, 'winograd');
  });

  it('packs many channels that lie pages apart, where inputs are read in place', () => {
    for (const [line, name] of [
      ['n1 g1 c128 f16 i48x48 k1x1', 'gemm'],
      ['n1 g1 c127 f16 i48x48 k1x1', 'direct'],
      ['n1 g1 c128 f16 i44x44 k1x1', 'direct'],
      ['n1 g1 c128 f10 i48x48 k1x1', 'direct'],
      // staged
      ['n1 g1 c128 f16 i96x96 k1x1 s2x2', 'direct'],
    ])
      assert.equal(planOfLine(line).choice.algorithm.name, name, line);
  });

  it('counts half of a last panel of at most four tiles, which pairs of filter tiles compute', () => {
    for (const [line, name] of [
      ['T n1 g1 c384 f256 i13 k3 p1', 'winograd'],
      ['n1 g1 c320 f512 i13 k5 p2', 'winograd'],
      // three tiles of four filters, and no pair
      ['n1 g1 c1024 f12 i13 k3 p1', 'gemm'],
    ])
      assert.equal(planOfLine(line).choice.algorithm.name, name, line);
  });

  it('has a last row that takes everything', () => {
    const last = algorithms[algorithms.length - 1];
    for (const load of [
      ...loads,
      { ...usual, channels: 0, terms: 0 },
      { ...usual, depth: 0, height: 0, width: 0 },
      { ...usual, channels: 4096, filters: 4096, terms: 4096 * 27, width: 1 << 20 },
    ]) {
      assert.equal(refusalOf(last, load), undefined);
    }
    assert.throws(() => choose({ ...usual, width: 7 }, {}, algorithms.slice(0, -1)), /must take everything/);
  });

  it('gives a hint its row, also where that is unwise', () => {
    for (const row of algorithms) {
      const able = loads.filter((load) => typeof row.propose(load) !== 'string');
      assert.ok(
        able.some((load) => choose(load).algorithm !== row),
        row.name,
      );
      for (const load of able) {
        const { algorithm, refused } = choose(load, { algorithm: row.name });
        assert.deepEqual([algorithm, refused], [row, []]);
      }
    }
  });

  it('is open: another table chooses among its own rows', () => {
    const cheap: Algorithm = {
      ...algorithms[4],
      name: 'cheap',
      compares: true,
      propose: () => ({ cost: 1 }),
    };
    const dear: Algorithm = { ...cheap, name: 'dear', propose: () => ({ cost: 1e12 }) };
    const { algorithm, refused } = choose(usual, {}, [dear, cheap, ...algorithms]);
    assert.equal(algorithm, cheap);
    assert.match(refused[0].reason, /^estimated at [\d.]+ times the work of cheap$/);
  });

  it('leaves winograd out where that is wished', () => {
    for (const load of loads) {
      const { algorithm, refused } = choose(load, { winograd: 'never' });
      assert.notEqual(algorithm.name, 'winograd');
      assert.deepEqual(choose(load, { winograd: 'auto' }), choose(load));
      const never = refused.find(({ name }) => name === 'winograd');
      if (never) assert.equal(never.reason, 'switched off');
    }
  });

  it('refuses a hint whose row is unable', () => {
    assert.throws(() => choose({ ...usual, width: 7 }, { algorithm: 'direct' }), {
      constructor: UnableError,
      message: "algorithm 'direct' can't compute this: rows of 7 outputs are shorter than a tile of 8",
    });
    for (const [line, algorithm] of [
      ['n1 g1 c4 f4 i9 k3', 'direct'],
      ['n1 g1 c4 f4 i19x19 k3x3 s4x4', 'winograd'],
      ['n1 g1 c4 f4 i9x9 k3x3', 'depthwise'],
    ] as const) {
      assert.throws(() => planOfLine(line, { algorithm }), UnableError);
    }
  });
});

describe('filter tiles', () => {
  it('cover 1 ... 200 filters exactly, with as few tiles as can be; one or two may share a tile of three', () => {
    for (const algorithm of algorithms) {
      for (let filters = 1; filters <= 200; filters++) {
        const sizes = algorithm.filterTiles(filters, 100);
        const starts = tileStarts(sizes);
        assert.deepEqual(
          starts.slice(1).map((end, tile) => end - starts[tile]),
          sizes,
        );
        const packed = starts[starts.length - 1];
        if (algorithm.name === 'inside')
          assert.deepEqual(sizes, [4 * Math.ceil(filters / 4)], 'one tile of whole vectors');
        else if (sizes.includes(1))
          assert.deepEqual(sizes, new Array(filters).fill(1), 'tiles of one filter go alone');
        else {
          assert.ok(sizes.every((size, tile) => size >= 3 && size <= (sizes[tile - 1] ?? 5)));
          assert.equal(packed, Math.max(3, filters), `${filters} filters`);
          assert.equal(sizes.length, fewestTiles(packed), `${filters} filters`);
        }
      }
    }
  });

  it('are all of five in gemm for up to four outputs of more than five filters; of a single output not three beside fours', () => {
    const gemm = algorithms[algorithms.length - 1];
    const tiles = (filters: number, outputs: number) => gemm.filterTiles(filters, outputs).join('');
    assert.deepEqual(
      [5, 6, 16, 24, 28, 31].map((filters) => tiles(filters, 1)),
      ['5', '55', '5555', '55555', '555555', '55555555'],
    );
    assert.deepEqual([tiles(16, 4), tiles(31, 2), tiles(16, 5)], ['5555', '5555555', '4444']);
  });

  it('are the same in gemm for any number of outputs of many filters, which are then packed once', () => {
    const gemm = algorithms[algorithms.length - 1];
    for (const filters of [513, 1024, 4096])
      for (const outputs of [1, 2, 4])
        assert.deepEqual(gemm.filterTiles(filters, outputs), gemm.filterTiles(filters, 100));
    assert.notDeepEqual(gemm.filterTiles(512, 1), gemm.filterTiles(512, 100));
  });

  function fewestTiles(filters: number): number {
    const counts = [0];
    for (let n = 1; n <= filters; n++) {
      counts.push(1 + Math.min(...[5, 4, 3].map((rows) => counts[n - rows] ?? Number.POSITIVE_INFINITY)));
    }
    return counts[filters];
  }
});

describe('eight points', () => {
  it('are not taken for few channels and filters, where direct sums are faster', () => {
    const nameOf = (line: string) => planOfLine(line).tile?.transform.name;
    for (const line of [
      'n1 g1 c3 f2 i256x256 k7x7 p3x3',
      'n1 g1 c4 f2 i300x300 k5x5 p2x2',
      'n1 g1 c2 f4 i256x256 k4x4',
      'n1 g1 c8 f2 i512x512 k7x7 p3x3',
    ]) {
      assert.equal(nameOf(line), undefined, line);
    }
    assert.equal(nameOf('n1 g1 c3 f3 i512x512 k7x7 p3x3'), 'F(5, 4) along the width');
  });
});

describe('outputs of a transposed depthwise layer', () => {
  for (const [line, isFused] of [
    ['T n1 g8 c8 f8 i28x28 k11x11 s2x2 p5x5', true],
    ['T n1 g8 c8 f8 i7x7 k13x13 s2x2 p6x6', false],
    ['T n1 g8 c8 f8 i1039 k3 s2', true],
    ['T n1 g8 c8 f8 i1040 k3 s2', false],
    // in blocks, of which only the last one has rows for which there is room
    ['T n1 g700 c700 f700 i8321 k4 s2 p1', false],
    ['T n1 g8 c8 f8 i28x28 k3x3 s3x3', false],
  ] as const)
    it(`are ${isFused ? '' : 'not '}interleaved where they are computed for ${line}`, () => {
      assert.equal(planOfLine(line).fusedInterleave, isFused);
    });
});
