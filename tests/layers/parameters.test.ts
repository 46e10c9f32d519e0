// A layer's parameters: what they are, and that every change of them is noticed.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { Conv1d, functional as F, LazyConv1d, manualSeed, Parameter, tensor } from 'convnd';
import { record } from 'convnd/train';
import { assertSame } from '../helpers/compare.js';
import { integers } from '../helpers/numbers.js';

describe('a parameter', () => {
  const x = tensor([[1, 2, 3]]);
  const make = (): Conv1d => {
    const layer = new Conv1d(1, 1, 2);
    layer.loadStateDict({ weight: [[[1, 10]]], bias: [0.5] });
    assertSame(layer.forward(x).data, [21.5, 32.5], 'before');
    return layer;
  };

  it('is one of weight and bias, in this order', () => {
    const layer = make();
    assert.deepEqual(layer.parameters(), [layer.weight, layer.bias]);
    assert.deepEqual(new Conv1d(1, 1, 2, { bias: false }).parameters().length, 1);
  });

  it('that changes in place is noticed at the next forward', () => {
    const layer = make();
    layer.weight.data[1] = 20;
    assertSame(layer.forward(x).data, [41.5, 62.5], 'weight');
    layer.bias!.data[0] = -1;
    assertSame(layer.forward(x).data, [40, 61], 'bias');
    layer.weight.data[0] = -0;
    assertSame(layer.forward(x).data, [39, 59], 'zero');
    layer.weight.data.set([3, 2]);
    layer.weight.data.reverse();
    assertSame(layer.forward(x).data, [7, 12], 'reversed');
  });

  it('that changes by its last bit only, or by a swap, is noticed', () => {
    const layer = new Conv1d(64, 16, 3, { bias: false });
    const long = tensor(integers(64 * 9, 1), [64, 9]);
    const { data } = layer.weight;
    const fresh = (): Float32Array => {
      const other = new Conv1d(64, 16, 3, { bias: false });
      other.loadStateDict({ weight: tensor(data.slice(), layer.weight.shape) });
      return other.forward(long).data;
    };
    const bits = new Uint32Array(data.buffer, data.byteOffset, data.length);
    layer.forward(long);
    for (let round = 0; round < 300; round++) {
      const [a, b] = [(round * 131) % data.length, (round * 977 + 5) % data.length];
      if (round % 3 === 0) bits[a] ^= 1;
      else if (round % 3 === 1) [bits[a], bits[b]] = [bits[b], bits[a]];
      // Two changes that cancel in a sum and in an exclusive or.
      else [bits[a], bits[b]] = [bits[a] ^ 0x00800000, bits[b] ^ 0x00800000];
      assertSame(layer.forward(long).data, fresh(), `round ${round}`);
    }
  });

  it('of one layer is not that of another', () => {
    const [first, second] = [make(), make()];
    first.weight.data[0] = 5;
    assertSame(second.forward(x).data, [21.5, 32.5], 'the other');
  });

  it('takes the values of a tensor that is assigned to it, and keeps its own array', () => {
    const layer = make();
    const { data } = layer.weight;
    const given = tensor([[[2, 3]]]);
    layer.weight = given;
    layer.bias = [1];
    assertSame(layer.forward(x).data, [9, 14], 'assigned');
    assert.equal(layer.weight.data, data);
    given.data[0] = 100;
    assertSame(layer.forward(x).data, [9, 14], 'the given array changes');
    layer.weight.copy([[[1, 1]]]);
    assertSame(layer.forward(x).data, [4, 6], 'copied');
  });

  it('takes a typed array of as many values, as functionals take one for the bias', () => {
    const layer = make();
    layer.weight = Float32Array.of(2, 3);
    layer.bias = Float64Array.of(1);
    assertSame(layer.forward(x).data, [9, 14], 'assigned');
    layer.weight.copy(BigInt64Array.of(1n, -1n));
    assertSame(layer.forward(x).data, [0, 0], 'copied');
    assertSame(F.conv1d(x, layer.weight, Int8Array.of(5)).data, [4, 4], 'conv1d');
    const gradient = record(() => F.conv1d(x, layer.weight, Float32Array.of(5)));
    gradient.backward([[1, 1]]);
    assert.deepEqual([...layer.weight.grad!.data], [3, 5]);
    assert.throws(() => layer.weight.copy(new Float32Array(3)), /^RangeError: parameter: shape \[1, 1, 2\]/);
    assert.throws(
      () => F.conv1d(x, layer.weight, new Float32Array(2)),
      /bias to be 1-dimensional with 1 elements/,
    );
  });

  it("takes the values of an array that is assigned to its data, as torch's programs do", () => {
    const layer = new Conv1d(1, 1, 2, { bias: false });
    const own = layer.weight.data;
    layer.weight.data = new Float64Array([3, 4]);
    assert.equal(layer.weight.data, own);
    assert.deepEqual([...layer.forward([[1, 10]]).data], [43]);
    layer.weight.data = [[[5, 6]]];
    assert.deepEqual([...layer.forward([[1, 10]]).data], [65]);
    for (const wrong of [new Float32Array(3), [[5, 6]], null])
      assert.throws(() => (layer.weight.data = wrong as never), /^(Range|Type)Error: parameter: .*\[Conv1d/);
    assert.deepEqual([...own], [5, 6]);
  });

  it('of another shape, or where there is none, is refused and nothing changes', () => {
    const layer = make();
    const refusals: (() => void)[] = [
      () => (layer.weight = [[[1, 2, 3]]]),
      () => (layer.weight = [1, 2]),
      () => (layer.bias = [1, 2]),
      () => layer.weight.copy([[1, 2]]),
    ];
    for (const refusal of refusals)
      assert.throws(
        refusal,
        /^RangeError: parameter: expected values of shape \[.*\], got a tensor of shape/,
      );
    assert.throws(
      () => (layer.weight = 'none' as never),
      /^TypeError: parameter: expected a tensor .*\[Conv1d/,
    );
    assertSame(layer.forward(x).data, [21.5, 32.5], 'after refusals');
    const bare = new Conv1d(1, 1, 2, { bias: false });
    assert.throws(
      () => (bare.bias = [1]),
      /^TypeError: Conv1d\(.*\) has no bias; construct it with bias: true/,
    );
    // a lazy layer will have one
    const lazy = new LazyConv1d(2, 2);
    assert.throws(() => (lazy.bias = [1, 2]), /^Error: the weight of LazyConv1d\(.*\) is not initialised/);
  });

  it('is made of a Float32Array and its shape, and of nothing else', () => {
    const data = Float32Array.of(1, 2, 3, 4, 5, 6);
    const shape = [2, 3];
    const made = new Parameter(data, shape);
    shape[0] = 7;
    assert.deepEqual(made.shape, [2, 3]);
    assert.equal(made.data, data);
    for (const [given, sizes, name, message] of [
      [[1, 2], [2], 'TypeError', 'parameter: expected data in a Float32Array, got [1, 2]'],
      [
        new Float64Array(2),
        [2],
        'TypeError',
        'parameter: expected data in a Float32Array, got Float64Array(2)',
      ],
      [undefined, [2], 'TypeError', 'parameter: expected data in a Float32Array, got undefined'],
      [data, undefined, 'TypeError', 'parameter: expected a shape like [8, 3, 3, 3], got undefined'],
      [data, 6, 'TypeError', 'parameter: expected a shape like [8, 3, 3, 3], got 6'],
      [data, [7], 'RangeError', 'parameter: shape [7] is invalid for data of 6 elements'],
      [
        data,
        [-2, -3],
        'RangeError',
        'parameter: a size must be a whole number from 0 to 2147483647, got shape [-2, -3]',
      ],
    ] as const) {
      assert.throws(() => new Parameter(given as never, sizes as never), { name, message });
    }
  });

  it('has a shape that cannot be written to, replaced or deleted', () => {
    const layer = new Conv1d(1, 1, 2);
    for (const parameter of [...layer.parameters(), new Parameter(new Float32Array(2), [2])]) {
      assert.throws(() => (parameter.shape[0] = 9), TypeError);
      assert.throws(() => Object.assign(parameter, { shape: [9] }), TypeError);
      assert.throws(() => Object.defineProperty(parameter, 'shape', { value: [9] }), TypeError);
      Reflect.deleteProperty(parameter, 'shape');
    }
    assert.deepEqual(layer.weight.shape, [1, 1, 2]);
  });

  it('shows its shape, and differs by it', () => {
    const values = new Float32Array(6);
    const parameter = new Parameter(values, [2, 3]);
    assert.match(inspect(parameter), /shape: \[ 2, 3 \]/);
    assert.notDeepStrictEqual(parameter, new Parameter(values, [3, 2]));
    assert.deepEqual({ ...parameter }, { requiresGrad: true, shape: [2, 3] });
  });

  it('is read back from JSON', () => {
    const layer = make();
    const text = JSON.stringify(layer.weight);
    layer.weight.data.fill(0);
    layer.weight = JSON.parse(text);
    assertSame(layer.weight.data, [1, 10], 'read back');
    assert.equal(JSON.stringify(new Parameter(new Float32Array(2), [2, 1])), '{"data":[0,0],"shape":[2,1]}');
  });

  it('is drawn anew by resetParameters', () => {
    const layer = make();
    manualSeed(3);
    layer.resetParameters();
    manualSeed(3);
    const fresh = new Conv1d(1, 1, 2);
    assertSame(layer.forward(x).data, fresh.forward(x).data, 'reset');
  });
});
