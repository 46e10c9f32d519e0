// The tape: what is recorded, and the gradients of chains of layers and functions.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import {
  Conv1d,
  ConvTranspose1d,
  functional as F,
  LazyConv1d,
  Parameter,
  ResidentTensor,
  resident,
  type Tensor,
  tensor,
} from 'convnd';
import { add, backward, custom, detach, mseLoss, record, relu, sigmoid, tanh } from 'convnd/train';
import { assertSame } from '../helpers/compare.js';
import { refused } from '../helpers/refusal.js';
import { conv, filled, g, grads, numbers, whole, x } from './taped.js';

describe('record', () => {
  it('gives a tensor of the same numbers, and gradients as `backward` of a layer has them', () => {
    const layer = conv();
    const y = record(() => layer.forward(x));
    assert.deepEqual(y.shape, [2, 4, 9]);
    assertSame(y.data, layer.forward(x).data, 'output');
    y.backward(g);
    const recorded = grads(layer);
    layer.zeroGrad();
    backward(layer, g, { input: x });
    assert.deepEqual(recorded, grads(layer));
  });

  it('knows activations, output sizes, lazy layers, unbatched and resident inputs', () => {
    const up = filled(new ConvTranspose1d(2, 3, 3, { stride: 2 }));
    const input = whole([2, 5], 3);
    const options = { activation: 'leakyRelu', negativeSlope: -2, outputSize: [12] } as const;
    for (const given of [input, resident(input)]) {
      const y = record(() => up.forward(given, options));
      assert.deepEqual(y.shape, [3, 12]);
      y.backward(whole([3, 12], 4));
      const recorded = grads(up);
      up.zeroGrad();
      backward(up, whole([3, 12], 4), { input, ...options });
      assert.deepEqual(recorded, grads(up));
      up.zeroGrad();
    }
    const lazy = new LazyConv1d(4, 1);
    record(() => lazy.forward(x)).backward(g);
    assert.deepEqual(lazy.weight.grad!.shape, [4, 3, 1]);
  });

  it('knows functionals, whose weights are parameters', () => {
    const layer = conv();
    record(() => layer.forward(x, { activation: 'relu' })).backward(g);
    const [weight, bias] = layer.parameters().map((p) => new Parameter(p.data.slice(), p.shape));
    record(() => relu(F.conv1d(x, weight, bias, { padding: 1 }))).backward(g);
    assert.deepEqual(
      [weight, bias].map(({ grad }) => numbers(grad)),
      grads(layer),
    );
    // detached weights are constants, so only the input gets a gradient
    const before = [numbers(weight.grad), numbers(bias.grad)];
    const input = new Parameter(x.data.slice(), [2, 3, 9]);
    record(() => F.conv1d(input, detach(weight), detach(bias), { padding: 1 })).backward(g);
    assert.deepEqual([numbers(weight.grad), numbers(bias.grad)], before);
    assert.equal(input.grad!.data.length, x.data.length);
    assertSame(input.grad!.data, backward(layer, g, { input: x })!.data, 'input');
  });

  it('leaves nothing recording, whatever the function does', async () => {
    const layer = conv();
    assert.throws(
      () =>
        record(() => {
          layer.forward(x);
          throw new Error('mine');
        }),
      /mine/,
    );
    assert.ok(!(layer.forward(x) instanceof ResidentTensor));
    assert.throws(() => record(() => record(() => layer.forward(x))), /record: inside another record/);
    refused(() => record(() => 1 as never), /expected a function that returns a tensor, got 1/, 'number');
    refused(() => record(undefined as never), /expected a function, got undefined/, 'nothing');
    const promised = async () => layer.forward(x);
    refused(() => record(promised as never), /expected a synchronous function, got a promise/, 'async');
    // nor a rejection that nobody can handle, by which the runner would fail this test
    const broken = async () => layer.forward([[1]]);
    refused(
      () => record(broken as never),
      /expected a synchronous function, got a promise/,
      'async and broken',
    );
    await setImmediate();
    assert.ok(!(layer.forward(x) instanceof ResidentTensor));
    record(() => layer.forward(x)).backward(g);
  });

  it('item gives the only number', () => {
    const layer = conv();
    refused(
      () => record(() => layer.forward(x)).item(),
      /a Tensor with 72 elements cannot be converted to Scalar/,
      '',
    );
    assert.equal(record(() => mseLoss([3], [1])).item(), 4);
  });

  it('refuses out, inside and for what was computed there', () => {
    const layer = conv();
    const out = tensor(new Float32Array(72), [2, 4, 9]);
    const sentence = /functions with out=\.\.\. arguments don't support automatic differentiation/;
    refused(() => record(() => layer.forward(x, { out })), sentence, 'inside');
    assertSame(out.data, new Float32Array(72), 'nothing was written');
    let hidden: Tensor | undefined;
    const y = record(() => {
      hidden = layer.forward(x);
      return tanh(hidden);
    });
    refused(() => layer.forward(x, { out: hidden! }), sentence, 'afterwards');
    refused(
      () => (hidden as ResidentTensor).channels(0, 1),
      /use narrow of convnd\/train, which is differentiable/,
      'channels',
    );
    y.backward(g);
    layer.forward(x, { out });
    // what was read is a tensor like any other
    let read: Tensor | undefined;
    record(() => {
      read = layer.forward(x);
      return tensor(read.data, [72]);
    });
    const other = new Conv1d(4, 4, 1);
    assertSame(
      other.forward(read!, { out }).data,
      other.forward(detach(read!)).data,
      'a tensor that was read',
    );
  });
});

