// What `backward` does with a layer and its parameters, and what it refuses.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import {
  Conv1d,
  Conv2d,
  ConvTranspose1d,
  LazyConv1d,
  memoryUsage,
  ResidentTensor,
  resident,
  settings,
  type Tensor,
  tensor,
} from 'convnd';
import { type BackwardOptions, backward, grad } from 'convnd/train';
import { recording } from '#src/layers/recording.js';
import { assertSame } from '../helpers/compare.js';
import { integers } from '../helpers/numbers.js';
import { refused } from '../helpers/refusal.js';
import { product } from '../reference/reference.js';

const filled = (shape: readonly number[], value = 0) =>
  tensor(new Float32Array(product(shape)).fill(value), shape);
const x = filled([2, 3, 5, 6]);
const ones = filled([2, 4, 5, 6], 1);
const layer = () => new Conv2d(3, 4, 3, { padding: 1 });

describe('backward and parameters', () => {
  it('adds in place: a held gradient sees the second call', () => {
    const conv = layer();
    assert.equal(conv.weight.grad, null);
    backward(conv, ones, { input: x });
    const held = conv.bias!.grad!;
    assert.deepEqual([...held.data], [60, 60, 60, 60]);
    assert.deepEqual(conv.weight.grad!.shape, [4, 3, 3, 3]);
    backward(conv, ones, { input: x });
    assert.deepEqual([...held.data], [120, 120, 120, 120]);
    assert.equal(conv.bias!.grad, held);
    conv.zeroGrad();
    backward(conv, ones, { input: x });
    assert.deepEqual([...held.data], [120, 120, 120, 120]);
    assert.deepEqual([...conv.bias!.grad!.data], [60, 60, 60, 60]);
  });

  it('adds to a gradient that was assigned, be it resident', () => {
    const conv = new Conv1d(1, 1, 1);
    const weight = resident(tensor([5], [1, 1, 1]));
    conv.weight.grad = weight;
    conv.bias!.grad = [1];
    backward(conv, [[[2, 3]]], { input: [[[10, 100]]] });
    assert.deepEqual([...weight.data], [325]);
    assert.deepEqual([...conv.bias!.grad!.data], [6]);
  });

  it('leaves frozen parameters alone', () => {
    const conv = layer();
    conv.weight.requiresGrad = false;
    assert.ok(backward(conv, ones, { input: x }));
    assert.equal(conv.weight.grad, null);
    assert.deepEqual(conv.bias!.grad!.shape, [4]);
    conv.requiresGrad_(false).zeroGrad();
    assert.equal(backward(conv, ones, { input: x, inputGrad: false }), null);
    assert.equal(conv.bias!.grad, null);
  });

  it('counts an empty batch as zeros, and lets NaN through', () => {
    const conv = layer();
    const gradient = backward(conv, filled([0, 4, 5, 6]), { input: filled([0, 3, 5, 6]) })!;
    assert.deepEqual(gradient.shape, [0, 3, 5, 6]);
    assert.ok(conv.weight.grad!.data.every((value) => value === 0));
    assert.deepEqual([...conv.bias!.grad!.data], [0, 0, 0, 0]);
    const one = new Conv1d(1, 1, 1);
    backward(one, [[[Number.NaN, 1]]], { input: [[[1, 1]]] });
    assert.deepEqual([...one.weight.grad!.data, ...one.bias!.grad!.data], [Number.NaN, Number.NaN]);
  });

  it('computes with the weights of the moment', () => {
    const conv = new Conv1d(1, 1, 2, { bias: false });
    const gradOf = () => [...backward(conv, [[[1, 1]]], { input: [[[1, 2, 3]]] })!.data];
    conv.weight = [[[1, 2]]];
    assert.deepEqual(gradOf(), [1, 3, 2]);
    conv.weight.data[0] = 7;
    assert.deepEqual(gradOf(), [7, 9, 2]);
    conv.weight = [[[1, 1]]];
    assert.deepEqual(gradOf(), [1, 2, 1]);
  });

  it('leaves what forward computes as it was', () => {
    const conv = new Conv1d(2, 2, 3, { groups: 2, padding: 1 });
    const input = tensor(integers(16, 3), [1, 2, 8]);
    const before = conv.forward(input).data.slice();
    backward(conv, input, { input });
    assertSame(conv.forward(input).data, before, 'after backward');
    backward(conv, conv.forward(input), { input });
    assertSame(conv.forward(input).data, before, 'after another backward');
  });
});

