// The kinds of padding, and how far each may reach.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  isPaddingMode,
  mostPadding,
  type PaddingMode,
  paddingModes,
  stretchesOf,
} from '#src/geometry/padding.js';
import { padded, sourceOf } from '../helpers/axes.js';

/** The input position that a stretch has for a position of the padded input; -1 if no stretch has it. */
function copied(x: number, size: number, mode: PaddingMode): number {
  const stretch = stretchesOf(size, mode).find(({ first, end }) => x >= first && x < end);
  return stretch ? stretch.sign * x + stretch.offset : -1;
}

describe('padding', () => {
  it("has torch's four kinds", () => {
    assert.deepEqual([...paddingModes].sort(), ['circular', 'reflect', 'replicate', 'zeros']);
    for (const mode of paddingModes) assert.ok(isPaddingMode(mode));
    for (const other of ['constant', 'Zeros', '', 0, null, undefined, ['zeros']])
      assert.ok(!isPaddingMode(other));
  });

  it('that repeats the input reaches as far as the input has something to repeat, and no further', () => {
    for (const mode of ['reflect', 'circular'] as const) {
      for (let size = 1; size < 9; size++) {
        const most = mostPadding(size, mode);
        assert.equal(most, mode === 'reflect' ? size - 1 : size);
        for (let distance = 1; distance <= most; distance++) {
          for (const x of [-distance, size - 1 + distance]) {
            const from = copied(x, size, mode);
            assert.ok(from >= 0 && from < size, `${mode} of ${size} at ${x}: ${from}`);
          }
        }
        for (const x of [-most - 1, size + most]) assert.equal(copied(x, size, mode), -1);
      }
    }
  });

  it('with zeros and with the outermost elements has no limit', () => {
    for (const size of [1, 5]) {
      assert.equal(mostPadding(size, 'zeros'), Number.POSITIVE_INFINITY);
      assert.equal(mostPadding(size, 'replicate'), Number.POSITIVE_INFINITY);
      for (const far of [1, 1000]) {
        assert.equal(copied(-far, size, 'replicate'), 0);
        assert.equal(copied(size - 1 + far, size, 'replicate'), size - 1);
        assert.equal(copied(-far, size, 'zeros'), -1);
      }
    }
  });

  for (const mode of paddingModes) {
    it(`${mode} shows what stands in the padded input, and names no place that isn't there`, () => {
      for (let size = 1; size <= 9; size++) {
        const most = Math.min(12, mostPadding(size, mode));
        assert.deepEqual(
          Array.from({ length: size + 2 * most }, (_, i) => copied(i - most, size, mode)),
          padded(size, most, most, mode),
        );
        for (let x = -40; x <= 40; x++) assert.equal(copied(x, size, mode), sourceOf(x, size, mode));
        const stretches = stretchesOf(size, mode);
        assert.ok(stretches.every(({ first }, i) => i === 0 || stretches[i - 1].end === first));
      }
    });
  }
});
