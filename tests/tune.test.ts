// tune() times the rows of the kernel table and settles on the fastest.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Conv2d, tensor } from 'convnd';
import { algorithms } from '#src/plan/choice.js';

describe('tune', () => {
  it('times every row that can, sorted, and takes the first', () => {
    const conv = new Conv2d(8, 16, 3, { padding: 1 });
    const times = conv.tune([1, 8, 12, 12]);
    assert.deepEqual(times.map(({ algorithm }) => algorithm).sort(), ['direct', 'gemm', 'winograd']);
    assert.equal(conv.algorithm, times[0].algorithm);
    for (const [i, { milliseconds }] of times.entries()) {
      assert.ok(milliseconds >= (times[i - 1]?.milliseconds ?? 0) && milliseconds < 1000);
    }
  });

  it('leaves out what is switched off', () => {
    const conv = new Conv2d(8, 16, 3, { padding: 1 });
    conv.winograd = 'never';
    assert.ok(conv.tune([1, 8, 12, 12]).every(({ algorithm }) => algorithm !== 'winograd'));
  });

  it('changes no result beyond rounding', () => {
    const conv = new Conv2d(8, 16, 3, { padding: 1 });
    conv.winograd = 'never';
    const x = tensor(
      Float32Array.from({ length: 8 * 144 }, (_, i) => (i % 9) - 4),
      [1, 8, 12, 12],
    );
    const before = conv.forward(x).data;
    conv.tune([1, 8, 12, 12]);
    for (const [i, value] of conv.forward(x).data.entries()) {
      assert.ok(Math.abs(value - before[i]) <= 1e-5 * Math.max(1, Math.abs(before[i])));
    }
  });

  it('refuses what forward refuses, and keeps the layer as it was', () => {
    const conv = new Conv2d(8, 16, 3);
    assert.throws(() => conv.tune([1, 7, 12, 12]), RangeError);
    assert.throws(() => conv.tune([1, 8, 12.5, 12]), TypeError);
    assert.equal(conv.algorithm, undefined);
    assert.ok(algorithms.length > 0);
  });
});
