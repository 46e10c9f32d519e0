// The tape: what is recorded and what is not, how long it lives, and what is refused rather than computed wrong.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import {
  Conv1d,
  type Conv2d,
  ConvTranspose1d,
  functional as F,
  LazyConv1d,
  memoryUsage,
  Parameter,
  ResidentTensor,
  resident,
  type Tensor,
  tensor,
} from 'convnd';
import {
  add,
  backward,
  cat,
  custom,
  detach,
  mseLoss,
  narrow,
  record,
  relu,
  SGD,
  sigmoid,
  tanh,
} from 'convnd/train';
import { heap } from '#src/engine/heap.js';
import { isExposed } from '#src/layers/internals.js';
import { assertSame } from './compare.js';
import { settleUntil } from './garbage.js';
import { integers } from './numbers.js';
import { refused } from './refusal.js';

const numbers = (tensor: Tensor | null | undefined) => (tensor ? [...tensor.data] : tensor);
const whole = (shape: number[], seed: number) =>
  tensor(
    integers(
      shape.reduce((a, b) => a * b, 1),
      seed,
    ),
    shape,
  );
const filled = <L extends Conv1d | Conv2d | ConvTranspose1d>(layer: L, seed = 1): L => {
  layer.weight = whole(layer.weight.shape, seed);
  if (layer.bias) layer.bias = whole(layer.bias.shape, seed + 1);
  return layer;
};
const grads = (layer: Conv1d | Conv2d | ConvTranspose1d) =>
  layer.parameters().map(({ grad }) => numbers(grad));
