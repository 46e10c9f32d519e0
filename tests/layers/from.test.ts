// Layers out of state dicts: PyTorch's folds bit for bit, its refusals, and what `from` takes beside.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as convnd from 'convnd';
import {
  Conv1d,
  Conv2d,
  ConvTranspose1d,
  ConvTranspose2d,
  manualSeed,
  type StateDictLike,
  tensor,
} from 'convnd';
import { type AnyLayer, optionsOf } from '../helpers/build.js';
import { assertSame } from '../helpers/compare.js';
import { readJson, readTensors, type TorchLayer } from '../helpers/fixtures.js';
import { integers } from '../helpers/numbers.js';
import { product } from '../reference/reference.js';

interface FoldRow extends TorchLayer {
  id: string;
  what: string;
  verdict: 'accepted' | 'refused' | 'either';
  kind?: string;
  state: [name: string, shape: number[], dtype: string][];
  bn?: { eps: number; conv: string; bn: string };
  mention?: string[];
}

type From = { from(dict: StateDictLike, prefix?: string, options?: object): AnyLayer };

const { cases, count } = readJson<{ cases: FoldRow[]; count: number }>('fold/cases.json');
const tensors = readTensors('fold/cases.safetensors');

/** The state dict of a row. Counters of batches are whole numbers, which the fixtures leave out. */
const stateOf = ({ id, state }: FoldRow): StateDictLike =>
  Object.fromEntries(
    state.map(([name, shape]) => [name, tensors.get(`${id}/state/${name}`) ?? { data: [7], shape }]),
  );

function layerOf(row: FoldRow): AnyLayer {
  const dict = stateOf(row);
  const { bias, ...options } = optionsOf(row.args);
  const isThere = (start: string) => Object.keys(dict).some((key) => key.startsWith(start));
  const { conv, bn, eps } = row.bn ?? {
    conv: isThere('conv.') ? 'conv.' : '',
    bn: isThere('bn.') ? 'bn.' : undefined,
    eps: undefined,
  };
  return (convnd as unknown as Record<string, From>)[row.module].from(dict, conv, {
    ...options,
    batchNorm: bn,
    eps,
  });
}

describe("PyTorch's folds", () => {
  it(`are ${count}`, () => assert.equal(cases.length, count));

  for (const row of cases.filter(({ verdict }) => verdict === 'accepted')) {
    it(`${row.id}: ${row.what}`, () => {
      const layer = layerOf(row);
      const weight = tensors.get(`${row.id}/folded/weight`)!;
      const bias = tensors.get(`${row.id}/folded/bias`);
      assert.deepEqual(layer.weight.shape, weight.shape);
      assertSame(layer.weight.data, weight.data, 'weight');
      assert.deepEqual(layer.bias?.shape, bias?.shape);
      if (bias) assertSame(layer.bias!.data, bias.data, 'bias');
    });
  }

  for (const row of cases.filter(({ verdict }) => verdict === 'refused')) {
    it(`${row.id}: refused, ${row.what}`, () => {
      assert.throws(
        () => layerOf(row),
        (error: Error) =>
          error instanceof RangeError && row.mention!.some((word) => error.message.includes(word)),
      );
    });
  }

  it('entries of one axis may be typed arrays', () => {
    const weight = tensor([1, 2], [2, 1, 1]);
    const norms = { 'norm.running_mean': Float32Array.of(1, 0), 'norm.running_var': Float64Array.of(1, 4) };
    const layer = Conv1d.from({ weight, bias: Float32Array.of(3, 4), ...norms }, '', {
      batchNorm: 'norm.',
      eps: 0,
    });
    assertSame(layer.weight.data, [1, 1], 'weight');
    assertSame(layer.bias!.data, [2, 2], 'bias');
  });

  it('half an affine BatchNorm and two parametrizations are refused, a negative variance gives NaN as in torch', () => {
    const either = new Map(cases.filter(({ verdict }) => verdict === 'either').map((row) => [row.id, row]));
    assert.throws(() => layerOf(either.get('bn-half-affine')!), /Missing key\(s\) in state_dict: "bn\.bias"/);
    assert.throws(
      () => layerOf(either.get('parametrization-stacked')!),
      /Unexpected.*"parametrizations\.weight\.1\._u"/,
    );
    const { data } = layerOf(either.get('bn-negative-variance')!).weight;
    assert.ok(data.some(Number.isNaN));
  });

  it('a pruned weight is what its mask leaves, and a sigma of 0 gives nothing finite', () => {
    const row = (id: string) => cases.find((each) => each.id === id)!;
    const [numbers, mask] = ['weight_orig', 'weight_mask'].map((n) => tensors.get(`pruned/state/${n}`)!.data);
    const left = numbers.map((number, i) => number * mask[i]);
    assertSame(layerOf(row('pruned')).weight.data, left, 'weight');
    assert.ok(!layerOf(row('sn-sigma-zero')).weight.data.some(Number.isFinite));
  });
});

