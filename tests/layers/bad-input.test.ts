// Layers and tensors made of nonsense are refused, and the library works on.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Conv2d, functional, tensor } from 'convnd';
import { layerClass, lazyClass, moduleNames } from '../helpers/build.js';
import { integers } from '../helpers/numbers.js';
import { label, refused } from '../helpers/refusal.js';

const image = tensor(integers(50, 1), [1, 2, 5, 5]);
const conv = new Conv2d(2, 3, 3);

const notWhole = [
  Number.NaN,
  1.5,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  '3',
  null,
  {},
  true,
  3n,
  () => 3,
];
const tooLarge = [2 ** 31, 2 ** 32 + 3, 2 ** 53, 1e300];

describe('sizes of a layer', () => {
  for (const module of moduleNames) {
    const Layer = layerClass(module);
    it(`${module}: whole numbers below 2^31 only`, () => {
      for (const value of [...notWhole, ...tooLarge]) {
        const run = (call: () => unknown, name: RegExp) => refused(call, name, `${module} ${label(value)}`);
        run(() => new Layer(value, 2, 3), /in_?channels/i);
        run(() => new Layer(2, value, 3), /out_?channels/i);
        run(() => new Layer(2, 2, value), /kernel_?size/i);
        run(() => new Layer(2, 2, [value]), /kernel_?size/i);
        for (const option of ['stride', 'dilation', 'padding', 'groups']) {
          run(() => new Layer(2, 2, 3, { [option]: value }), new RegExp(option));
        }
        if (module.includes('Transpose'))
          run(() => new Layer(2, 2, 3, { outputPadding: value }), /output_?padding/i);
      }
    });

    it(`${module}: wrong options`, () => {
      refused(() => new Layer(2, 2, undefined), /kernel_?size/i, 'no kernel size');
      refused(() => new Layer(2, undefined, 3), /out_?channels/i, 'no filters');
      refused(() => new Layer(2, 2, []), /kernel_?size/i, 'an empty tuple');
      refused(() => new Layer(2, 2, 3, { stride: [] }), /stride/, 'an empty tuple');
      refused(() => new Layer(2, 2, 3, { strides: 2 }), /strides/, 'a misspelt option');
      refused(
        () => new Layer(2, 2, 3, { paddingMode: 3 as unknown as string }),
        /padding.?mode/i,
        'a number as mode',
      );
      refused(
        () => new Layer(2, 2, 3, 2 as unknown as Record<string, unknown>),
        /options/,
        'a number as options',
      );
      refused(() => new (lazyClass(module))(2.5, 3), /out_?channels/i, 'lazy, fractional');
    });
  }

  it('options: what a program adds to all objects is none', () => {
    const everything = Object.prototype as Record<string, unknown>;
    everything.isEmpty = () => false;
    try {
      const layer = new Conv2d(1, 1, 1, { padding: 1 });
      assert.deepEqual(layer.forward([[[1]]], { activation: 'relu' }).shape, [1, 3, 3]);
      refused(() => new Conv2d(1, 1, 1, { strides: 2 } as never), /unexpected option 'strides'/, 'misspelt');
    } finally {
      delete everything.isEmpty;
    }
  });

  it('huge weights: the bytes are named', () => {
    refused(() => new Conv2d(2 ** 20, 2 ** 20, 1), /bytes|memory/i, '4 TB of weights');
    refused(() => new Conv2d(60_000, 60_000, 3), /bytes|memory/i, '130 GB of weights');
  });
});

describe('a message', () => {
  it('shows the beginning of a long text, and names what has no class', () => {
    const withStride = (stride: unknown) => () => new Conv2d(2, 2, 3, { stride } as never);
    refused(withStride('x'.repeat(100)), /'x{80}…'/, 'text');
    refused(withStride('x'.repeat(80)), /'x{80}'/, 'shorter text');
    refused(withStride(Object.create(null)), /an object of class object/, 'no class');
  });
});

