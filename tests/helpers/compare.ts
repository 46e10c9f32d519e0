// Comparisons of float32 results with what they should be.

import assert from 'node:assert/strict';
import type { Reference } from '../reference/reference.js';

const unit = 2 ** -24;

/** Fails at the first element that differs; 0 and -0 are alike, NaN equals NaN. */
export function assertSame(got: ArrayLike<number>, want: ArrayLike<number>, label: string): void {
  assert.equal(got.length, want.length, `${label}: ${got.length} elements, expected ${want.length}`);
  for (let i = 0; i < got.length; i++) {
    if (got[i] === want[i] || (Number.isNaN(got[i]) && Number.isNaN(want[i]))) continue;
    assert.fail(`${label}: element ${i} is ${got[i]}, expected ${want[i]}`);
  }
}

/**
 * Fails at the first element whose error exceeds 2^-24 * absSum * (4 + sqrt(terms)), the bound of a good summation in
 * float32. NaN and the infinities must be at the same places. Returns the largest share of the bound that was used.
 */
export function assertWithinBound(
  got: ArrayLike<number>,
  { output, absSum, terms }: Reference,
  label: string,
  extraUnits = 0,
): number {
  assert.equal(got.length, output.length, `${label}: ${got.length} elements, expected ${output.length}`);
  let worst = 0;
  for (let i = 0; i < got.length; i++) {
    if (Object.is(got[i], output[i]) || got[i] === output[i]) continue;
    const error = Math.abs(got[i] - output[i]);
    const bound = unit * absSum[i] * (4 + Math.sqrt(terms[i]) + extraUnits);
    // Written so that a NaN fails.
    if (!(error <= bound)) {
      assert.fail(`${label}: element ${i} is ${got[i]}, expected ${output[i]} within ${bound}`);
    }
    worst = Math.max(worst, error / bound);
  }
  return worst;
}

/**
 * Fails at the first element that is further off than Winograd's algorithm may be, which sums other products than the
 * definition and rounds in proportion to the largest of a tile: 4e-6 of the largest sum of absolute values. NaN and the
 * infinities must be at the same places. Returns the largest share of this that was used.
 */
export function assertTransformed(
  got: ArrayLike<number>,
  { output, absSum }: Reference,
  label: string,
): number {
  const most = absSum.reduce((a, b) => (Number.isFinite(b) ? Math.max(a, b) : a), 0);
  const error = assertNear(got, output, 4e-6 * most, label);
  return most > 0 ? error / (4e-6 * most) : 0;
}

/** Fails at the first element further than `tolerance` from what it should be. Returns the largest error. */
export function assertNear(
  got: ArrayLike<number>,
  want: ArrayLike<number>,
  tolerance: number,
  label: string,
): number {
  assert.equal(got.length, want.length, `${label}: ${got.length} elements, expected ${want.length}`);
  let worst = 0;
  for (let i = 0; i < got.length; i++) {
    if (Object.is(got[i], want[i]) || got[i] === want[i]) continue;
    const error = Math.abs(got[i] - want[i]);
    // Written so that a NaN fails.
    if (!(error <= tolerance)) {
      assert.fail(`${label}: element ${i} is ${got[i]}, expected ${want[i]} within ${tolerance}`);
    }
    worst = Math.max(worst, error);
  }
  return worst;
}

/** The position of a float32 in the order of all float32 numbers; 0 and -0 are at 0. */
function rank(value: number): number {
  const bits = new Int32Array(new Float32Array([value]).buffer)[0];
  return bits < 0 ? -(bits & 0x7fffffff) : bits;
}

/** Fails at the first element more than `ulps` float32 numbers away. */
export function assertUlps(
  got: ArrayLike<number>,
  want: ArrayLike<number>,
  ulps: number,
  label: string,
): void {
  assert.equal(got.length, want.length, `${label}: ${got.length} elements, expected ${want.length}`);
  for (let i = 0; i < got.length; i++) {
    const distance = Math.abs(rank(got[i]) - rank(want[i]));
    if (distance > ulps)
      assert.fail(`${label}: element ${i} is ${got[i]}, expected ${want[i]}: ${distance} ulp`);
  }
}
