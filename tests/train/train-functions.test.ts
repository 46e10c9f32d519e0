// The functions of convnd/train by themselves: what they give outside of `record`, and what they refuse, in torch's words.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  Conv1d,
  memoryUsage,
  Parameter,
  ResidentTensor,
  resident,
  type Tensor,
  type TensorLike,
  tensor,
} from 'convnd';
import {
  add,
  binaryCrossEntropyWithLogits,
  cat,
  crossEntropy,
  custom,
  detach,
  gelu,
  hardswish,
  huberLoss,
  l1Loss,
  leakyRelu,
  mseLoss,
  mul,
  narrow,
  record,
  relu,
  relu6,
  sigmoid,
  silu,
  smoothL1Loss,
  tanh,
} from 'convnd/train';
import { assertSame } from '../helpers/compare.js';
import { integers } from '../helpers/numbers.js';
import { label, refused } from '../helpers/refusal.js';

const any = <T>(value: unknown): T => value as T;
const numbers = ({ data }: { data: Float32Array }) => [...data];
/** The gradient of an input for a gradient of ones. */
function slopes(f: (x: TensorLike) => { data: Float32Array; shape: number[] }, values: number[]): number[] {
  const p = new Parameter(new Float32Array(values), [values.length]);
  const y = record(() => f(p));
  y.backward(tensor(new Float32Array(y.data.length).fill(1), y.shape));
  return [...p.grad!.data];
}
const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

describe('functions of convnd/train', () => {
  it('are plain outside of record, whatever they are given', () => {
    const x = [-1, 0, 2];
    for (const given of [x, tensor(x), resident(tensor(x)), { data: new Int8Array(x), dims: [3] }]) {
      for (const y of [
        relu(given),
        add(given, given),
        cat([given, given]),
        narrow(given, 0, 0, 1),
        detach(given),
      ]) {
        assert.ok(!(y instanceof ResidentTensor));
        assert.ok(y.data instanceof Float32Array);
      }
      assert.deepEqual(numbers(detach(given)), x);
    }
    const output = tensor([1]);
    assert.equal(
      custom(output, [x], () => assert.fail('never called')),
      output,
    );
  });

  it('have slopes at kinks, infinities and NaN as torch has', () => {
    const values = [-inf, -1, 0, 3, 6, 7, inf, nan];
    const expect: [(x: TensorLike) => ReturnType<typeof relu>, number[], number[]][] = [
      [relu, [0, 0, 0, 3, 6, 7, inf, nan], [0, 0, 0, 1, 1, 1, 1, 1]],
      [relu6, [0, 0, 0, 3, 6, 6, 6, nan], [0, 0, 0, 1, 0, 0, 0, 1]],
      [(x) => leakyRelu(x, 0.5), [-inf, -0.5, 0, 3, 6, 7, inf, nan], [0.5, 0.5, 0.5, 1, 1, 1, 1, 0.5]],
    ];
    for (const [f, outputs, wanted] of expect) {
      assertSame(f(values).data, outputs, 'outputs');
      assertSame(slopes(f, values), wanted, 'slopes');
    }
    assertSame(sigmoid([-inf, 0, inf, nan]).data, [0, 0.5, 1, nan], 'sigmoid');
    assertSame(slopes(sigmoid, [-inf, 0, inf, nan]), [0, 0.25, 0, nan], 'slopes of sigmoid');
    assertSame(tanh([-inf, 0, inf, nan]).data, [-1, 0, 1, nan], 'tanh');
    assertSame(slopes(tanh, [-inf, 0, inf, nan]), [0, 1, 0, nan], 'slopes of tanh');
    assertSame(
      slopes((x) => l1Loss(x, [0, 0, 0], { reduction: 'sum' }), [-2, 0, 2]),
      [-1, 0, 1],
      'l1',
    );
  });

  it('activate and derive with the bits of a layer', () => {
    const values = Float32Array.from({ length: 1001 }, (_, i) => (i - 500) / 64);
    const identity = new Conv1d(1, 1, 1, { bias: false }).requiresGrad_(false);
    identity.weight = [[[1]]];
    const functions = { relu, relu6, leakyRelu, sigmoid, tanh, silu, hardswish, gelu };
    for (const [name, f] of Object.entries(functions)) {
      const activation = name as keyof typeof functions;
      const [ours, layers] = [
        (x: Parameter) => f(x),
        (x: Parameter) => identity.forward(x, { activation }),
      ].map((call) => {
        const x = new Parameter(values.slice(), [1, 1001]);
        const y = record(() => call(x));
        y.backward(tensor(values.map(Math.cos), [1, 1001]));
        return { y: y.data, slopes: x.grad!.data };
      });
      assertSame(ours.y, layers.y, name);
      assertSame(ours.slopes, layers.slopes, `slopes of ${name}`);
      assertSame(f(tensor(values, [7, 11, 13])).data, ours.y, `${name} outside of record`);
    }
  });

  it('put together and take apart along every axis', () => {
    const a = tensor(integers(24, 1), [2, 3, 4]);
    for (const axis of [0, 1, 2, -1]) {
      const size = a.shape.at(axis)!;
      const parts = Array.from({ length: size }, (_, at) => narrow(a, axis, at, 1));
      const whole = cat(parts, axis);
      assert.deepEqual([whole.shape, numbers(whole)], [a.shape, numbers(a)]);
      assert.deepEqual(numbers(narrow(a, axis, -size, size)), numbers(a));
      assert.deepEqual(narrow(a, axis, size, 0).data.length, 0);
    }
    assert.deepEqual(numbers(narrow([[1, 2, 3]], 1, -2, 2)), [2, 3]);
  });

  it('stretch as torch does', () => {
    const column = tensor([1, 2], [2, 1]);
    assert.deepEqual(add(column, [10, 20, 30]).shape, [2, 3]);
    assert.deepEqual(numbers(add(column, [10, 20, 30], { alpha: 2 })), [21, 41, 61, 22, 42, 62]);
    assert.deepEqual(numbers(add(1, 2)), [3]);
    assert.deepEqual(mul(column, [10, 20, 30]).shape, [2, 3]);
    assert.deepEqual(numbers(mul(column, [10, 20, 30])), [10, 20, 30, 20, 40, 60]);
    assert.deepEqual(numbers(mul([1, 2], 0.5)), [0.5, 1]);
    assert.deepEqual(
      slopes((x) => mul(x, column), [5, 6]),
      [3, 3],
    );
    assert.deepEqual(
      slopes((x) => mul(column, x), [5, 6]),
      [3, 3],
    );
    assert.deepEqual(
      slopes((x) => mul(x, x), [5, 6]),
      [10, 12],
    );
    assert.deepEqual(
      slopes(
        (x) =>
          add(x, [
            [1, 1],
            [1, 1],
            [1, 1],
          ]),
        [5, 6],
      ),
      [3, 3],
    );
  });
});

