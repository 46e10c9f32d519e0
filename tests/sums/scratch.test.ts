// Sums write only to the scratch memory that they reserve: marks behind it stay as they are.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { aligned } from '#src/core/bytes.js';
import { heap } from '#src/engine/heap.js';
import { convolve, correlate, lfilter, upfirdn } from '#src/signal.js';
import { numbersOf } from '#src/sums/samples.js';

const MARKS = 512;
const MARK = 0xa5;

describe('sums write only to the scratch memory that they reserve', () => {
  const engine = heap();
  const reserve = engine.reserve.bind(engine);
  let end = -1;

  before(() => {
    engine.reserve = (bytes, purpose) => {
      const address = reserve(aligned(bytes) + MARKS, purpose);
      end = address + aligned(bytes);
      new Uint8Array(engine.memory.buffer, end, MARKS).fill(MARK);
      return address;
    };
  });
  after(() => {
    engine.reserve = reserve;
  });

  /** Calls a function, and fails if marks changed. */
  const checked = (call: () => unknown, what: unknown) => {
    end = -1;
    call();
    if (end < 0) return;
    const changed = new Uint8Array(engine.memory.buffer, end, MARKS).findLastIndex((byte) => byte !== MARK);
    assert.equal(changed, -1, JSON.stringify(what));
  };

  const types = ['float32', 'float64'] as const;

  it('rows around the longest that are computed without blocks', () => {
    for (const dtype of types)
      for (let length = 8160; length < 8200; length++)
        checked(() => lfilter([1, 2, 3], numbersOf(length, dtype), { dtype }), { dtype, length });
  });

  it('signals, images and volumes of any size', () => {
    const sizes = (most: number) =>
      fc.array(fc.integer({ min: 1, max: most }), { minLength: 3, maxLength: 3 });
    const made = fc.record({
      rank: fc.integer({ min: 1, max: 3 }),
      sizes: sizes(40),
      taps: sizes(9),
      dtype: fc.constantFrom(...types),
      method: fc.constantFrom('auto', 'direct', 'fft'),
      boundary: fc.constantFrom('zeros', 'mirror', 'wrap'),
      up: fc.integer({ min: 1, max: 5 }),
      down: fc.integer({ min: 1, max: 5 }),
    });
    const check = fc.property(made, ({ rank, sizes, taps, dtype, method, boundary, up, down }) => {
      const of = (all: readonly number[], longest: number) => {
        const shape = all.slice(0, rank).map((size) => (rank === 1 ? size * longest : size));
        return {
          data: numbersOf(
            shape.reduce((a, b) => a * b),
            dtype,
          ).fill(1),
          shape,
        };
      };
      const [x, h] = [of(sizes, 250), of(taps, 40)];
      const what = { rank, x: x.shape, h: h.shape, dtype, method, boundary, up, down };
      checked(() => correlate(x, h, { dtype, method, boundary }), what);
      checked(() => convolve(x, h, { dtype, method, mode: 'same', boundary }), what);
      checked(() => upfirdn(h.data.subarray(0, taps[0]), x, { dtype, up, down }), what);
    });
    fc.assert(check, { numRuns: 150 });
  });
});
