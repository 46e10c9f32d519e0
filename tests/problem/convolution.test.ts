// The one currency: convolutions that no layer asks for yet, as a correlation, a stream or a resampling filter would make them, against
// the equation evaluated product by product, with every row of the table that can compute them.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compute, convolutionFrom, planBy } from '../helpers/convolutions.js';
import { checkForms, checkForward, forms, noCounts, places, turned, whole } from '../helpers/forms.js';
import { productsOf } from '../reference/equation.js';

describe('a true convolution', () => {
  const np = (x: number[], v: number[], mode: 'full' | 'same' | 'valid') => {
    const c = convolutionFrom({
      batch: 1,
      groups: 1,
      channels: 1,
      filters: 1,
      axes: [turned(x.length, v.length, mode)],
    });
    const given = { x: Float32Array.from(x), weight: Float32Array.from(v), bias: null };
    return [...compute(planBy(c, 'gemm'), given, places[0])];
  };

  it("gives what numpy's documentation says", () => {
    assert.deepEqual(np([1, 2, 3], [0, 1, 0.5], 'full'), [0, 1, 2.5, 4, 1.5]);
    assert.deepEqual(np([1, 2, 3], [0, 1, 0.5], 'same'), [1, 2.5, 4]);
    assert.deepEqual(np([1, 2, 3], [0, 1, 0.5], 'valid'), [2.5]);
  });

  it('is computed full, same and valid', () => {
    const axis = (longest: number) =>
      fc
        .record({
          mode: fc.constantFrom('full' as const, 'same' as const, 'valid' as const),
          kernel: fc.oneof(fc.constant(3), whole(1, 5)),
          input: whole(1, longest),
        })
        .map(({ mode, kernel, input }) => turned(Math.max(input, kernel), kernel, mode));
    checkForms(forms(axis, true), checkForward);
  });
});

describe('a correlation', () => {
  it('is computed for a window of lags alone, wherever it begins', () => {
    const axis = (longest: number) =>
      fc.record({
        input: whole(1, longest),
        kernel: fc.oneof(fc.constant(3), whole(1, 6)),
        output: whole(1, longest),
        stride: fc.constant(1),
        dilation: fc.constant(1),
        upsample: fc.constant(1),
        padding: whole(-longest, longest),
      });
    checkForms(forms(axis), checkForward);
  });

  it('is computed where all that its outputs read lies outside', () => {
    const axis = (longest: number) =>
      fc
        .record({ input: whole(1, 4), kernel: whole(3, 4), output: whole(4, longest), before: fc.boolean() })
        .map(({ before, ...axis }) => {
          const padding = before ? axis.output + axis.kernel : -axis.input;
          return { ...axis, stride: 1, dilation: 1, upsample: 1, padding };
        });
    const counts = noCounts();
    fc.assert(
      fc.property(forms(axis), fc.nat(1_000_000), (form, seed) => {
        const c = convolutionFrom(form);
        assert.equal(productsOf(c), 0);
        checkForward(c, seed, counts, places.slice(0, 2));
      }),
      { numRuns: 600 },
    );
    // a kernel that meets no input is planned as one element, which no transform takes
    const { winograd, ...others } = counts;
    assert.equal(winograd, 0);
    for (const [name, count] of Object.entries(others)) assert.ok(count >= 150, `${name}: ${count}`);
  });
});

describe("a causal stream's step", () => {
  it('reads before its input and not behind it, for any number of outputs', () => {
    const axis = (longest: number) =>
      fc
        .record({
          kernel: fc.oneof(fc.constant(3), whole(1, 5)),
          dilation: fc.constantFrom(1, 1, 2, 4),
          stride: fc.constantFrom(1, 1, 1, 2),
          output: whole(1, longest),
          history: fc.double({ min: 0, max: 1, noNaN: true }),
          rest: whole(0, 2),
        })
        .map(({ history, rest, ...axis }) => {
          // some of what stands before the first output has been kept, for the rest there are zeros
          const reach = axis.dilation * (axis.kernel - 1);
          const padding = Math.round(history * reach);
          const input = Math.max(1, axis.stride * (axis.output - 1) + 1 + reach - padding + rest);
          return { ...axis, upsample: 1, padding, input };
        });
    checkForms(forms(axis), checkForward);
  });
});

describe('a resampling filter', () => {
  it('raises and lowers the rate at once', () => {
    const axis = (longest: number) =>
      fc.record({
        input: whole(1, longest),
        kernel: whole(1, 9),
        output: whole(1, longest),
        stride: whole(1, 6),
        dilation: fc.constantFrom(-3, -2, -1, -1, 1, 1, 2, 3),
        upsample: whole(1, 6),
        padding: whole(-11, 11),
      });
    // a rate that stays as it is, raised and lowered alike
    const even = (longest: number) => axis(longest).map((a) => ({ ...a, stride: a.upsample }));
    checkForms(
      forms((longest) => fc.oneof(axis(longest), even(longest))),
      checkForward,
      3000,
    );
  });
});