const x = tensor(integers(24, 1), [2, 3, 4]);
const refusals: Record<string, [() => unknown, RegExp]> = {
  'add, sizes': [
    () => add(x, [1, 2, 3]),
    /The size of tensor a \(4\) must match the size of tensor b \(3\) at non-singleton dimension 2/,
  ],
  'add, alpha': [() => add(x, x, { alpha: any('1') }), /alpha must be a number/],
  'add, option': [() => add(x, x, any({ beta: 1 })), /unexpected option 'beta'/],
  'mul, sizes': [
    () => mul(x, [1, 2, 3]),
    /The size of tensor a \(4\) must match the size of tensor b \(3\) at non-singleton dimension 2 \[mul\]/,
  ],
  'mul of text': [() => mul(x, any('2')), /^b: expected a tensor/],
  'mul of a disposed tensor': [
    () => {
      const gone = new ResidentTensor([4]);
      gone.dispose();
      mul(x, gone);
    },
    /^b: resident tensor of shape \[4\] is disposed \[mul\]$/,
  ],
  'cat of nothing': [() => cat([]), /expected a non-empty list of Tensors/],
  'cat of a tensor': [() => cat(any(x)), /expected a list of tensors/],
  'cat, sizes': [
    () => cat([x, tensor(integers(18, 1), [2, 3, 3])], 1),
    /Sizes of tensors must match except in dimension 1\. Expected size 4 but got size 3 for tensor number 1 in the list\./,
  ],
  'cat, axes': [() => cat([x, [1]], 0), /Tensors must have same number of dimensions: got 3 and 1/],
  'cat, numbers': [() => cat([1, 2]), /zero-dimensional tensor \(at position 0\) cannot be concatenated/],
  'cat, axis': [
    () => cat([x, x], 3),
    /Dimension out of range \(expected to be in range of \[-3, 2\], but got 3\)/,
  ],
  'narrow of a number': [() => narrow(1, 0, 0, 1), /narrow\(\) cannot be applied to a 0-dim tensor/],
  'narrow, axis': [() => narrow(x, -4, 0, 1), /Dimension out of range/],
  'narrow, start': [
    () => narrow(x, 1, 4, 0),
    /start out of range \(expected to be in range of \[-3, 3\], but got 4\)/,
  ],
  'narrow, length': [() => narrow(x, 1, 1, 3), /start \(1\) \+ length \(3\) exceeds dimension size \(3\)/],
  'narrow, negative length': [() => narrow(x, 1, 1, -1), /narrow\(\): length must be non-negative/],
  'narrow, half': [() => narrow(x, 1, 0.5, 1), /start must be an integer/],
  'leaky relu, slope': [() => leakyRelu(x, any('a')), /negative_slope must be a number/],
  'smooth l1, beta': [() => smoothL1Loss(x, x, { beta: -1 }), /does not support negative values for beta/],
  'huber, delta in words': [
    () => huberLoss(x, x, { delta: any('1') }),
    /delta must be a number, but got '1'/,
  ],
  'l1, option': [() => l1Loss(x, x, any({ beta: 1 })), /unexpected option 'beta'.*\[l1_loss\]/],
  'mse, reduction': [
    () => mseLoss(x, x, any({ reduction: [1] })),
    /^\[1\] is not a valid value for reduction/,
  ],
  'huber, delta': [() => huberLoss(x, x, { delta: 0 }), /does not support non-positive values for delta/],
  'mse, option': [() => mseLoss(x, x, any({ reduce: true })), /unexpected option 'reduce'/],
  'cross entropy of a number': [() => crossEntropy(1, 0), /Expected an input of \(classes\)/],
  'cross entropy, smoothing': [
    () => crossEntropy([1, 2], 0, { labelSmoothing: 2 }),
    /label_smoothing must be between 0\.0 and 1\.0\. Got: 2/,
  ],
  'cross entropy, smoothing in words': [
    () => crossEntropy([1, 2], 0, { labelSmoothing: any('0') }),
    /label_smoothing must be a number/,
  ],
  'cross entropy, half a class': [
    () => crossEntropy([1, 2], 0, { ignoreIndex: 0.5 }),
    /ignore_index must be an integer, but got 0\.5/,
  ],
  'cross entropy, probabilities of others': [
    () => crossEntropy([[1, 2]], [[0, 0, 1]]),
    /got input: \[1, 2\] , target: \[1, 3\]\): expected classes of shape \[1\], or probabilities of the input's shape/,
  ],
  'cross entropy, ignored of probabilities': [
    () => crossEntropy([1, 2], [0.5, 0.5], { ignoreIndex: 1 }),
    /ignore_index is not supported for floating point target/,
  ],
  'cross entropy, axes': [() => crossEntropy(x, x.data.length), /size mismatch \(got input: \[2, 3, 4\]/],
  'binary cross entropy, sizes': [
    () => binaryCrossEntropyWithLogits([1, 2], [1]),
    /Target size \(torch\.Size\(\[1\]\)\) must be the same as input size \(torch\.Size\(\[2\]\)\)/,
  ],
  'binary cross entropy, weight': [
    () => binaryCrossEntropyWithLogits([1, 2], [1, 0], { posWeight: [[1], [2]] }),
    /pos_weight: shape \[2, 1\] cannot be broadcast to the input's \[2\]/,
  ],
  'gelu, another formula': [
    () => gelu(x, { approximate: any('tanh') }),
    /^approximate must be 'none', but got 'tanh': its formula is in docs\/cookbook\.md \[gelu\]$/,
  ],
  'custom, inputs': [() => custom(x, any(x), () => []), /inputs must be a list of tensors/],
  'custom, gradients': [() => custom(x, [], any(1)), /gradients must be a function/],
  'custom, in place': [() => custom(x, [x], () => [null]), /the output is one of the inputs/],
};

