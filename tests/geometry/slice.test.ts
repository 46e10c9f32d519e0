// Slices of an axis: together they store every output once, load what they need, and stage it where the taps look.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Axis, adjoint } from '#src/geometry/axis.js';
import type { Interval } from '#src/geometry/intervals.js';
import type { PaddingMode } from '#src/geometry/padding.js';
import { elementsOf } from '#src/geometry/runs.js';
import { type Cut, type Slice, slicesOf, startsIn, uncut, withSharedStart } from '#src/geometry/slice.js';
import { anyAxis, modes, sourceOf, tapsOf } from '../helpers/axes.js';

const drawn = fc.record({
  axis: anyAxis,
  mode: fc.constantFrom(...modes),
  count: fc.integer({ min: 1, max: 12 }),
  least: fc.integer({ min: 1, max: 6 }),
  separate: fc.boolean(),
  gap: fc.constantFrom(0.5, 1, 3, 16),
});

/** Checks a property of all slices of random axes. */
function forAll(
  check: (slices: Slice[], axis: Axis, mode: PaddingMode, cut: Cut, gap: number) => void,
): void {
  fc.assert(
    fc.property(drawn, ({ axis, mode, count, least, separate, gap }) => {
      const cut = { ...uncut(axis, separate), count, least };
      check(slicesOf(axis, cut, mode, gap), axis, mode, cut, gap);
    }),
    { numRuns: 3000 },
  );
}

/** The positions of some stretches, in their order. */
function positions(stretches: readonly Interval[]): number[] {
  return stretches.flatMap(({ first, count }) => Array.from({ length: count }, (_, i) => first + i));
}

/** The outputs of each phase that a slice covers, with or without taps, in order. */
function outputsOf(slice: Slice, { split, separate }: Cut): number[][] {
  const { period, total } = split;
  const firsts = separate ? [slice.phases[0].first] : Array.from({ length: total }, (_, first) => first);
  return firsts.map((first) =>
    positions(slice.stores)
      .filter((o) => o % period === first)
      .sort((a, b) => a - b),
  );
}

/** Of each phase with taps, the staged position that the first output that is computed meets at each tap. */
function allStarts(slice: Slice): Int32Array[] {
  return slice.phases.map((_, phase) => startsIn(slice, phase));
}