describe('a chain', () => {
  it('computes nothing below what is to be trained', () => {
    const [lower, upper] = [conv(), filled(new Conv1d(4, 4, 1))];
    lower.requiresGrad_(false);
    let calls = 0;
    const y = record(() => {
      const below = custom(tensor(x.data.slice(), x.shape), [x], () => {
        calls++;
        return [null];
      });
      return upper.forward(lower.forward(below));
    });
    y.backward(g);
    assert.equal(calls, 0);
    assert.deepEqual(grads(lower), [null, null]);
    assert.ok(upper.weight.grad);
  });

  it('through a layer without channels leaves zeros in its bias', () => {
    const layer = new Conv1d(0, 3, 2);
    const y = record(() => layer.forward(tensor(new Float32Array(0), [2, 0, 5])));
    y.backward(tensor(new Float32Array(0), y.shape));
    assert.deepEqual([...layer.bias!.grad!.data], [0, 0, 0]);
    assert.deepEqual(layer.weight.grad!.shape, [3, 0, 2]);
  });

  it('goes through a frozen layer', () => {
    const [lower, upper] = [conv(), filled(new Conv1d(4, 4, 1))];
    upper.requiresGrad_(false);
    record(() => upper.forward(lower.forward(x))).backward(g);
    const through = backward(upper, g, { input: lower.forward(x) })!;
    const recorded = grads(lower);
    lower.zeroGrad();
    backward(lower, through, { input: x });
    assert.deepEqual(recorded, grads(lower));
    assert.deepEqual(grads(upper), [null, null]);
  });

  it('gives several parameters over one array a gradient each, and one of their array to the last', () => {
    const data = g.data.slice();
    const [first, last] = [1, 2].map(() => new Parameter(data, g.shape));
    record(() => add(add(first, last), tensor(data, g.shape))).backward(g);
    assertSame(first.grad!.data, g.data, 'first');
    assertSame(
      last.grad!.data,
      g.data.map((value) => 2 * value),
      'last',
    );
  });

  it('goes on where a tensor gets another shape', () => {
    const layer = conv();
    record(() => tanh(layer.forward(x))).backward(g);
    const recorded = grads(layer);
    layer.zeroGrad();
    record(() => tanh(tensor(layer.forward(x), [72]))).backward(tensor(g.data, [72]));
    assert.deepEqual(grads(layer), recorded);
    // parameters: one made from an array, the other a layer's
    const flat = new Parameter(layer.weight.data.slice(), [36]);
    layer.zeroGrad();
    record(() =>
      tanh(F.conv1d(x, tensor(flat, [4, 3, 3]), tensor(layer.bias!, [4]), { padding: 1 })),
    ).backward(g);
    assert.deepEqual([numbers(flat.grad), numbers(layer.bias!.grad)], recorded);
    assert.deepEqual(flat.grad!.shape, [36]);
    // with a new array, because the first one was transferred
    const renewed = new Parameter(layer.weight.data.slice(), [36]);
    structuredClone(null, { transfer: [renewed.data.buffer as ArrayBuffer] });
    renewed.data = layer.weight.data;
    record(() => tanh(F.conv1d(x, tensor(renewed, [4, 3, 3]), layer.bias, { padding: 1 }))).backward(g);
    assert.deepEqual(numbers(renewed.grad), recorded[0]);
    flat.requiresGrad = false;
    layer.zeroGrad();
    record(() => F.conv1d(x, tensor(flat, [4, 3, 3]), layer.bias)).backward({
      data: g.data.slice(0, 56),
      shape: [2, 4, 7],
    });
    assert.deepEqual(numbers(flat.grad), recorded[0]);
  });

  it('adds up where a tensor is used by several, and into what is there', () => {
    const layer = conv();
    const twice = whole([2, 4, 9], 8).data.map((value) => 2 * value);
    record(() => layer.forward(x)).backward(tensor(twice, g.shape));
    const wanted = grads(layer);
    layer.zeroGrad();
    record(() => {
      const y = layer.forward(x);
      return add(add(y, y), add(y, y), { alpha: -0.5 });
    }).backward(tensor(twice, g.shape));
    assert.deepEqual(grads(layer), wanted);
    const held = layer.weight.grad;
    record(() => layer.forward(x)).backward(tensor(twice, g.shape));
    assert.equal(layer.weight.grad, held);
    assert.deepEqual(
      grads(layer),
      wanted.map((values) => values!.map((value) => 2 * value)),
    );
    // the gradient that was handed over stays what it was
    const p = new Parameter(new Float32Array([1]), [1]);
    const given = tensor([5]);
    record(() => add(p, p)).backward(given);
    assert.deepEqual([numbers(p.grad), numbers(given)], [[10], [5]]);
    record(() => p).backward(given);
    assert.deepEqual([numbers(p.grad), numbers(given)], [[15], [5]]);
  });

  it('that a plain loop cut is refused', () => {
    const [lower, upper] = [conv(), filled(new Conv1d(4, 4, 1))];
    const cut = () =>
      record(() => {
        const hidden = lower.forward(x);
        return upper.forward(tensor(hidden.data.map(Math.abs), hidden.shape));
      });
    refused(
      () => cut().backward(g),
      /does not depend on Conv1d\(3, 4, .*plain loop over a tensor's data: use custom/,
      'cut',
    );
    assert.deepEqual([...grads(lower), ...grads(upper)], [null, null, null, null]);
    // behind the last recorded call too, where nothing is left that PyTorch's own sentence could be about
    const last = record(() => mseLoss(tensor(lower.forward(x).data.map(Math.abs), [2, 4, 9]), g));
    refused(
      () => last.backward(),
      /does not depend on Conv1d\(3, 4, .*plain loop over a tensor's data: use custom/,
      'last',
    );
    refused(
      () => last.backward(null, { allowUnused: true }),
      /^element 0 of tensors does not require grad/,
      'no grad',
    );
    cut().backward(g, { allowUnused: true });
    assert.deepEqual(grads(lower), [null, null]);
    // but not where it is said: a discriminator learns from what a generator made
    record(() => upper.forward(detach(lower.forward(x)))).backward(g);
    assert.deepEqual(grads(lower), [null, null]);
    const half = () => {
      const other = filled(new Conv1d(3, 4, 1, { padding: 1, dilation: 2 }));
      const hidden = other.forward(x).data.slice(0, 72);
      return upper.forward(add(detach(lower.forward(x)), tensor(hidden, [2, 4, 9])));
    };
    refused(() => record(half).backward(g), /does not depend on Conv1d\(3, 4, .*dilation/, 'another is cut');
    assert.ok(upper.weight.grad);
    record(() => {
      const hidden = lower.forward(x);
      const output = tensor(hidden.data.map(Math.abs), hidden.shape);
      const through = custom(output, [hidden], (h) => [
        tensor(
          h.data.map((value, i) => value * Math.sign(hidden.data[i])),
          h.shape,
        ),
      ]);
      return upper.forward(through);
    }).backward(g);
    assert.ok(lower.weight.grad);
  });

  it('goes on through the array of a loss of each element in another shape', () => {
    const layer = conv();
    const losses = () => mseLoss(layer.forward(x), g, { reduction: 'none' });
    record(() => mseLoss(tensor(losses(), [72]), tensor(new Float32Array(72).fill(1)))).backward();
    const inOtherShape = grads(layer);
    layer.zeroGrad();
    record(() => mseLoss(losses(), tensor(new Float32Array(72).fill(1), [2, 4, 9]))).backward();
    assert.deepEqual(inOtherShape, grads(layer));
  });

  it('that is no parameter but says that it wants a gradient is refused', () => {
    const layer = filled(new Conv1d(4, 4, 1));
    const marked = Object.assign(tensor(new Float32Array(8), [1, 4, 2]), { requiresGrad: true });
    const words =
      /requiresGrad is set on a tensor that is not a Parameter of this copy of convnd: pass new Parameter\(data, shape\)/;
    assert.throws(() => record(() => layer.forward(marked)), words);
    assert.throws(() => record(() => tanh(marked)), words);
    marked.requiresGrad = false;
    record(() => layer.forward(marked)).backward(tensor(new Float32Array(8), [1, 4, 2]));
    const wanted = new Parameter(marked.data, [1, 4, 2]);
    record(() => tanh(wanted)).backward(tensor(new Float32Array(8).fill(3), [1, 4, 2]));
    assert.deepEqual([...wanted.grad!.data], new Array(8).fill(3));
  });

  it('that leads from one record into another is refused', () => {
    const [lower, upper] = [conv(), filled(new Conv1d(4, 4, 1))];
    let hidden: Tensor | undefined;
    const first = record(() => {
      hidden = lower.forward(x);
      return tanh(hidden);
    });
    for (const given of [hidden!, tensor(hidden!, [8, 9]), new Parameter(hidden!.data, hidden!.shape)])
      refused(
        () => record(() => sigmoid(given)),
        /belongs to another record, whose backward was not called yet/,
        '',
      );
    record(() => upper.forward(detach(hidden!))).backward(g);
    first.backward(g);
    // its numbers were read, so they are still there, and no more than numbers
    record(() => upper.forward(hidden!)).backward(g);
  });
});
