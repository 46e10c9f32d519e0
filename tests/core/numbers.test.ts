// Bytes in cache lines, and extremes of long lists.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aligned, channelStride } from '#src/core/bytes.js';
import { least, most } from '#src/core/lists.js';

describe('numbers', () => {
  it('a channel keeps off the cache set of the one before, at the cost of a line', () => {
    for (let elements = 1; elements < 5000; elements++) {
      const stride = channelStride(elements);
      assert.ok(stride % 4096 !== 0 && stride >= 4 * elements + 16 && stride <= 4 * elements + 64);
    }
    assert.deepEqual([0, 1, 64, 65].map(aligned), [0, 64, 64, 128]);
  });

  it('the extremes of lists of any length', () => {
    const long = Array.from({ length: 1_000_000 }, (_, i) => ((i + 1) * 7919) % 1_000_003);
    const sorted = Float64Array.from(long).sort();
    assert.deepEqual([most(long), least(long)], [sorted[sorted.length - 1], sorted[0]]);
  });
});