const stored = (shape: number[], seed: number) => ({ shape, data: integers(product(shape), seed) });

describe('from', () => {
  const weight = stored([6, 2, 3, 1], 1);
  const bias = stored([6], 2);
  const dict = { 'enc1.0.weight': weight, 'enc1.0.bias': bias, 'enc1.1.weight': bias, 'dec.weight': weight };

  it('takes sizes from the weight, and a bias where there is one', () => {
    const plain = Conv2d.from(dict, 'enc1.0.', { padding: [1, 0], groups: 2, paddingMode: 'reflect' });
    assert.equal(
      String(plain),
      'Conv2d(4, 6, kernel_size=(3, 1), stride=(1, 1), padding=(1, 0), groups=2, padding_mode=reflect)',
    );
    assertSame(plain.weight.data, weight.data, 'weight');
    assertSame(plain.bias!.data, bias.data, 'bias');
    const transposed = ConvTranspose2d.from(dict, 'dec.', { groups: 3, stride: 2 });
    assert.equal(
      String(transposed),
      'ConvTranspose2d(6, 6, kernel_size=(3, 1), stride=(2, 2), groups=3, bias=False)',
    );
    assert.ok(plain instanceof Conv2d && transposed instanceof ConvTranspose2d);
  });

  it('computes what a loaded layer computes, and both take the numbers of any tensor', () => {
    const given = {
      weight: { data: Float64Array.from(weight.data), dims: weight.shape },
      bias: [1, 2, 3, 4, 5, 6],
    };
    const x = stored([1, 2, 5, 5], 3);
    const loaded = new Conv2d(2, 6, [3, 1]);
    loaded.loadStateDict(given);
    assertSame(Conv2d.from(given).forward(x).data, loaded.forward(x).data, 'output');
  });

  it('copies: neither side changes with the other', () => {
    const own = stored([1, 1, 2], 4);
    const layer = Conv1d.from({ weight: own });
    const [before] = layer.weight.data;
    own.data[0] = 99;
    assert.equal(layer.weight.data[0], before);
    layer.weight.data[1] = 77;
    assert.notEqual(own.data[1], 77);
  });

  const ones = (...shape: number[]) => tensor(new Float32Array(product(shape)).fill(1), shape);
  for (const [what, dict] of Object.entries<StateDictLike>({
    'a BatchNorm': {
      weight: ones(4, 1e5, 1),
      'bn.running_mean': [0, 0, 0, 0],
      'bn.running_var': [1, 1, 1, 1],
    },
    weight_norm: { weight_v: ones(4, 1e5, 1), weight_g: ones(4, 1, 1) },
  })) {
    it(`takes the memory of its weight once, also with ${what}`, () => {
      const batchNorm = 'bn.running_mean' in dict ? 'bn' : undefined;
      const before = process.memoryUsage().arrayBuffers;
      const layer = Conv1d.from(dict, '', { batchNorm });
      const added = process.memoryUsage().arrayBuffers - before;
      assert.ok(added < 1.5 * layer.weight.data.byteLength, `${added} bytes`);
      assert.equal(layer.weight.data.length, 4e5);
    });
  }

  it('builds a layer of a subclass', () => {
    class Negated extends Conv1d {
      override forward(x: convnd.TensorLike) {
        return super.forward(x, { scale: -1 });
      }
    }
    const saved = { weight: [[[1, 10]]] };
    const norms = { 'bn.running_mean': [0], 'bn.running_var': [1] };
    for (const layer of [
      Negated.from(saved),
      Negated.from({ ...saved, ...norms }, '', { batchNorm: 'bn', eps: 0 }),
    ]) {
      assert.ok(layer instanceof Negated);
      assert.deepEqual([...layer.forward([[1, 2]]).data], [-21]);
    }
  });

  it('refuses a subclass whose constructor makes other sizes', () => {
    const dict = { weight: [[[1, 10]]] };
    const normed = { ...dict, 'bn.running_mean': [0], 'bn.running_var': [1] };
    for (const size of [1, 3]) {
      class Fixed extends Conv1d {
        constructor(_in: number, _out: number, _kernel: number, { bias }: { bias: boolean }) {
          super(1, 1, size, { bias });
        }
      }
      for (const from of [() => Fixed.from(dict), () => Fixed.from(normed, '', { batchNorm: 'bn' })]) {
        assert.throws(from, {
          name: 'RangeError',
          message: new RegExp(
            `^parameter: shape \\[1, 1, ${size}\\] is invalid for data of 2 elements \\[Conv1d`,
          ),
        });
      }
    }
  });

  it('refuses a subclass whose constructor makes a bias that is not stored', () => {
    /** Leaves out the options. */
    class Plain extends Conv1d {
      constructor(inChannels: number, outChannels: number, kernelSize: number) {
        super(inChannels, outChannels, kernelSize);
      }
    }
    assert.throws(() => Plain.from({ weight: [[[1, 10]]] }), {
      name: 'RangeError',
      message:
        'the constructor of Plain ignores bias: false, and nothing is stored for its bias [Conv1d.from]',
    });
    assert.equal(Plain.from({ weight: [[[1, 10]]], bias: [2] }).bias?.data[0], 2);
  });

  it('draws as a constructed layer for those after it', () => {
    const after = (make: () => void) => {
      manualSeed(5);
      make();
      return new Conv1d(1, 1, 3).weight.data;
    };
    assertSame(
      after(() => Conv1d.from({ weight: [[[1]]] })),
      after(() => new Conv1d(1, 1, 1)),
      'next weight',
    );
  });

  it('takes a prefix without its last dot, the BatchNorm’s too', () => {
    const norms = { 'enc1.1.bias': bias, 'enc1.1.running_mean': bias, 'enc1.1.running_var': stored([6], 5) };
    for (const start of ['enc1.0', 'enc1.0.'])
      for (const batchNorm of ['enc1.1', 'enc1.1.'])
        assert.ok(Conv2d.from({ ...dict, ...norms }, start, { batchNorm }).bias);
  });

  it('leaves the names of a BatchNorm that lies within the prefix to that', () => {
    const ones = [1, 1, 1, 1, 1, 1];
    const inside = { weight, 'bn.running_mean': ones, 'bn.running_var': ones, 'bn.num_batches_tracked': 3 };
    assert.ok(Conv2d.from(inside, '', { batchNorm: 'bn' }));
    assert.throws(() => Conv2d.from(inside), /Unexpected.*"bn\.running_mean"/);
    assert.throws(() => Conv2d.from({ ...inside, 'bn.more': ones }, '', { batchNorm: 'bn' }), /"bn\.more"/);
  });

  it('makes a depthwise layer of a BatchNorm alone', () => {
    const norms = {
      'bn.weight': [1, 2],
      'bn.bias': [0, 3],
      'bn.running_mean': [1, 0.5],
      'bn.running_var': [0.25, 4],
      'bn.num_batches_tracked': 7,
    };
    const plain = { 'bn.running_mean': [1, 0.5], 'bn.running_var': [0.25, 4] };
    const x = { data: [1, 2, 3, 4], shape: [2, 2] };
    for (const prefix of ['bn', 'bn.'])
      assert.deepEqual([...Conv1d.from(norms, prefix, { eps: 0 }).forward(x).data], [0, 2, 5.5, 6.5]);
    assert.deepEqual([...ConvTranspose1d.from(plain, 'bn', { eps: 0 }).forward(x).data], [0, 2, 1.25, 1.75]);
    assert.equal(
      String(Conv2d.from(plain, 'bn')),
      'Conv2d(2, 2, kernel_size=(1, 1), stride=(1, 1), groups=2)',
    );
    assert.throws(
      () => Conv2d.from(plain, 'bn', { padding: 1 }),
      /unexpected option 'padding', known are eps/,
    );
    assert.throws(() => Conv2d.from({ 'bn.running_mean': [1] }, 'bn'), /Missing.*"bn\.running_var"/);
  });

  it('names keys, shapes and prefixes in its refusals', () => {
    const refused: [() => unknown, RegExp][] = [
      [
        () => Conv2d.from(dict, 'enc2.'),
        /Missing key\(s\) in state_dict: "enc2\.weight"[\s\S]*'enc1\.0\.', 'enc1\.1\.', 'dec\.'$/,
      ],
      // prefixes without their dot: of nothing, of a module with layers; of no BatchNorm, of a GroupNorm
      [() => Conv2d.from(dict, 'enc2'), /Missing key\(s\) in state_dict: "enc2\.weight"/],
      [
        () => Conv2d.from(dict, 'enc1'),
        /Missing key\(s\) in state_dict: "enc1\.weight"[\s\S]*by a prefix: 'enc1\.0\.', 'enc1\.1\.'$/,
      ],
      [
        () =>
          Conv2d.from({ 'up.0.parametrizations.weight.original0': weight, 'up.1.weight_g': weight }, 'up'),
        /by a prefix: 'up\.0\.', 'up\.1\.'$/,
      ],
      [
        () => Conv2d.from({ ...dict, 'enc1.2.running_mean': bias }, 'dec', { batchNorm: 'enc1.3' }),
        /Missing key\(s\) in state_dict: "enc1\.3\.running_mean"[\s\S]*by a prefix: 'enc1\.2\.'$/,
      ],
      [
        () => Conv2d.from({ ...dict, 'enc1.1.bias': bias }, 'dec', { batchNorm: 'enc1.1' }),
        /Missing key\(s\) in state_dict: "enc1\.1\.running_mean", "enc1\.1\.running_var"\.$/,
      ],
      [
        () => Conv2d.from({ ...dict, 'dec.scale': bias }, 'dec.'),
        /Unexpected key\(s\) in state_dict: "dec\.scale"/,
      ],
      [
        () => Conv1d.from(dict, 'dec.'),
        /size mismatch for dec\.weight: expected 3 sizes, got shape \[6, 2, 3, 1\] \[Conv1d\.from\]/,
      ],
      [
        () => Conv2d.from({ weight, bias: [1, 2] }),
        /size mismatch for bias: expected \[6\], got shape \[2\]/,
      ],
      [() => Conv2d.from(dict, 'dec.', { eps: 1e-3 }), /eps requires batchNorm/],
      [
        () => Conv2d.from({ weight_orig: weight, weight_mask: [1] }),
        /weight_orig of shape \[6, 2, 3, 1\] and weight_mask of shape \[1\] have incompatible shapes/,
      ],
      [() => Conv2d.from({ weight }, '', { groups: 4 }), /out_channels must be divisible by groups/],
      [
        () => Conv2d.from(dict, 'dec.', { batchNorm: 'dec.bn.' }),
        /Missing.*"dec\.bn\.running_mean", "dec\.bn\.running_var"/,
      ],
      [
        () =>
          Conv2d.from({ ...dict, 'b.running_mean': bias, 'b.running_var': [1] }, 'dec.', { batchNorm: 'b' }),
        /size mismatch for b\.running_var: .*\[1\].*\[6\]/,
      ],
    ];
    for (const [run, message] of refused) assert.throws(run, { name: 'RangeError', message });
    const kinds: [() => unknown, RegExp][] = [
      [() => Conv2d.from(null as never), /Expected state_dict to be dict-like/],
      [() => Conv2d.from(dict, 5 as never), /prefix must be a string/],
      [() => Conv2d.from(dict, 'dec.', { batchNorm: 5 as never }), /prefix must be a string/],
      [() => Conv2d.from(dict, 'dec.', { bias: false } as never), /unexpected option 'bias'.*batchNorm, eps/],
      [() => Conv2d.from(dict, 'dec.', { eps: '1' as never }), /eps must be a number/],
      ...['x', Symbol('x'), 2n, Object.create(null)].map((groups): [() => unknown, RegExp] => [
        () => Conv2d.from({ weight }, '', { groups: groups as never }),
        /^groups must be an integer, but got .* \[Conv2d\.from\]$/,
      ]),
      [() => Conv2d.from({ weight: 'none' as never }), /weight: expected a tensor/],
      [() => Conv2d.from(dict, 'dec.', 5 as never), /options must be an object/],
    ];
    for (const [run, message] of kinds) assert.throws(run, { name: 'TypeError', message });
  });
});
