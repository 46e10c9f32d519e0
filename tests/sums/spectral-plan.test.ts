// Plans of sums through spectra: their memory, and where blocks begin.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { numberBytes } from '#src/spectrum/sizes.js';
import type { AxisSum, Border } from '#src/sums/request.js';
import type { Dtype } from '#src/sums/samples.js';
import { type SpectralPlan, spectralPlan } from '#src/sums/spectral/spectral.js';

/** The plan of a correlation with these sizes, which has at most three axes. */
function planOf(
  sizes: readonly { size: number; taps: number; count: number }[],
  border: Border,
  dtype: Dtype,
): SpectralPlan {
  const axes = sizes.map(({ count }): AxisSum => ({ first: 0, count, direction: 1 }));
  const [signal, kernel] = [sizes.map(({ size }) => size), sizes.map(({ taps }) => taps)];
  return spectralPlan({ axes, border, dtype }, signal, kernel) as SpectralPlan;
}

describe('plans of sums through spectra', () => {
  it('need no more than 24 MiB, whatever the sizes', () => {
    const size = fc.integer({ min: 1, max: 2 ** 24 });
    fc.assert(
      fc.property(
        fc.array(fc.record({ size, taps: size, count: size }), { minLength: 1, maxLength: 3 }),
        fc.constantFrom<Dtype>('float32', 'float64'),
        (sizes, dtype) => {
          const plan = planOf(sizes, 'wrap', dtype);
          assert.ok(plan.bytes <= 24 * 2 ** 20, `${plan.bytes} bytes`);
          assert.ok(plan.cost > 0 && Number.isFinite(plan.cost));
        },
      ),
    );
  });

  it('begin blocks of one row at cache lines', () => {
    for (const dtype of ['float32', 'float64'] as const)
      for (const taps of [2, 15, 16, 17, 18, 64, 65, 300, 1024, 1025]) {
        const plan = planOf([{ size: 100_000, taps, count: 100_001 - taps }], 'nothing', dtype);
        const good = plan.good[2];
        assert.ok(good < 100_001 - taps, 'several blocks');
        assert.equal((good * numberBytes(dtype)) % 64, 0, `${good} outputs a block of ${taps} taps`);
        assert.ok(plan.skipped[2] >= taps - 1 && plan.skipped[2] + good === plan.sizes.length);
      }
  });
});
