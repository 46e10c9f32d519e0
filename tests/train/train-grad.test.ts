// The functions of `grad` beside torch.nn.grad's results and verdicts, and the transposed ones beside a layer's gradients.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { functional, settings, type Tensor, type TensorLike, tensor } from 'convnd';
import { grad } from 'convnd/train';
import { optionsOf } from '../helpers/build.js';
import { assertNear, assertSame } from '../helpers/compare.js';
import {
  type FunctionalGradientCase,
  type GradientCase,
  readJson,
  readTensors,
  type TorchArgs,
  type TrainingRow,
} from '../helpers/fixtures.js';
import { refused } from '../helpers/refusal.js';
import { product } from '../reference/reference.js';

type Grad = (a: unknown, b: unknown, gradOutput: TensorLike, options?: object) => Tensor;
const functions = grad as unknown as Record<string, Grad>;

/** conv2d_input is conv2dInput. */
const ours = (name: string) => functions[name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())];

const { cases, functional: rows } = readJson<{ cases: GradientCase[]; functional: FunctionalGradientCase[] }>(
  'training/gradients.json',
);
const tensors = readTensors('training/gradients.safetensors');

/** Options of a functional: those of the layer without its own. */
const optionsFor = ({ bias, padding_mode, ...args }: TorchArgs) => optionsOf(args);

describe('grad', () => {
  it('has the six of torch.nn.grad, and the six of transposed convolutions', () => {
    const names = ['conv', 'convTranspose'].flatMap((conv) =>
      ['1d', '2d', '3d'].flatMap((rank) => ['Input', 'Weight'].map((which) => `${conv}${rank}${which}`)),
    );
    assert.deepEqual(Object.keys(grad).sort(), names.sort());
  });

  it('gives what torch.nn.grad gives in 96 cases', () => {
    assert.equal(rows.length, 96);
    settings.winograd = 'never';
    try {
      for (const row of rows) {
        const stored = (name: string) => tensors.get(`${row.id}/${name}`)!;
        const ofInput = row.function.endsWith('_input');
        const got = ofInput
          ? ours(row.function)(row.input, stored('weight'), stored('grad_output'), optionsOf(row.args))
          : ours(row.function)(stored('input'), row.weight, stored('grad_output'), optionsOf(row.args));
        const name = ofInput ? 'grad_input' : 'grad_weight';
        const want = stored(name);
        assert.deepEqual(got.shape, want.shape, row.id);
        const { abs_sum = 0, terms = 0 } = row.check[name] ?? {};
        if (row.exact) assertSame(got.data, want.data, row.id);
        else assertNear(got.data, want.data, 2 ** -24 * abs_sum * (4 + Math.sqrt(terms)), row.id);
      }
    } finally {
      settings.winograd = 'auto';
    }
  });

  it("gives the gradients of transposed layers' cases", () => {
    let count = 0;
    for (const { id, module, args, exact, ...entry } of cases) {
      if (!module.startsWith('ConvTranspose') || entry.activation || entry.twice || entry.input2) continue;
      const stored = (name: string) => tensors.get(`${id}/${name}`);
      const [input, weight, gradOutput] = ['input', 'weight', 'grad_output'].map((name) => stored(name)!);
      // an output size that was asked for is an output padding here
      if (entry.call || entry.requires || input.shape.length !== weight.shape.length || !exact) continue;
      const name = module[0].toLowerCase() + module.slice(1);
      const options = optionsFor(args);
      const ofInput = functions[`${name}Input`](input.shape, weight, gradOutput, options);
      assertSame(ofInput.data, stored('grad_input')!.data, id);
      const ofWeight = functions[`${name}Weight`](input, weight.shape, gradOutput, options);
      assertSame(ofWeight.data, stored('grad_weight')!.data, id);
      count++;
    }
    assert.ok(count > 20, `${count} cases`);
  });

  it('computes nothing outside of what an output reads', () => {
    const ones = tensor(new Float32Array(4).fill(1), [1, 1, 2, 2]);
    for (const size of [5, 6]) {
      const gradient = grad.conv2dInput(
        [1, 1, size, size],
        tensor(new Float32Array(9).fill(1), [1, 1, 3, 3]),
        ones,
        {
          stride: 2,
        },
      );
      assert.equal(
        gradient.data.reduce((a, b) => a + b),
        36,
      );
      if (size === 6)
        for (let i = 0; i < 6; i++) assert.equal(gradient.data[30 + i] + gradient.data[6 * i + 5], 0);
    }
  });

  it('notices weights that change in place', () => {
    const weight = tensor(new Float32Array([1, 2]), [1, 1, 2]);
    const gradOutput = [[[1, 1]]];
    assert.deepEqual([...grad.conv1dInput([1, 1, 3], weight, gradOutput).data], [1, 3, 2]);
    weight.data[1] = 5;
    assert.deepEqual([...grad.conv1dInput([1, 1, 3], weight, gradOutput).data], [1, 6, 5]);
    // the functional has a packed weight of its own
    assert.deepEqual([...functional.conv1d([[[1, 1, 0]]], weight).data], [6, 1]);
  });
});