describe('slices', () => {
  it('store every output exactly once', () => {
    forAll((slices, axis) => {
      const stored = slices.flatMap(({ stores }) => positions(stores));
      assert.deepEqual(
        stored.sort((a, b) => a - b),
        Array.from({ length: axis.output }, (_, o) => o),
      );
    });
  });

  it('count what they store, no more and no fewer of a phase than the cut allows', () => {
    forAll((slices, axis, _mode, cut) => {
      const { split, separate, count, least } = cut;
      const total = separate ? Math.floor(axis.output / split.period) : Math.ceil(axis.output / split.period);
      for (const slice of slices) {
        assert.equal(slice.stored, positions(slice.stores).length);
        const counts = outputsOf(slice, cut).map((outputs) => outputs.length);
        assert.equal(slice.covered, counts.length);
        assert.equal(
          slice.stored,
          counts.reduce((a, b) => a + b, 0),
        );
        assert.equal(slice.count, Math.max(...counts));
        assert.equal(slice.fewest, Math.min(...counts));
        assert.ok(slice.count < count + least);
        assert.ok(slice.count >= Math.min(count, least, total));
      }
    });
  });

  it('store the outputs of their phases interleaved, or those of their only phase in order', () => {
    forAll((slices, _axis, _mode, cut) => {
      for (const slice of slices) {
        const stored = positions(slice.stores);
        outputsOf(slice, cut).forEach((outputs, phase) => {
          assert.deepEqual(
            outputs.map((o) => stored.indexOf(o)),
            outputs.map((_, j) => phase + slice.covered * j),
          );
        });
      }
    });
  });

  it('stage, for every output and tap, the input position that the equation names; shared or not', () => {
    forAll((slices, axis, mode, cut) => {
      for (const slice of slices) {
        const loaded = positions(slice.loads);
        assert.equal(slice.loaded, loaded.length);
        const places = slice.runs && elementsOf(slice.runs);
        if (places) assert.equal(places.length, slice.staged);
        else assert.equal(slice.loaded, slice.staged);
        const outputs = outputsOf(slice, cut);
        for (const shared of [slice, withSharedStart(slice)]) {
          const { leads, count, phases } = shared;
          const starts = allStarts(shared);
          phases.forEach((phase, index) => {
            const own = outputs[cut.separate ? 0 : phase.first];
            assert.ok(leads[index] + own.length <= count);
            own.forEach((o, j) => {
              tapsOf(cut.split, phase).forEach(({ kernel }, tap) => {
                const x = (axis.stride * o + axis.dilation * kernel - axis.padding) / axis.upsample;
                const staged = starts[index][tap] + leads[index] + j;
                assert.ok(
                  staged >= 0 && staged < slice.staged,
                  `staged position ${staged} of ${slice.staged}`,
                );
                const place = places ? places[staged] : staged;
                assert.equal(place < 0 ? -1 : loaded[place], sourceOf(x, axis.input, mode));
              });
            });
            // what is computed beside the outputs reads what is there, too
            for (const start of starts[index]) assert.ok(start + count <= slice.staged);
          });
        }
      }
    });
  });

  it('load what lies in short gaps between the inputs that they read', () => {
    const axis: Axis = { input: 90, kernel: 2, output: 30, stride: 3, dilation: 1, upsample: 1, padding: 0 };
    const loadsOf = (gap?: number) => slicesOf(axis, { ...uncut(axis), count: 10 }, 'zeros', gap)[1].loads;
    assert.deepEqual(loadsOf(2), [{ first: 30, count: 29 }]);
    assert.deepEqual(positions(loadsOf()), positions(loadsOf(1)));
    assert.deepEqual(loadsOf()[1], { first: 33, count: 2 });
  });

  /** 32 inputs become 64 outputs, two phases, by a transposed kernel of step two. */
  function upsampling(kernel: number): Slice {
    const axis = adjoint({ input: 64, kernel, output: 32, stride: 2, dilation: 1, upsample: 1, padding: 1 });
    return slicesOf(axis, uncut(axis), 'zeros')[0];
  }

  it('share what a 4x4 kernel of step two reads, whose phases begin at different inputs', () => {
    assert.equal(allStarts(upsampling(4)).join(' '), '0,1 1,2');
    const shared = withSharedStart(upsampling(4));
    const { leads, count, alike } = shared;
    assert.equal(allStarts(shared).join(' '), '0,1 0,1');
    assert.deepEqual([leads, count, alike], [[0, 1], 33, true]);
  });

  it('know whether all phases of an axis read the same', () => {
    assert.equal(upsampling(4).alike, false);
    const plain: Axis = { input: 32, kernel: 3, output: 30, stride: 1, dilation: 1, upsample: 1, padding: 0 };
    assert.equal(slicesOf(plain, uncut(plain), 'zeros')[0].alike, true);
    // each phase has a slice of its own
    const dilated = { ...plain, dilation: 2, output: 28 };
    assert.equal(slicesOf(dilated, uncut(dilated, true), 'zeros')[0].alike, false);
    const whole = adjoint({ ...plain, input: 64, kernel: 2, output: 32, stride: 2 });
    assert.equal(slicesOf(whole, uncut(whole), 'zeros')[0].alike, true);
  });

  it('share nothing where phases meet unequally many taps', () => {
    const slice = upsampling(3);
    assert.equal(withSharedStart(slice), slice);
  });

  it('load each position once, in order, and only positions that they stage or short gaps; a single slice loads all', () => {
    forAll((slices, axis, _mode, _cut, gap) => {
      for (const slice of slices) {
        const loaded = positions(slice.loads);
        assert.ok(loaded.every((x, i) => x >= 0 && x < axis.input && (i === 0 || x > loaded[i - 1])));
        const apart = slice.loads.every(({ first }, i) => {
          const before = slice.loads[i - 1];
          return before === undefined || before.first + before.count + Math.max(1, gap) <= first;
        });
        assert.ok(apart, 'two stretches could be one');
        if (slices.length === 1) {
          assert.equal(loaded.length, axis.input);
        } else if (slice.runs) {
          const staged = [...new Set(elementsOf(slice.runs))]
            .filter((place) => place >= 0)
            .sort((a, b) => a - b);
          assert.deepEqual(
            [staged[0], staged.at(-1)],
            loaded.length > 0 ? [0, loaded.length - 1] : [undefined, undefined],
          );
          assert.ok(staged.every((place, i) => i === 0 || place - staged[i - 1] <= Math.max(1, gap)));
        }
      }
    });
  });
});