/** What `custom` gives, carried through backward. */
const customGives = (gradients: unknown) => () => {
  const layer = new Conv1d(1, 1, 1);
  record(() => {
    const y = layer.forward([[1, 2]]);
    return custom(tensor([1]), [y], () => any(gradients));
  }).backward();
};

describe('refusals of convnd/train', () => {
  for (const [name, [call, sentence]] of Object.entries(refusals))
    it(name, () => {
      refused(call, sentence, name);
    });

  it('gradients of custom', () => {
    refused(
      customGives(1),
      /gradients must return a list with one entry per input, but returned 1/,
      'number',
    );
    refused(customGives([]), /incorrect number of gradients \(expected 1, got 0\)/, 'none');
    refused(
      customGives([[1]]),
      /invalid gradient at index 0 - got \[1\] but expected shape compatible with \[1, 2\]/,
      'one',
    );
    customGives([null])();
    const p = new Parameter(new Float32Array([1]), [1]);
    refused(
      () => record(() => custom(relu(p), [p], () => [null])),
      /the output was recorded already/,
      'twice',
    );
  });

  it('have the words of the library, whatever is handed over', () => {
    const odd = [
      null,
      undefined,
      Symbol('x'),
      {},
      '',
      'text',
      true,
      3n,
      () => 1,
      { data: 1 },
      { shape: [1] },
      [[1], 2],
    ];
    const calls: ((value: never) => unknown)[] = [
      relu,
      sigmoid,
      detach,
      (v) => add(v, 1),
      (v) => cat([v]),
      (v) => cat(v),
      (v) => narrow(v, 0, 0, 0),
      (v) => narrow(x, v, 0, 0),
      (v) => mseLoss(x, v),
      (v) => crossEntropy(v, 0),
      (v) => crossEntropy([1, 2], v),
      (v) => binaryCrossEntropyWithLogits(v, v),
      (v) => custom(v, [], () => []),
      (v) => record(v),
      (v) => record(() => v),
      (v) => record(() => relu(new Parameter(new Float32Array(2), [2]))).backward(v ?? any(1)),
    ];
    const engines =
      /Cannot (convert|read|set|mix|perform|destructure)|is not (iterable|a function|an object)|Invalid/;
    for (const [at, call] of calls.entries())
      for (const value of odd) {
        const what = `${label(value)} for call ${at}`;
        assert.doesNotMatch(
          refused(() => call(any(value)), /./, what),
          engines,
          what,
        );
      }
  });

  it('refuse a view of wasm memory that grew in their midst', () => {
    const shape = [1, 1, 100_000];
    const count = 100_000;
    const detached =
      /its buffer was transferred, or that of wasm memory, which grew; pass the resident tensor/;
    const refusedGrown = (call: (view: Tensor) => unknown, what: string) => {
      using x = resident({ shape });
      const made: ResidentTensor[] = [];
      const { total } = memoryUsage();
      // the last of them made it grow, and another one of that size will again
      while (memoryUsage().total === total) made.push(new ResidentTensor(shape));
      refused(() => call(tensor(x.data, shape)), detached, what);
      for (const each of made) each.dispose();
    };
    const p = new Parameter(new Float32Array(count).fill(1), shape);
    for (const [what, call] of Object.entries<(v: Tensor) => Tensor>({
      relu,
      relu6,
      leakyRelu,
      sigmoid,
      tanh,
      gelu,
      add: (v) => add(p, v),
      mul: (v) => mul(v, p),
      cat: (v) => cat([v, p], 1),
      narrow: (v) => narrow(v, 2, 1, count - 1),
    })) {
      refusedGrown((view) => record(() => call(view)), what);
      // these hand the gradient on as it is, or are larger than it
      if (what === 'add' || what === 'cat' || what === 'mul') continue;
      const y = record(() => call(p));
      refusedGrown(({ data }) => {
        y.backward(tensor(data.subarray(0, y.data.length), y.shape));
      }, `backward of ${what}`);
    }
  });
});
