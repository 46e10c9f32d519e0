// Geometry against the equation `stride * o + dilation * k = upsample * x + padding`, evaluated for every triple.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Axis, adjoint, fold, lift, type StridedAxis, unit } from '#src/geometry/axis.js';
import { completed, type Phases, phases } from '#src/geometry/phases.js';
import { elementsOf } from '#src/geometry/runs.js';
import { inputRunsOf, startsOf, windowOf } from '#src/geometry/window.js';
import { anyAxis, modes, plainAxis, sourceOf, tapsOf, transposedAxis, triplesOf } from '../helpers/axes.js';

const multiple = fc.integer({ min: 1, max: 4 });

describe('adjoint', () => {
  it('exchanges input and output in every triple, and is its own inverse', () => {
    fc.assert(
      fc.property(anyAxis, (axis) => {
        const other = adjoint(axis);
        const exchanged = triplesOf(other).map((triple) => triple.split(',').reverse().join());
        assert.deepEqual(exchanged.sort(), triplesOf(axis));
        assert.deepEqual(adjoint(other), { ...axis });
      }),
      { numRuns: 1000 },
    );
  });
});

describe('completed phases', () => {
  it('have the kernel elements of the others, read the same positions, and no others', () => {
    let changed = 0;
    fc.assert(
      fc.property(transposedAxis, (axis) => {
        const split = phases(axis);
        const all = completed(split);
        if (all === split) return;
        changed++;
        const { offset, taps } = all.phases[0];
        assert.ok(split.phases.some((phase) => phase.offset === offset && phase.taps === taps));
        all.phases.forEach((phase, i) => {
          assert.deepEqual([phase.offset, phase.taps], [offset, taps]);
          const { first, count } = phase.present;
          const start = phase.offset + all.offsetStep * first;
          const own = { ...phase, taps: count, offset: start, present: { first: 0, count } };
          assert.deepEqual(own, split.phases[i]);
        });
        assert.equal(completed(all), all);
      }),
      { numRuns: 3000 },
    );
    assert.ok(changed > 50, `${changed} changed`);
  });
});

describe('phases', () => {
  it('meet every triple of the equation exactly once, and no other', () => {
    fc.assert(
      fc.property(anyAxis, multiple, (axis, multiple) => {
        const split = phases(axis, multiple);
        const met: string[] = [];
        for (const phase of split.phases) {
          const { first, count } = phase;
          for (let j = 0; j < count; j++) {
            for (const { kernel, offset } of tapsOf(split, phase)) {
              const x = split.advance * j + offset;
              if (x >= 0 && x < axis.input) met.push(`${x},${kernel},${first + split.period * j}`);
            }
          }
        }
        assert.deepEqual(met.sort(), triplesOf(axis));
      }),
      { numRuns: 3000 },
    );
  });

  it('cover once every output that meets a kernel element, with whole steps, in the shortest period', () => {
    fc.assert(
      fc.property(anyAxis, multiple, (axis, multiple) => {
        const { period, advance, offsetStep, total, phases: list } = phases(axis, multiple);
        const outputs = list.flatMap(({ first, count }) =>
          Array.from({ length: count }, (_, j) => first + period * j),
        );
        const { stride, dilation, upsample, padding } = axis;
        const meets = (o: number) =>
          Array.from({ length: axis.kernel }, (_, k) => stride * o + dilation * k - padding).some(
            (sum) => sum % upsample === 0,
          );
        assert.deepEqual(
          outputs.sort((a, b) => a - b),
          Array.from({ length: axis.output }, (_, o) => o).filter(meets),
        );
        const firsts = list.map(({ first }) => first);
        assert.deepEqual(
          firsts,
          [...firsts].sort((a, b) => a - b),
        );
        assert.ok(Number.isInteger(advance) && offsetStep >= 0);
        assert.ok(list.every(({ count, taps }) => count > 0 && taps > 0));
        let shortest = 1;
        while ((stride * shortest) % upsample !== 0) shortest++;
        assert.equal(period, shortest * multiple);
        assert.equal(total, Math.min(period, axis.output));
      }),
      { numRuns: 3000 },
    );
  });

  it('are found for long strides, many kernel elements and no common divisor', () => {
    for (const [stride, dilation, upsample] of [
      [1, -1, 200_000],
      [7, 3, 10_007],
      [6, -10, 9000],
      [-5, 0, 25],
    ]) {
      const axis = { input: 50, kernel: 900, output: 30_000, stride, dilation, upsample, padding: 25 };
      const split = phases(axis);
      const met = split.phases.flatMap((phase) =>
        tapsOf(split, phase).map(({ kernel, offset }) => {
          assert.equal(stride * phase.first + dilation * kernel, upsample * offset + axis.padding);
          return kernel;
        }),
      );
      // each element is met by one phase, unless no output of the axis has it or none ever could
      const meets = (k: number) =>
        Array.from({ length: split.total }, (_, o) => stride * o + dilation * k - 25).some(
          (x) => x % upsample === 0,
        );
      assert.deepEqual(
        met.sort((a, b) => a - b),
        Array.from({ length: axis.kernel }, (_, k) => k).filter(meets),
      );
    }
  });

  it('are found without a step for every output of a long stride', () => {
    const upsample = 100_000_000;
    const axis = { input: 2, kernel: 2, output: upsample + 2, stride: 1, dilation: -1, upsample, padding: 0 };
    const begin = performance.now();
    const split = phases(axis);
    assert.deepEqual(
      split.phases.map(({ first, count, kernel }) => [first, count, kernel]),
      [
        [0, 2, 0],
        [1, 2, 1],
      ],
    );
    assert.ok(performance.now() - begin < 200);
  });

  it('of a plain axis are one; of a transposed one as many as its stride', () => {
    fc.assert(fc.property(plainAxis, (axis) => assert.equal(phases(axis).total, 1)));
    fc.assert(
      fc.property(transposedAxis, (axis) =>
        assert.equal(phases(axis).total, Math.min(axis.upsample, axis.output)),
      ),
    );
  });
});