describe('backward and tensors', () => {
  it('takes numbers of any type, nested arrays, and elements in another order', () => {
    const conv = layer();
    for (const numbers of [new Float64Array(240).fill(1), new Int32Array(240).fill(1)]) {
      conv.zeroGrad();
      backward(conv, { data: numbers, shape: [2, 4, 5, 6] }, { input: x });
      assert.deepEqual([...conv.bias!.grad!.data], [60, 60, 60, 60]);
    }
    const one = new Conv1d(1, 1, 1);
    const turned = { data: new Float32Array([1, 2, 3, 4]), shape: [2, 1, 2], strides: [1, 4, 2] };
    backward(one, turned, { input: [[[1, 0]], [[0, 0]]] });
    assert.deepEqual([...one.weight.grad!.data, ...one.bias!.grad!.data], [1, 10]);
  });

  it('writes the gradient of the input to `out`, plain or resident', () => {
    const conv = layer();
    const want = backward(conv, ones, { input: x })!;
    const out = filled([2, 3, 5, 6], 9);
    assert.equal(backward(conv, ones, { input: x, out }), out);
    assertSame(out.data, want.data, 'plain');
    const kept = resident({ shape: [2, 3, 5, 6] });
    assert.equal(backward(conv, resident(ones), { input: resident(x), out: kept }), kept);
    assertSame(kept.data, want.data, 'resident');
    assert.ok(!(backward(conv, resident(ones), { input: resident(x) }) instanceof ResidentTensor));
  });

  it('writes it to channels of several images, whatever stands beside the convolution, and nothing else', () => {
    const input = tensor(integers(180, 1), [2, 3, 5, 6]);
    const besides: Omit<BackwardOptions, 'input'>[] = [
      ...([{}, { activation: 'relu' }, { activation: 'gelu' }, { scale: 0.5 }, { upsample: 2 }] as const),
      ...([{ inputActivation: 'relu' }, { inputActivation: 'gelu' }] as const),
      { activation: 'silu', inputActivation: 'gelu', scale: -3, upsample: 2 },
    ];
    for (const paddingMode of ['zeros', 'reflect'] as const)
      for (const epilogue of besides) {
        const line = `${paddingMode} ${JSON.stringify(epilogue)}`;
        const conv = new Conv2d(3, 4, 3, { padding: 1, paddingMode });
        const { shape } = conv.forward(input, { upsample: epilogue.upsample ?? 1 });
        const g = tensor(integers(product(shape), 2), shape);
        const want = backward(conv, g, { input, ...epilogue })!;
        const [weight, bias] = [conv.weight.grad!.data, conv.bias!.grad!.data];
        conv.zeroGrad();
        const both = resident(filled([2, 5, 5, 6], 9));
        const out = both.channels(1, 3);
        assert.equal(backward(conv, g, { input, ...epilogue, out }), out);
        assertSame(resident(out).data, want.data, line);
        assertSame(conv.weight.grad!.data, weight, `${line}: weight`);
        assertSame(conv.bias!.grad!.data, bias, `${line}: bias`);
        for (const channel of [0, 4])
          assert.ok(
            resident(both.channels(channel, 1)).data.every((value) => value === 9),
            line,
          );
      }
  });

  it('gives an unbatched gradient for an unbatched input', () => {
    const conv = layer();
    const gradient = backward(conv, filled([4, 5, 6], 1), { input: filled([3, 5, 6]) })!;
    assert.deepEqual(gradient.shape, [3, 5, 6]);
    assert.deepEqual([...conv.bias!.grad!.data], [30, 30, 30, 30]);
  });

  it('computes a lacking output again, and tells no recorder of it', () => {
    const conv = new Conv1d(1, 1, 1, { bias: false });
    conv.weight = [[[1]]];
    const input = [[[-2, 0, 2, 9]]];
    const g = [[[1, 1, 1, 1]]];
    const numbers = (options: Omit<BackwardOptions, 'input'>) => [
      ...backward(conv, g, { input, ...options })!.data,
    ];
    let told = 0;
    recording.recorder = { layerCalled: () => told++, functionalCalled: () => told++ } as never;
    try {
      assert.deepEqual(numbers({ activation: 'relu' }), [0, 0, 1, 1]);
      assert.deepEqual(numbers({ activation: 'relu6' }), [0, 0, 1, 0]);
      assert.deepEqual(numbers({ activation: 'leakyRelu', negativeSlope: 0.5 }), [0.5, 0.5, 1, 1]);
      assert.deepEqual(numbers({ activation: 'leakyRelu', negativeSlope: -2 }), [-2, -2, 1, 1]);
      // whose output would say otherwise
      assert.deepEqual(
        numbers({ activation: 'leakyRelu', negativeSlope: -2, output: [[[4, 0, 2, 9]]] }),
        [-2, -2, 1, 1],
      );
      assert.equal(told, 0);
      assert.ok(recording.recorder);
    } finally {
      recording.recorder = undefined;
    }
  });

  it('lets NaN through relu and relu6, and an infinite output through relu', () => {
    const conv = new Conv1d(1, 1, 1, { bias: false });
    conv.weight = [[[1]]];
    const output = [[[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]]];
    const through = (activation: 'relu' | 'relu6') => [
      ...backward(conv, [[[1, 2, 3]]], { input: [[[0, 0, 0]]], output, activation })!.data,
    ];
    assert.deepEqual(through('relu'), [1, 2, 0]);
    assert.deepEqual(through('relu6'), [1, 0, 0]);
  });
});