const x = whole([2, 3, 9], 7);
const g = whole([2, 4, 9], 8);
const conv = () => filled(new Conv1d(3, 4, 3, { padding: 1 }));

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
    // plain weights are constants; so the input alone gets one
    const input = new Parameter(x.data.slice(), [2, 3, 9]);
    record(() => F.conv1d(input, tensor(weight), tensor(bias), { padding: 1 })).backward(g);
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

  it('goes on where a tensor gets another shape', () => {
    const layer = conv();
    record(() => tanh(layer.forward(x))).backward(g);
    const recorded = grads(layer);
    layer.zeroGrad();
    record(() => tanh(tensor(layer.forward(x), [72]))).backward(tensor(g.data, [72]));
    assert.deepEqual(grads(layer), recorded);
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
      /requiresGrad is set on a tensor that is not a Parameter: pass new Parameter\(data, shape\)/;
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

describe('between forward and backward', () => {
  const changed = /has been modified by an inplace operation/;
  const start = (layer = conv()) => record(() => tanh(layer.forward(x)));

  it('a weight may be looked at, and not changed', () => {
    for (const change of [
      (layer: Conv1d) => layer.weight.data.fill(1),
      (layer: Conv1d) => layer.resetParameters(),
      (layer: Conv1d) => layer.loadStateDict(conv().stateDict()),
    ]) {
      for (const isKnown of [false, true]) {
        const layer = conv();
        if (isKnown) layer.weight.data[0] = 3;
        const y = start(layer);
        assert.equal(layer.weight.data.length, 36);
        y.backward(g, { retain: true });
        change(layer);
        refused(() => y.backward(g), changed, `known ${isKnown}`);
      }
    }
    const weight = new Parameter(integers(12, 1), [4, 3, 1]);
    const y = record(() => F.conv1d(x, weight));
    weight.data[0]++;
    refused(() => y.backward(g), changed, 'functional');
    assert.equal(weight.grad, null);
  });

  it('a step hands out no weight, so later calls of the layer do not look at them', () => {
    const layer = conv();
    const optimizer = new SGD(layer.parameters(), { lr: 0.5 });
    record(() => mseLoss(layer.forward(x), g)).backward();
    optimizer.step();
    for (const parameter of layer.parameters()) assert.equal(isExposed(parameter), false);
  });

  it('an array that was given to a parameter may not be written into either', () => {
    const values = Float32Array.of(2);
    const weight = new Parameter(values, [1, 1, 1]);
    const y = record(() => relu(F.conv1d([[1, 2]], weight)));
    values[0] = 3;
    assert.throws(() => y.backward([[1, 1]]), /modified by an inplace operation/);
  });

  it('an input, and what was computed inside, must stay', () => {
    const input = tensor(x.data.slice(), x.shape);
    const layer = conv();
    const y = record(() => layer.forward(input));
    input.data[3]++;
    refused(() => y.backward(g), changed, 'input');
    assert.deepEqual(grads(layer), [null, null]);
    input.data[3]--;
    y.backward(g);
    const lying = resident(x);
    const other = record(() => layer.forward(lying));
    lying.data[3]++;
    refused(() => other.backward(g), changed, 'resident');
    // a plain loop in place cuts the chain without a trace, but for the numbers
    const inPlace = record(() => {
      const hidden = layer.forward(x);
      hidden.data[0]++;
      return add(hidden, 1);
    });
    refused(() => inPlace.backward(g), changed, 'in place');
  });

  it('the record is given back by backward, unless it is retained', () => {
    const layer = conv();
    const y = start(layer);
    y.backward(g, { retain: true });
    const once = grads(layer);
    y.backward(g);
    assert.deepEqual(
      grads(layer),
      once.map((values) => values!.map((value) => 2 * value)),
    );
    refused(() => y.backward(g), /Trying to backward through the graph a second time/, 'second');
    refused(() => y.backward(g, { retainGraph: true } as never), /unexpected option 'retainGraph'/, 'option');
  });
});

describe('the memory of a record', () => {
  it('is given back by backward, but for what was read', () => {
    const layer = conv();
    let read: Tensor | undefined;
    let unread: Tensor | undefined;
    const before = memoryUsage().live;
    const y = record(() => {
      unread = layer.forward(x);
      read = tanh(unread);
      return relu(read);
    });
    const kept = numbers(read!);
    y.backward(g);
    assert.deepEqual(numbers(read), kept);
    assert.throws(() => unread!.data, /backward freed it, because its data was not read/);
    assert.throws(() => tanh(unread!), /backward freed it/);
    // what the layer's plans take
    const plans = memoryUsage().live - before;
    for (let i = 0; i < 3; i++) record(() => relu(tanh(layer.forward(x)))).backward(g);
    assert.equal(memoryUsage().live - before, plans);
  });

  it('is given back where the function throws', () => {
    const layer = conv();
    layer.forward(x);
    const { live } = memoryUsage();
    const mine = () => {
      tanh(layer.forward(x));
      throw new Error('mine');
    };
    for (let i = 0; i < 3; i++) assert.throws(() => record(mine), /mine/);
    assert.equal(memoryUsage().live, live);
  });

  it('is the same after many steps', () => {
    const [lower, upper] = [
      filled(new Conv1d(1, 2, 3, { padding: 1 })),
      filled(new ConvTranspose1d(2, 1, 1)),
    ];
    const input = whole([1, 8], 3);
    const step = () => {
      const loss = record(() =>
        mseLoss(
          narrow(cat([tanh(upper.forward(lower.forward(input, { activation: 'relu' }))), input], 0), 0, 0, 1),
          [[1, 1, 1, 1, 1, 1, 1, 1]],
        ),
      );
      loss.backward();
    };
    for (let i = 0; i < 10; i++) step();
    const { live, total } = memoryUsage();
    for (let i = 0; i < 1000; i++) step();
    assert.deepEqual([memoryUsage().live, memoryUsage().total], [live, total]);
  });

  it('is let go where results and parts of it are kept', async () => {
    const layer = conv();
    const kept: unknown[] = [];
    const given: WeakRef<Tensor>[] = [];
    for (let i = 0; i < 5; i++) {
      const input = whole([2, 3, 9], i);
      given.push(new WeakRef(input));
      const y = record(() => {
        const hidden = layer.forward(input);
        kept.push(hidden, hidden.data);
        return tanh(hidden);
      });
      y.backward(g);
      kept.push(y);
    }
    const left = (): number => given.filter((reference) => reference.deref()).length;
    await settleUntil(() => left() === 0);
    assert.equal(left(), 0);
    assert.equal(kept.length, 15);
  });

  it('and its gradients lie elsewhere where wasm memory lacks', (t) => {
    const layer = conv();
    const step = () => {
      layer.zeroGrad();
      let hidden: Tensor | undefined;
      record(() => {
        hidden = layer.forward(x);
        return tanh(hidden);
      }).backward(g);
      return { hidden, grads: grads(layer) };
    };
    const wanted = step();
    assert.ok(wanted.hidden instanceof ResidentTensor);
    const engine = Object.getPrototypeOf(heap());
    const { allocate } = engine;
    let refusals = 0;
    t.mock.method(engine, 'allocate', function (this: unknown, ...[bytes, purpose, beyond]: unknown[]) {
      const what = typeof purpose === 'function' ? purpose() : purpose;
      if (!/resident tensor/.test(what)) return allocate.call(this, bytes, purpose, beyond);
      refusals++;
      throw new RangeError('not enough memory');
    });
    const got = step();
    assert.ok(refusals > 2, `${refusals}`);
    assert.ok(!(got.hidden instanceof ResidentTensor));
    assert.deepEqual(got.grads, wanted.grads);
  });

  it('lies elsewhere where much is taken', (t) => {
    const layer = conv();
    const usage = { ...memoryUsage(), live: 2 ** 31 };
    t.mock.getter(Object.getPrototypeOf(heap()), 'usage', () => usage);
    let hidden: Tensor | undefined;
    const y = record(() => {
      hidden = layer.forward(x);
      return tanh(hidden);
    });
    assert.ok(!(hidden instanceof ResidentTensor));
    y.backward(g, { retain: true });
    const once = grads(layer);
    layer.zeroGrad();
    hidden!.data[0]++;
    refused(() => y.backward(g), /modified by an inplace operation/, 'a plain tensor');
    t.mock.reset();
    record(() => tanh(layer.forward(x))).backward(g);
    assert.deepEqual(grads(layer), once);
  });
});
