// Gradients as other readings of the one equation: the same plans, made from the adjoint and the kernel's reading of each axis, against
// every product of the definition.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Convolution } from '#src/problem/convolution.js';
import { assertSame } from '../helpers/compare.js';
import {
  compute,
  convolutionFrom,
  type Form,
  inputGradientOf,
  kernelReading,
  type Places,
  planBy,
  weightGradientOf,
} from '../helpers/convolutions.js';
import {
  type Counts,
  checkForms,
  checkRows,
  forms,
  layerAxis,
  noCounts,
  places,
  plain,
  whole,
} from '../helpers/forms.js';
import { integers } from '../helpers/numbers.js';
import {
  inner,
  inputGradientsOf,
  numbersOf,
  triplesAlong,
  weightGradientsOf,
} from '../reference/equation.js';

/** A layer's convolution with its kernel turned: what was read at padding is read at the other end of the kernel. */
function withTurnedKernel(layer: Convolution): Convolution {
  const [depth, height, width] = layer.axes.map((axis) => ({
    ...axis,
    dilation: -axis.dilation,
    padding: axis.padding - axis.dilation * (axis.kernel - 1),
  }));
  return { ...layer, line: `turned ${layer.line}`, axes: [depth, height, width] };
}

describe('the gradient of an input', () => {
  it('is the same convolution read backwards', () => {
    checkForms(
      forms(layerAxis, true),
      (forward, seed, counts, where) => {
        const c = inputGradientOf(forward);
        const x = integers(numbersOf(forward).input, seed);
        const weight = integers(numbersOf(forward).weight, seed + 1);
        const g = integers(numbersOf(forward).output, seed + 2);
        const wanted = inputGradientsOf(forward, g, weight);
        checkRows(c, { x: g, weight, bias: null }, wanted, counts, where);
        const y = compute(planBy(forward, 'gemm'), { x, weight, bias: null }, places[0]);
        const gradient = compute(planBy(c, 'gemm'), { x: g, weight, bias: null }, places[0]);
        assert.equal(inner(y, g), inner(x, gradient), c.line);
      },
      2200,
    );
  });

  it('reads planes of a 3x3 depthwise kernel as they are, where that meets at most one row and column of zeros', () => {
    for (const [height, width, padding] of [
      [9, 5, [1, 1]],
      [12, 31, [2, 1]],
      [6, 8, [1, 2]],
      [4, 3, [2, 2]],
    ] as const) {
      const axes = [plain(height, 3, padding[0]), plain(width, 3, padding[1])];
      const forward = convolutionFrom({ batch: 2, groups: 3, channels: 1, filters: 1, axes });
      const c = inputGradientOf(forward);
      const weight = integers(numbersOf(forward).weight, 1);
      const g = integers(numbersOf(forward).output, 2);
      assert.equal(planBy(c, 'depthwise').variant.entry, 'depthwisePlanes', c.line);
      const wanted = inputGradientsOf(forward, g, weight);
      checkRows(c, { x: g, weight, bias: null }, wanted, noCounts(), places);
    }
  });

  it('is that of a true convolution too', () => {
    checkForms(
      forms(layerAxis),
      (layer, seed, counts, where) => {
        const forward = withTurnedKernel(layer);
        const weight = integers(numbersOf(forward).weight, seed + 1);
        const g = integers(numbersOf(forward).output, seed + 2);
        const wanted = inputGradientsOf(forward, g, weight);
        checkRows(inputGradientOf(forward), { x: g, weight, bias: null }, wanted, counts, where);
      },
      2200,
    );
  });
});