const zeros = (shape: readonly number[]) => tensor(new Float32Array(product(shape)), shape);

const { cases: verdicts } = readJson<{ cases: TrainingRow[] }>('training/verdicts.json');

describe("verdicts on torch.nn.grad's functions", () => {
  const weight = [4, 3, 3, 3];
  const input = [2, 3, 5, 6];
  const output = [2, 4, 3, 4];
  const ofInput = (gradOutput: number[], options?: object, size = input, kernels = weight) =>
    functions.conv2dInput(size, zeros(kernels), zeros(gradOutput), options).shape;
  const ofWeight = (gradOutput: number[], options?: object, size = input) =>
    functions.conv2dWeight(zeros(size), weight, zeros(gradOutput), options).shape;
  const mismatch =
    /^Mismatch in shape: grad_output\[0\] has a shape of torch\.Size\(\[.*\]\) and output\[0\]/;

  /** The same in TypeScript, and what is said where torch names a part of its own that failed. */
  const calls: Record<string, [call: () => unknown, sentence?: RegExp]> = {
    '01': [() => ofInput(output)],
    '02': [() => ofInput([2, 4, 4, 4]), mismatch],
    '03': [() => ofInput([2, 5, 3, 4]), mismatch],
    '04': [() => ofInput([1, 4, 3, 4]), mismatch],
    '05': [() => ofInput(output, { groups: 2 })],
    '06': [() => ofInput([2, 4, 5, 6], { padding: 'same' }), /argument 'padding' must be tuple of ints/],
    '07': [() => ofInput(output, { stride: 0 })],
    '08': [() => ofWeight(output)],
    '09': [() => ofWeight([2, 4, 4, 4]), mismatch],
    '10': [() => ofWeight([2, 5, 3, 4]), mismatch],
    '11': [() => ofWeight([1, 4, 3, 4]), mismatch],
    '12': [() => ofWeight(output, { groups: 2 })],
    '13': [() => ofWeight([2, 4, 5, 6], { padding: 'same' }), /argument 'padding' must be tuple of ints/],
    '14': [() => ofWeight(output, { stride: 0 })],
    '15': [() => ofInput([4, 3, 4], undefined, [3, 5, 6])],
    '16': [() => ofWeight([4, 3, 4], undefined, [3, 5, 6])],
    '17': [() => [5, 6].map((n) => ofInput([1, 1, 2, 2], { stride: 2 }, [1, 1, n, n], [1, 1, 3, 3]))],
    '18': [() => ofInput([1, 1, 2, 2], { stride: 2 }, [1, 1, 7, 7], [1, 1, 3, 3]), mismatch],
  };

  it('are followed in 18 rows', () => {
    const rows = verdicts.filter(({ id }) => id.startsWith('functional/'));
    assert.deepEqual(rows.map(({ id }) => id.slice(11)).sort(), Object.keys(calls).sort());
    for (const { id, verdict } of rows) {
      const [call, sentence] = calls[id.slice(11)];
      if ('raises' in verdict) {
        const text = refused(call, sentence ?? /./, id);
        if (!sentence) assert.ok(text.startsWith(verdict.message), `${id}: ${text}`);
      } else assert.deepEqual(call(), verdict.ok, id);
    }
  });

  it('say which argument is no tensor, no shape and no option', () => {
    const g = zeros(output);
    refused(() => functions.conv2dInput(3, zeros(weight), g), /^input_size: expected a shape/, 'a number');
    refused(
      () => functions.conv2dInput([2, 3, -5, 6], zeros(weight), g),
      /^input_size: negative size/,
      'negative',
    );
    refused(() => functions.conv2dInput(input, 'w', g), /^weight: expected a tensor/, 'text');
    refused(() => functions.conv2dWeight(zeros(input), [4, 3, 3], g), /weight/, 'three sizes');
    refused(
      () => functions.conv2dWeight(zeros(input), weight, {} as never),
      /^gradOutput: expected/,
      'object',
    );
    refused(
      () => functions.conv2dWeight(zeros(input), weight, g, { bias: true }),
      /unexpected option 'bias'/,
      'bias',
    );
    refused(
      () => functions.conv2dInput([2 ** 20, 2 ** 11, 5, 6], zeros([4, 2 ** 11, 3, 3]), g),
      /more than any array can hold|Mismatch/,
      'large',
    );
  });
});