describe('windows', () => {
  const part = fc.record({
    axis: anyAxis,
    multiple,
    mode: fc.constantFrom(...modes),
    one: fc.boolean(),
    phase: fc.nat(),
    from: fc.nat(),
    length: fc.integer({ min: 1, max: 20 }),
  });

  it('hold, for every output and tap, the input position that the equation names', () => {
    fc.assert(
      fc.property(part, ({ axis, multiple, mode, one, phase, from, length }) => {
        const split = phases(axis, multiple);
        if (split.phases.length === 0) return;
        const which = one ? [split.phases[phase % split.phases.length]] : split.phases;
        const most = Math.max(...which.map(({ count }) => count));
        const begin = from % most;
        checkWindow(axis, split, which, begin, Math.min(most, begin + length), mode);
      }),
      { numRuns: 3000 },
    );
  });

  function checkWindow(
    axis: Axis,
    split: Phases,
    which: Phases['phases'],
    begin: number,
    end: number,
    mode: (typeof modes)[number],
  ): void {
    const window = windowOf(split, which, begin, end);
    const map = elementsOf(inputRunsOf(window, axis.input, mode));
    assert.equal(map.length, window.residues.length * window.length);
    for (const phase of which) {
      const { first, count } = phase;
      const starts = startsOf(window, split, phase);
      assert.equal(starts.length, phase.taps);
      for (let j = begin; j < Math.min(end, count); j++) {
        tapsOf(split, phase).forEach(({ kernel }, tap) => {
          const o = first + split.period * j;
          const x = (axis.stride * o + axis.dilation * kernel - axis.padding) / axis.upsample;
          const staged = starts[tap] + j - begin;
          assert.ok(staged >= 0 && staged < map.length, `staged position ${staged} of ${map.length}`);
          assert.equal(map[staged], sourceOf(x, axis.input, mode));
        });
      }
    }
    // nothing is staged that lies beyond the outermost tap of its residue by more than the spread of the taps
    const offsets = which.flatMap((phase) =>
      tapsOf(split, phase).map(({ offset }) => Math.floor(offset / split.advance)),
    );
    const spread = offsets.length === 0 ? 0 : Math.max(...offsets) - Math.min(...offsets);
    assert.ok(window.residues.length === 0 || window.length === end - begin + spread);
  }

  it('are empty where no output has a tap', () => {
    const axis = { input: 3, kernel: 1, output: 9, stride: 1, dilation: -1, upsample: 3, padding: 0 };
    const split = phases(axis);
    assert.deepEqual([split.phases.length, split.total], [1, 3]);
    const window = windowOf(split, [], 0, 3);
    assert.deepEqual(inputRunsOf(window, 3, 'reflect'), []);
  });
});

describe('lift', () => {
  it('puts units in front', () => {
    fc.assert(
      fc.property(fc.array(anyAxis, { minLength: 1, maxLength: 3 }), (axes) => {
        const lifted = lift(axes);
        assert.equal(lifted.length, 3);
        assert.deepEqual(lifted.slice(3 - axes.length), axes);
        for (const axis of lifted.slice(0, 3 - axes.length)) assert.deepEqual(axis, unit);
        assert.deepEqual(triplesOf(unit), ['0,0,0']);
      }),
    );
  });
});

