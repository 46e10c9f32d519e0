// The kinds of padding, and how far each may reach.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inputPositionAt, isPaddingMode, mostPadding, paddingModes } from '#src/geometry/padding.js';

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
            const from = inputPositionAt(x, size, mode);
            assert.ok(from >= 0 && from < size, `${mode} of ${size} at ${x}: ${from}`);
          }
        }
        for (const x of [-most - 1, size + most]) assert.equal(inputPositionAt(x, size, mode), -1);
      }
    }
  });

  it('with zeros and with the outermost elements has no limit', () => {
    for (const size of [1, 5]) {
      assert.equal(mostPadding(size, 'zeros'), Number.POSITIVE_INFINITY);
      assert.equal(mostPadding(size, 'replicate'), Number.POSITIVE_INFINITY);
      for (const far of [1, 1000]) {
        assert.equal(inputPositionAt(-far, size, 'replicate'), 0);
        assert.equal(inputPositionAt(size - 1 + far, size, 'replicate'), size - 1);
        assert.equal(inputPositionAt(-far, size, 'zeros'), -1);
      }
    }
  });
});
