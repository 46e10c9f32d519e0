// Shared copy: the same numbers as `set` between shared and other memory, wherever they begin, and layers on threads copy by it.

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { Conv2d, tensor } from 'convnd';
import { setNumThreads } from 'convnd/threads';
import { copiers } from '#src/core/copy.js';
import { copyShared } from '#src/threads/shared-copy.js';
import { reals } from '../helpers/numbers.js';

/** Numbers of the least range that a Buffer copies: 8 KB, and 2 KB where `set` copies byte by byte. */
const LEAST = 2048;
const LEAST_BY_BYTES = 512;

const shared = (count: number) => new Float32Array(new SharedArrayBuffer(4 * count));

/** Counts the calls of `Buffer.fill` while a function runs. */
function fillsIn(run: () => void): number {
  const { fill } = Buffer.prototype;
  let calls = 0;
  Buffer.prototype.fill = function (this: Buffer, ...given: unknown[]) {
    calls++;
    return (fill as (...all: unknown[]) => Buffer).apply(this, given);
  } as typeof fill;
  try {
    run();
  } finally {
    Buffer.prototype.fill = fill;
  }
  return calls;
}

describe('copies between shared and other memory', () => {
  after(() => setNumThreads(1));

  it('copies the numbers that `set` copies, and no others', () => {
    const numbers = reals(LEAST + 8, 1);
    // its bits must stay, which no comparison of numbers shows
    new Uint32Array(numbers.buffer)[5] = 0x7fa00001;
    const bits = (array: Float32Array) => new Uint32Array(array.buffer, array.byteOffset, array.length);
    for (const count of [LEAST_BY_BYTES - 1, LEAST_BY_BYTES, LEAST - 1, LEAST, LEAST + 3]) {
      for (const first of [0, 1, 2]) {
        for (const target of [0, 1, 4]) {
          for (const inwards of [true, false]) {
            const from = inwards ? numbers : shared(numbers.length);
            bits(from).set(bits(numbers));
            // a view that begins within its buffer
            const make = inwards ? shared : (length: number) => new Float32Array(length);
            const [to, wanted] = [make(LEAST + 9).subarray(1), make(LEAST + 9).subarray(1)];
            const part = from.subarray(first, first + count);
            const fills = fillsIn(() => copyShared(part, to, target));
            wanted.set(part, target);
            assert.deepEqual(bits(to), bits(wanted), `${count} from ${first} to ${target}, ${inwards}`);
            // `to` begins at its buffer's second number
            const least = (1 + target - first) % 2 === 0 ? LEAST : LEAST_BY_BYTES;
            assert.equal(fills, count < least ? 0 : 1);
          }
        }
      }
    }
  });

  it('leaves to `set` what a Buffer would copy otherwise', () => {
    const whole = shared(2 * LEAST);
    whole.set(reals(2 * LEAST, 2));
    const wanted = whole.slice().copyWithin(1, 0, LEAST);
    const among = fillsIn(() => copyShared(whole.subarray(0, LEAST), whole, 1));
    assert.deepEqual([whole.slice(), among], [wanted, 0], 'ranges of one array that overlap');
    const doubles = new Float64Array(LEAST);
    const converted = fillsIn(() => copyShared(whole.subarray(0, LEAST), doubles, 0));
    assert.deepEqual([doubles[7], converted], [wanted[7], 0], 'numbers of another type');
    assert.throws(() => copyShared(whole.subarray(0, LEAST), new Float32Array(LEAST), 1), RangeError);
    assert.throws(() => copyShared(whole.subarray(0, LEAST), new Float32Array(0), 0), RangeError);
  });

  it('is how layers copy plain arrays once memory is shared', async () => {
    const layer = new Conv2d(8, 8, 1);
    const x = tensor(reals(8 * 24 * 24, 3), [1, 8, 24, 24]);
    const out = tensor(new Float32Array(8 * 24 * 24), [1, 8, 24, 24]);
    assert.equal(
      fillsIn(() => layer.forward(x, { out })),
      0,
      'on one thread',
    );
    const alone = out.data.slice();
    assert.equal(await setNumThreads(2), 2);
    assert.equal(copiers.current, copyShared);
    layer.forward(x, { out });
    assert.equal(
      fillsIn(() => layer.forward(x, { out })),
      2,
      'in and out',
    );
    assert.deepEqual(out.data, alone);
  });
});