describe('backward refuses', () => {
  const sentence = (given: string, output = '[2, 4, 5, 6]') =>
    new RegExp(
      `^Mismatch in shape: grad_output[0] has a shape of torch.Size(${given}) and output[0] has a shape of torch.Size(${output})`.replace(
        /[[\]()]/g,
        '\\$&',
      ),
    );

  it('a gradient that is not exactly of the shape of the output', () => {
    const conv = layer();
    for (const shape of [[2, 4, 5, 5], [4, 5, 6], [], [1, 4, 5, 6]])
      refused(
        () => backward(conv, filled(shape), { input: x }),
        sentence(`[${shape.join(', ')}]`),
        `shape ${shape}`,
      );
    refused(
      () => backward(conv, filled([1, 4, 5, 6]), { input: filled([3, 5, 6]) }),
      sentence('[1, 4, 5, 6]', '[4, 5, 6]'),
      'batched for unbatched',
    );
    const up = new ConvTranspose1d(1, 1, 3, { stride: 2 });
    refused(
      () => backward(up, filled([1, 1, 8]), { input: filled([1, 1, 3]) }),
      sentence('[1, 1, 8]', '[1, 1, 7]'),
      'up',
    );
    assert.ok(backward(up, filled([1, 1, 8]), { input: filled([1, 1, 3]), outputSize: [8] }));
    assert.equal(conv.weight.grad, null);
  });

  it('what is no layer, no tensor and no option', () => {
    const conv = layer();
    const call =
      (options: object, given: unknown = ones) =>
      () =>
        backward(conv, given as Tensor, options as never);
    refused(
      () => backward({} as never, ones, { input: x }),
      /^backward: expected a layer of this copy of convnd, got an object/,
      'object',
    );
    refused(
      () => backward(null as never, ones, { input: x }),
      /^backward: expected a layer of this copy of convnd, got null/,
      'null',
    );
    refused(call({}), /^input: expected a tensor/, 'no input');
    refused(() => backward(conv, ones, undefined as never), /^options must be an object/, 'no options');
    refused(call({ input: x, weight: 1 }), /^unexpected option 'weight'/, 'option');
    refused(call({ input: x }, 'text'), /^gradOutput: expected a tensor/, 'text');
    refused(call({ input: x, activation: 'swish' }), /^activation: expected/, 'activation');
    refused(call({ input: x, add: ones }), /^unexpected option 'add'/, 'add');
    refused(call({ input: x, scale: '1' }), /^scale must be a number/, 'scale');
    refused(call({ input: x, upsample: 0 }), /^upsample should be greater than zero/, 'upsample');
    refused(call({ input: x, inputActivation: 'swish' }), /^inputActivation: expected/, 'inputActivation');
    refused(call({ input: x, negativeSlope: 1 }), /^negativeSlope requires/, 'slope');
    refused(call({ input: x, activation: 'relu', output: filled([4]) }), /^output: expected shape/, 'output');
    refused(call({ input: filled([2, 5, 5, 6]) }), /to have 3 channels, but got 5 channels/, 'channels');
    refused(call({ input: x, out: filled([3]) }), /^out: expected shape/, 'out');
    refused(call({ input: x, outputSize: 3 }), /^outputSize: expected a shape/, 'outputSize');
    const square = new Conv1d(1, 1, 1);
    const both = filled([1, 1, 3]);
    refused(
      () => backward(square, both, { input: filled([1, 1, 3]), out: both }),
      /^out: /,
      'out is the gradient',
    );
    const other = filled([1, 1, 3]);
    refused(() => backward(square, both, { input: other, out: other }), /^out: /, 'out is the input');
    const disposed = resident(ones);
    disposed.dispose();
    assert.throws(call({ input: x }, disposed), /disposed/);
    assert.equal(conv.weight.grad, null);
    assert.equal(conv.bias!.grad, null);
  });

  it('a lazy layer that has seen no input', () => {
    const lazy = new LazyConv1d(2, 3);
    const input = filled([1, 4, 9]);
    assert.throws(() => backward(lazy, filled([1, 2, 7]), { input }), /not initialised: call forward once/);
    lazy.forward(input);
    assert.deepEqual(backward(lazy, filled([1, 2, 7]), { input })!.shape, [1, 4, 9]);
  });
});

