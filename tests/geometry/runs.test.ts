// Runs: whatever row they are made from, they give that row again, and are few.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { addRun, elementsOf, pairedRuns, type Run } from '#src/geometry/runs.js';
import { slicesOf, uncut } from '#src/geometry/slice.js';
import { inputRunsOf } from '#src/geometry/window.js';
import { countsOf } from '../helpers/counts.js';

/** The runs of a row, added element by element. */
function runsOf(row: readonly number[]): Run[] {
  const runs: Run[] = [];
  for (const x of row) addRun(runs, x, 1);
  return runs;
}

describe('runs', () => {
  const place = fc.oneof(fc.constant(-1), fc.integer({ min: 0, max: 12 }));
  const stretch = fc
    .record({
      from: fc.integer({ min: 0, max: 12 }),
      step: fc.integer({ min: -2, max: 3 }),
      count: fc.nat(6),
    })
    .map(({ from, step, count }) => Array.from({ length: count }, (_, i) => Math.max(0, from + step * i)));
  const repeated = fc
    .record({ from: place, repeat: fc.integer({ min: 2, max: 4 }), lead: fc.nat(3), count: fc.nat(12) })
    .map(({ from, repeat, lead, count }) =>
      Array.from({ length: count }, (_, i) => from + Math.floor((i + lead) / repeat)),
    );
  const map = fc
    .array(fc.oneof(stretch, repeated, fc.array(place, { maxLength: 4 })))
    .map((parts) => parts.flat());

  it('put a map together again', () => {
    fc.assert(
      fc.property(map, (map) => {
        const again: number[] = [];
        for (const { to, from, count, step, repeat } of runsOf(map)) {
          assert.equal(to, again.length);
          assert.ok(count > 0);
          for (let i = 0; i < count; i++) {
            const place = from + Math.floor(i / repeat) * step;
            assert.ok(from < 0 || place >= 0, `a run from ${from} leaves the row`);
            again.push(from < 0 ? -1 : place);
          }
        }
        assert.deepEqual(again, map);
      }),
      { numRuns: 3000, examples: [[[1, 0, -1]], [[4, 2, 0, -1]]] },
    );
  });

  it('put a map together again where they are paired, in their order, whatever they write beyond their end', () => {
    const half = fc
      .record({ from: fc.nat(3), count: fc.nat(12) })
      .map(({ from, count }) => Array.from({ length: count }, (_, i) => from + 2 * i));
    const zeros = fc.array(fc.constant(-1), { maxLength: 3 });
    const parts = fc.array(fc.oneof(half, zeros, stretch), { maxLength: 8 });
    fc.assert(
      fc.property(
        parts.map((all) => all.flat()),
        (map) => {
          const single = runsOf(map);
          const runs = pairedRuns(single);
          assert.ok(runs.length <= single.length);
          const again: number[] = [];
          for (const { to, from, count, step, repeat, second } of runs) {
            if (second !== undefined) {
              for (let i = 0; i < count; i++) {
                again[second + i] = from + 2 * i + 1;
                again[to + i] = from + 2 * i;
              }
              continue;
            }
            for (let i = 0; i < count; i++)
              again[to + i] = from < 0 ? -1 : from + Math.floor(i / repeat) * step;
            for (let i = 0; i < 3; i++) again[to + count + i] = Number.NaN;
          }
          assert.deepEqual(again.slice(0, map.length), map);
        },
      ),
      { numRuns: 3000 },
    );
    // rows of step two, padded by one and by two
    const runs = (map: number[]) => pairedRuns(runsOf(map)).length;
    assert.equal(runs([-1, 1, 3, 5, 7, 0, 2, 4, 6]), 2);
    assert.equal(runs([-1, 0, 2, 4, 6, 8, -1, -1, 1, 3, 5, 7, -1]), 5);
    // each of them has neighbours in one other at most
    assert.equal(runs([1, 3, 5, 7, -1, 1, 3, 5, 7, -1, 0, 2, 4, 6]), 4);
  });

  it('are as few as a padded row needs', () => {
    const runs = (map: number[]) => runsOf(map).length;
    assert.equal(runs([]), 0);
    assert.equal(runs([0, 1, 2, 3]), 1);
    assert.equal(runs([-1, -1, 0, 1, 2, 3, -1]), 3);
    assert.equal(runs([2, 1, 0, 1, 2, 3, 4]), 2);
    assert.equal(runs([3, 4, 0, 1, 2, 3, 4, 0, 1]), 3);
    assert.equal(runs([1, 3, 5, -1, 0, 2, 4, 6]), 3);
    assert.equal(runs([0, 5, 6, 7]), 2);
    assert.equal(runs([0, 5, 10, 15, 16, 17]), 2);
  });

  it('show each input several times by one run, also where the row begins or ends within an input', () => {
    const shown = (from: number, count: number, repeat: number, step = 1) => {
      const window = { advance: step, residues: [from], origin: 0, length: count, low: 0 };
      const runs = inputRunsOf(window, 6, 'zeros', repeat);
      return `${elementsOf(runs).join()} in ${runs.length}`;
    };
    assert.equal(shown(0, 4, 2), '0,0,1,1 in 1');
    assert.equal(shown(1, 4, 2), '0,1,1,2 in 2');
    assert.equal(shown(-1, 9, 2), '-1,0,0,1,1,2,2,3,3 in 2');
    assert.equal(shown(4, 6, 3), '1,1,2,2,2,3 in 2');
    assert.equal(shown(17, 3, 3), '5,-1,-1 in 2');
    // every other position of four copies, or of three
    assert.equal(shown(2, 5, 4, 2), '0,1,1,2,2 in 2');
    assert.equal(shown(0, 5, 3, 2), '0,0,1,2,2 in 3');
    assert.equal(shown(2, 3, 2, 4), '1,3,5 in 1');
  });
});

describe('runs of zeros and of one input', () => {
  const axis = {
    input: 8,
    kernel: 3,
    output: 2_000_006,
    stride: 1,
    dilation: 1,
    upsample: 1,
    padding: 1_000_000,
  };
  for (const [mode, shown] of [
    ['zeros', [-1, 0, -1]],
    ['replicate', [0, 0, 7]],
  ] as const) {
    it(`are found without a step for each of them: ${mode}`, () => {
      const { steps } = countsOf(() => {
        const [{ runs, staged }] = slicesOf(axis, uncut(axis), mode);
        assert.deepEqual(
          runs?.map(({ from, count }) => [from, count]),
          [
            [shown[0], 1_000_000],
            [shown[1], 8],
            [shown[2], 1_000_000],
          ],
        );
        assert.equal(staged, 2_000_008);
      });
      assert.ok(steps < 1000, `${steps} steps`);
    });
  }
});