describe('fold', () => {
  const pointwise = fc
    .integer({ min: 1, max: 5 })
    .map((size): Axis => ({ ...unit, input: size, output: size, dilation: 2 }));
  const axis = fc.oneof(
    pointwise,
    pointwise,
    plainAxis.filter(({ input, output }) => input * output < 40),
  );

  it('keeps every triple of flat indices, and joins what can be joined', () => {
    fc.assert(
      fc.property(axis, axis, axis, (depth, height, width) => {
        const column = width.kernel;
        const axes = [
          { ...depth, elements: height.kernel * column },
          { ...height, elements: column },
          { ...width, elements: 1 },
        ] as const;
        const folded = fold([...axes], 'zeros');
        assert.deepEqual(flatTriples(folded), flatTriples(axes));
        const alone = (axis: Axis) => axis.kernel === 1 && axis.stride === 1 && axis.padding === 0;
        for (const [outer, inner] of [folded.slice(0, 2), folded.slice(1)]) {
          const isPointwise = (axis: Axis) => alone(axis) && axis.input === axis.output;
          const isOfStepOne = outer.stride === 1 && outer.upsample === 1;
          const isUnit = outer.input === 1 && isPointwise(outer);
          assert.ok(!isOfStepOne || !isPointwise(inner) || isUnit, 'two neighbours could be one');
        }
      }),
      { numRuns: 300 },
    );
  });

  /** an axis of size one, with a kernel of one element */
  const none: StridedAxis = { ...unit, elements: 0 };

  it('makes a 1 x 1 convolution one row', () => {
    const point = (size: number): StridedAxis => ({ ...none, input: size, output: size });
    assert.deepEqual(fold([point(2), point(3), point(5)], 'reflect'), [none, none, point(30)]);
  });

  it('makes kernels along the height of a narrow map dilated ones of a row', () => {
    const height: StridedAxis = { ...none, input: 9, kernel: 3, output: 8, dilation: 2, padding: 1 };
    const width: StridedAxis = { ...none, input: 4, output: 4 };
    const row: StridedAxis = { ...none, input: 36, kernel: 3, output: 32, dilation: 8, padding: 4 };
    assert.deepEqual(fold([none, height, width], 'zeros'), [none, none, row]);
    // mirrored rows are no longer the neighbours of a mirrored row
    assert.deepEqual(fold([none, height, width], 'reflect'), [none, height, width]);
    const wide: StridedAxis = { ...none, input: 16, output: 16 };
    assert.deepEqual(fold([none, height, wide], 'zeros'), [none, height, wide]);
  });

  it('makes rows that give one output each one row with a stride', () => {
    const height: StridedAxis = { ...none, input: 16, output: 16 };
    const width: StridedAxis = {
      ...none,
      input: 7,
      kernel: 3,
      output: 1,
      dilation: 2,
      padding: -1,
      elements: 1,
    };
    const row: StridedAxis = { ...width, input: 112, output: 16, stride: 7 };
    assert.deepEqual(fold([none, height, width], 'reflect'), [none, none, row]);
    const kept: [StridedAxis, StridedAxis][] = [
      [{ ...height, input: 15, output: 15 }, width],
      [{ ...height, stride: 2, input: 31 }, width],
      [height, { ...width, padding: 1 }],
      [height, { ...width, input: 5 }],
      [height, { ...width, input: 9, output: 2 }],
      [height, { ...width, dilation: -2, padding: -6 }],
    ];
    for (const axes of kept) assert.deepEqual(fold([none, ...axes], 'zeros'), [none, ...axes]);
  });

  it('drops axes of one position, wherever they are', () => {
    const long: StridedAxis = { ...none, input: 9, kernel: 3, output: 9, padding: 1 };
    assert.deepEqual(fold([long, none, none], 'circular'), [none, none, long]);
    assert.deepEqual(fold([long, none, long], 'circular'), [none, long, long]);
    assert.deepEqual(fold([none, none, none], 'circular'), [none, none, none]);
  });

  /** The triples of three axes together, with positions counted in C order. */
  function flatTriples(axes: readonly StridedAxis[]): string[] {
    let all: [number, number, number][] = [[0, 0, 0]];
    for (const axis of axes) {
      const own = triplesOf(axis).map((triple) => triple.split(',').map(Number));
      all = all.flatMap(([x, k, o]) =>
        own.map(([ownX, ownK, ownO]): [number, number, number] => [
          x * axis.input + ownX,
          k + ownK * axis.elements,
          o * axis.output + ownO,
        ]),
      );
    }
    return all.map((triple) => triple.join()).sort();
  }
});

describe('an axis that no convolution has', () => {
  const axis = { input: 3, kernel: 2, output: 4, stride: 1, dilation: 1, upsample: 1, padding: 0 };
  for (const wrong of [{ upsample: -2 }, { upsample: 0 }, { stride: 0 }]) {
    it(`is refused: ${JSON.stringify(wrong)}`, () => {
      assert.throws(() => phases({ ...axis, ...wrong }), {
        name: 'RangeError',
        message: /^an axis needs a stride other than 0 and an upsample of at least 1, got /,
      });
    });
  }
});