describe('memory of gradients', () => {
  const shape = [2, 3, 9, 10];

  it('stays flat over many steps with new gradients, and dispose gives it back', async () => {
    const before = memoryUsage().live;
    const conv = new Conv2d(3, 4, 3, { padding: 1, paddingMode: 'reflect' });
    const step = (at: number) => {
      const input = tensor(integers(product(shape), at), shape);
      const y = conv.forward(input, { activation: 'relu' });
      conv.zeroGrad();
      backward(conv, tensor(integers(y.data.length, at + 1), y.shape), {
        input,
        output: y,
        activation: 'relu',
      });
      const { data } = conv.weight.grad!;
      conv.weight = tensor(
        conv.weight.data.map((value, i) => value - 1e-3 * data[i]),
        conv.weight.shape,
      );
    };
    for (let at = 0; at < 20; at++) step(at);
    const { live, total } = memoryUsage();
    for (let at = 0; at < 200; at++) step(at);
    assert.deepEqual([memoryUsage().live, memoryUsage().total], [live, total]);
    conv.dispose();
    await setImmediate();
    assert.ok(memoryUsage().live <= before, `${memoryUsage().live} after, ${before} before`);
  });

  it('stays flat over many calls of grad with new gradients', () => {
    const weight = tensor(integers(108, 1), [4, 3, 3, 3]);
    const input = tensor(integers(product(shape), 2), shape);
    const step = (at: number) => {
      const g = tensor(integers(2 * 4 * 7 * 8, at), [2, 4, 7, 8]);
      grad.conv2dInput(shape, weight, g);
      grad.conv2dWeight(input, weight.shape, g);
    };
    for (let at = 0; at < 20; at++) step(at);
    const { live, total } = memoryUsage();
    for (let at = 0; at < 200; at++) step(at);
    assert.deepEqual([memoryUsage().live, memoryUsage().total], [live, total]);
  });
});

describe('the same gradients', () => {
  it('have the same bits in every call, with resident tensors and plain ones', () => {
    settings.winograd = 'auto';
    const conv = new Conv2d(8, 16, 3, { padding: 1 });
    const input = tensor(
      new Float32Array(3 * 8 * 30 * 33).map((_, i) => Math.sin(i)),
      [3, 8, 30, 33],
    );
    const g = tensor(
      new Float32Array(3 * 16 * 30 * 33).map((_, i) => Math.cos(3 * i)),
      [3, 16, 30, 33],
    );
    const all = (a: Tensor, b: Tensor) => {
      conv.zeroGrad();
      const gradient = backward(conv, a, { input: b })!;
      return [gradient.data, conv.weight.grad!.data, conv.bias!.grad!.data];
    };
    const first = all(g, input);
    for (const again of [all(g, input), all(resident(g), resident(input))])
      again.forEach((numbers, i) => {
        assertSame(numbers, first[i], `gradient ${i}`);
      });
  });
});