describe('the gradient of a weight', () => {
  const check = (forward: Convolution, seed: number, counts: Counts, where: readonly Places[]) => {
    const c = weightGradientOf(forward);
    const x = integers(numbersOf(forward).input, seed);
    const weight = integers(numbersOf(forward).weight, seed + 1);
    const g = integers(numbersOf(forward).output, seed + 2);
    const wanted = weightGradientsOf(forward, x, g);
    checkRows(c, { x, weight: g, bias: null }, wanted, counts, where);
    const y = compute(planBy(forward, 'gemm'), { x, weight, bias: null }, places[0]);
    const gradient = compute(planBy(c, 'gemm'), { x, weight: g, bias: null }, places[0]);
    assert.equal(inner(y, g), inner(weight, gradient), c.line);
    // a transposed layer is the adjoint of the same convolution: its weight's gradient has the operands exchanged
    const transposed = weightGradientsOf(inputGradientOf(forward), g, x);
    assertSame(gradient, transposed.output, `transposed: ${c.line}`);
  };
  /** One image half of the time: it is one channel a group then. */
  const single = (drawn: fc.Arbitrary<Form>) =>
    fc.tuple(drawn, fc.boolean()).map(([form, one]) => (one ? { ...form, batch: 1 } : form));

  it('is the same convolution with kernel and output exchanged', () => {
    const long = (longest: number) =>
      layerAxis(2 * longest, longest + 6).filter(({ kernel }) => kernel >= longest / 2);
    const axis = (longest: number) => fc.oneof(layerAxis(longest), long(longest));
    checkForms(single(forms(axis, true)), check, 2500);
  });

  it('is that of a true convolution too, whose gradient has a negative stride', () => {
    const long = (longest: number) => layerAxis(2 * longest, longest + 6);
    checkForms(
      single(forms(long, true)),
      (layer, seed, counts, where) => {
        const forward = withTurnedKernel(layer);
        const x = integers(numbersOf(forward).input, seed);
        const g = integers(numbersOf(forward).output, seed + 1);
        const wanted = weightGradientsOf(forward, x, g);
        checkRows(weightGradientOf(forward), { x, weight: g, bias: null }, wanted, counts, where);
      },
      2500,
      ['depthwise', 'direct', 'gemm'], // winograd takes no negative strides
    );
  });

  it('is computed where its kernel is a whole map', () => {
    const form = (sizes: fc.Arbitrary<number>[], kernels: fc.Arbitrary<number>) =>
      fc
        .tuple(...sizes.map((input) => fc.record({ input, kernel: kernels, padding: whole(0, 2) })))
        .chain((drawn) =>
          fc.record({
            batch: whole(1, 2),
            groups: whole(1, 2),
            channels: whole(1, 3),
            filters: whole(1, 5),
            axes: fc.constant(
              drawn.map(({ input, kernel, padding }) => ({
                ...{ input, kernel, padding, stride: 1, dilation: 1, upsample: 1 },
                output: input + 2 * padding - kernel + 1,
              })),
            ),
          }),
        );
    const large = fc.oneof(
      form([whole(400, 2000)], whole(1, 40)),
      form([whole(16, 40), whole(16, 40)], whole(1, 5)),
      form([whole(8, 11), whole(8, 11), whole(8, 11)], whole(2, 4)),
    );
    const counts = noCounts();
    let taps = 0;
    fc.assert(
      fc.property(large, fc.nat(1_000_000), (drawn, seed) => {
        const c = convolutionFrom(drawn);
        taps += c.axes.reduce((size, axis) => size * axis.output, 1);
        check(c, seed, counts, places.slice(0, 2));
      }),
      { numRuns: 150 },
    );
    assert.ok(counts.gemm >= 150 && taps / counts.gemm > 400, `${counts.gemm} computed`);
    for (const [name, count] of Object.entries(counts)) assert.ok(count >= 10, `${name}: ${count}`);
  });

  it('is its own inverse of the exchange', () => {
    fc.assert(
      fc.property(layerAxis(14), (axis) => {
        assert.deepEqual(kernelReading(kernelReading(axis)), axis);
        const exchanged = triplesAlong(kernelReading(axis));
        const names = (list: number[], [a, b, c]: number[]) =>
          Array.from({ length: list.length / 3 }, (_, i) =>
            [list[3 * i + a], list[3 * i + b], list[3 * i + c]].join(),
          ).sort();
        assert.deepEqual(names(exchanged, [0, 2, 1]), names(triplesAlong(axis), [0, 1, 2]));
      }),
    );
  });
});