describe('a tensor', () => {
  it('that went through JSON is told from other objects', () => {
    const dict = JSON.parse(JSON.stringify(conv.stateDict()));
    refused(
      () => conv.loadStateDict(dict),
      /^weight: .* a plain object, as JSON makes of a typed array/,
      'JSON',
    );
  });

  it('has sizes that are whole numbers below 2^31', () => {
    for (const value of [...notWhole, ...tooLarge, -1]) {
      refused(() => tensor(new Float32Array(6), [4, value as number]), /shape|size/, label(String(value)));
      refused(
        () => conv.forward({ data: new Float32Array(50), shape: [1, 2, 5, value as number] }),
        /^input: a size must be a whole number from 0 to 2147483647, got shape \[1, 2, 5, .*\] \[Conv2d\(/,
        label(String(value)),
      );
    }
  });

  it('has data for its shape', () => {
    for (const shape of [[7], [2, 2], [6, 2], [0], [], [2, 3, 1, 2]]) {
      refused(() => tensor(new Float32Array(6), shape), /shape/, label(shape));
      refused(() => tensor([1, 2, 3, 4, 5, 6], shape), /shape/, label(shape));
    }
    refused(() => conv.forward({ data: new Float32Array(49), shape: [1, 2, 5, 5] }), /49/, 'one missing');
    refused(() => conv.forward({ data: new Float32Array(51), dims: [1, 2, 5, 5] }), /51/, 'one too many');
    refused(
      () => tensor(new Float32Array(4), [65536, 65536, 65536, 65536, 0.5]),
      /shape|size/,
      'overflowing sizes',
    );
  });

  it('is of a known kind', () => {
    const wrong = [
      undefined,
      null,
      'text',
      {},
      { data: [1] },
      { shape: [1] },
      { data: 'text', shape: [4] },
      new DataView(new ArrayBuffer(8)),
      new ArrayBuffer(8),
      { data: new ArrayBuffer(8), shape: [2] },
      () => 1,
      Symbol('x'),
      new Map(),
    ];
    for (const value of wrong) {
      const given = value as Float32Array;
      assert.throws(() => tensor(given), TypeError, label(value));
      assert.throws(() => conv.forward(given as never), TypeError, label(value));
      assert.throws(() => functional.conv2d(image, given as never), TypeError, label(value));
      if (value !== undefined && value !== null) {
        assert.throws(() => functional.conv2d(image, conv.weight, given as never), TypeError, label(value));
      }
      assert.throws(
        () => conv.loadStateDict({ weight: given as never, bias: [1, 2, 3] }),
        TypeError,
        label(value),
      );
    }
  });

  it('of nested arrays is not ragged', () => {
    const ragged = [
      [[1, 2], [3]],
      [[1, 2], 3],
      [1, [2]],
      [
        [1, 2],
        ['3', 4],
      ],
      [[1, 2], null],
      [[1], [undefined]],
      [[[]], [[1]]],
    ];
    for (const value of ragged) assert.throws(() => tensor(value as number[][]), TypeError, label(value));
  });

  it('has numbers for data', () => {
    const shape = [1, 1, 2];
    for (const data of [
      ['1', 2],
      [1, undefined],
      [null, 1],
      [{}, 1],
      [1n, 2n],
      [[1], 2],
    ]) {
      refused(
        () => tensor({ data: data as number[], shape }),
        /^tensor: expected data in a typed array, got \[/,
        label(data),
      );
    }
  });

  it('whose buffer is detached is refused', () => {
    const x = tensor(new Float32Array(50), [1, 2, 5, 5]);
    const out = tensor(new Float32Array(27), [1, 3, 3, 3]);
    structuredClone(null, { transfer: [x.data.buffer as ArrayBuffer, out.data.buffer as ArrayBuffer] });
    refused(() => conv.forward(x), /detached|elements/, 'input');
    refused(() => conv.forward(image, { out }), /^out: .*perhaps its buffer was transferred/, 'out');
    refused(() => functional.conv2d(image, x), /detached|elements/, 'weight');
    const layer = new Conv2d(2, 3, 3);
    layer.forward(image);
    structuredClone(null, { transfer: [layer.weight.data.buffer as ArrayBuffer] });
    refused(() => layer.forward(image), /detached|elements/, "the layer's weight");
  });
});
