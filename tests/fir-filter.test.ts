import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { streamPlan } from '#src/signal/fir-filter-plan.js';

describe('x', () => {
  it('y', () => {
    for (const n of [256, 257, 1000, 3000, 10000, 48000, 192000, 1000000])
      console.log(n, JSON.stringify(streamPlan(n).levels));
    assert.ok(1);
  });
});
