// The forms in which a layer takes its input.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Conv1d, Conv2d, functional, resident, type Tensor, tensor } from 'convnd';
import { runners, thisThread } from '#src/run/runner.js';
import { assertSame } from '../helpers/compare.js';
import { countsOf } from '../helpers/counts.js';
import { reals } from '../helpers/numbers.js';

describe('an input', () => {
  const layer = new Conv1d(2, 1, 2);
  layer.loadStateDict({
    weight: [
      [
        [1, 2],
        [10, 20],
      ],
    ],
    bias: [100],
  });
  const wanted = [1 + 4 + 40 + 100 + 100, 2 + 6 + 50 + 120 + 100];
  const numbers = [1, 2, 3, 4, 5, 6];

  it('may be a tensor, { data, shape }, { data, dims } or nested arrays', () => {
    const shape = [1, 2, 3];
    const data = Float32Array.from(numbers);
    for (const x of [
      tensor(data, shape),
      { data, shape },
      { data, dims: shape },
      { data: numbers, shape },
      [
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
      ],
      tensor([
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
      ]),
      { data, dims: shape, type: 'float32', size: 6 },
    ]) {
      assertSame(layer.forward(x).data, wanted, JSON.stringify(x));
    }
  });

  it('may be in any typed array', () => {
    const kinds = [
      Float32Array,
      Float64Array,
      Int8Array,
      Uint8Array,
      Uint8ClampedArray,
      Int16Array,
      Uint16Array,
      Int32Array,
      Uint32Array,
    ];
    for (const Kind of kinds)
      assertSame(layer.forward({ data: Kind.from(numbers), shape: [2, 3] }).data, wanted, Kind.name);
    for (const Kind of [BigInt64Array, BigUint64Array]) {
      assertSame(
        layer.forward({ data: Kind.from(numbers.map(BigInt)), shape: [2, 3] }).data,
        wanted,
        Kind.name,
      );
    }
  });

  it('may lie anywhere in its buffer', () => {
    const whole = new Float32Array([9, 9, 9, ...numbers, 9]);
    assertSame(layer.forward(tensor(whole.subarray(3, 9), [2, 3])).data, wanted, 'subarray');
    assertSame(whole, [9, 9, 9, ...numbers, 9], 'unchanged');
  });

  it('may lie in shared memory', () => {
    const shared = new Float32Array(new SharedArrayBuffer(24));
    shared.set(numbers);
    assertSame(layer.forward({ data: shared, shape: [2, 3] }).data, wanted, 'shared');
  });

  it('is not changed, nor its shape shared with the result', () => {
    const x = tensor(Float32Array.from(numbers), [1, 2, 3]);
    const y = layer.forward(x);
    y.data.fill(0);
    y.shape[0] = 7;
    assertSame(x.data, numbers, 'input');
    assert.deepEqual(layer.forward(x).shape, [1, 1, 2]);
    assertSame(layer.forward(x).data, wanted, 'again');
  });

  it('may compute its numbers by calls when they are asked for, as may what is added and an output', () => {
    const shape = [1, 64, 40, 40];
    const values = tensor(reals(64 * 1600, 1), shape);
    const larger = new Conv2d(64, 64, 3);
    for (const own of [
      new Conv2d(64, 64, 3, { padding: 1 }),
      new Conv2d(64, 64, 3, { padding: 1, groups: 64 }),
    ]) {
      const plain = own.forward(values).data;
      const wanted = own.forward(values, { add: values, activation: 'tanh' }).data;
      /** A tensor that computes with the same plan, and with one that moves the scratch, whenever its numbers are read. */
      const computed = (data: Float32Array): Tensor => ({
        shape,
        get data() {
          own.forward(tensor(new Float32Array(64 * 1600), shape));
          larger.forward(tensor(new Float32Array(64 * 90_000), [1, 64, 300, 300]));
          larger.dispose();
          own.dispose();
          return data;
        },
      });
      assertSame(own.forward(computed(values.data)).data, plain, 'input');
      const y = own.forward(values, { add: computed(values.data), activation: 'tanh' });
      assertSame(y.data, wanted, 'what is added');
      const out = new Float32Array(64 * 1600);
      own.forward(values, { out: computed(out) });
      assertSame(out, plain, 'output');
      assertSame(own.forward(values).data, plain, 'afterwards');
      const pooled = functional.maxPool2d(values, 2).data;
      assertSame(functional.maxPool2d(computed(values.data), 2).data, pooled, 'windows');
    }
  });

  it('is refused if it has more numbers when they are read again', () => {
    const own = new Conv1d(1, 4, 3, { padding: 1 });
    let reads = 0;
    const x: Tensor = {
      shape: [1, 1, 64],
      get data() {
        reads++;
        return new Float32Array(reads === 1 ? 64 : 6400);
      },
    };
    assert.throws(() => own.forward(x), /shape \[1, 1, 64\] is invalid for data of 6400 elements/);
    assert.deepEqual(own.forward([[Array(64).fill(0)]]).shape, [1, 4, 64]);
  });
});

describe('the short pieces that a stride leaves of an input in several blocks', () => {
  // two of three positions: 160,000 pieces
  const strided = new Conv1d(8, 8, 2, { stride: 3 });
  const x = tensor(reals(8 * 60_000, 3), [1, 8, 60_000]);
  const out = strided.forward(x);
  const arrays = Object.getPrototypeOf(Float32Array.prototype) as Float32Array;

  it('are copied without a view of each', (test) => {
    const subarray = test.mock.method(arrays, 'subarray');
    strided.forward(x, { out });
    assert.ok(subarray.mock.callCount() < 1000, `${subarray.mock.callCount()} views`);
    assertSame(out.data, strided.forward(resident(x)).data, 'output');
  });

  it('are activated together', () => {
    const { calls } = countsOf(() => strided.forward(x, { inputActivation: 'relu', out }));
    assert.ok(calls('run/transfer', 'finish') < 1000, `${calls('run/transfer', 'finish')} calls`);
    const positive = tensor(
      x.data.map((value) => Math.max(0, value)),
      x.shape,
    );
    assertSame(out.data, strided.forward(positive).data, 'output');
    assertSame(strided.forward(resident(x), { inputActivation: 'relu' }).data, out.data, 'resident');
  });
});

describe('a call that ends in its midst', () => {
  it('leaves the layer as it was', () => {
    for (const own of [
      new Conv2d(64, 64, 3, { padding: 1, groups: 64 }),
      new Conv2d(64, 64, 3, { padding: 1 }),
    ]) {
      const values = tensor(reals(64 * 128 * 128, 2), [1, 64, 128, 128]);
      const wanted = own.forward(values).data;
      for (const last of [0, 1, 2]) {
        let calls = 0;
        runners.current = {
          run(...call) {
            if (calls++ === last) throw new Error('on purpose');
            thisThread.run(...call);
          },
        };
        try {
          own.forward(values);
        } catch (error) {
          assert.match(`${error}`, /on purpose/);
        } finally {
          runners.current = thisThread;
        }
        assertSame(own.forward(values).data, wanted, `after ${last} calls of an entry`);
      }
    }
  });
});
