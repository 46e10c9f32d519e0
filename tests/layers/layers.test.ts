// The layers as objects: repr, what is exported, lazy layers, explain.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import * as convnd from 'convnd';
import {
  Conv1d,
  Conv2d,
  Conv3d,
  ConvTranspose1d,
  ConvTranspose2d,
  ConvTranspose3d,
  LazyConv1d,
  LazyConv2d,
  LazyConvTranspose2d,
  type Padding,
  tensor,
} from 'convnd';
import { layerClass, lazyClass, moduleNames } from '../helpers/build.js';
import { assertSame } from '../helpers/compare.js';
import { integers } from '../helpers/numbers.js';

describe('the repr of a layer', () => {
  const reprs: [unknown, string][] = [
    [new Conv1d(1, 2, 3), 'Conv1d(1, 2, kernel_size=(3,), stride=(1,))'],
    [
      new Conv2d(3, 64, 7, { stride: 2, padding: 3, bias: false }),
      'Conv2d(3, 64, kernel_size=(7, 7), stride=(2, 2), padding=(3, 3), bias=False)',
    ],
    [
      new Conv2d(16, 33, [3, 5], { stride: [2, 1], padding: [4, 2], dilation: [3, 1] }),
      'Conv2d(16, 33, kernel_size=(3, 5), stride=(2, 1), padding=(4, 2), dilation=(3, 1))',
    ],
    [
      new Conv2d(4, 8, 3, { padding: 'same', groups: 4, paddingMode: 'reflect' }),
      'Conv2d(4, 8, kernel_size=(3, 3), stride=(1, 1), padding=same, groups=4, padding_mode=reflect)',
    ],
    [
      new Conv2d(4, 8, 3, { padding: 'valid' }),
      'Conv2d(4, 8, kernel_size=(3, 3), stride=(1, 1), padding=valid)',
    ],
    [
      new Conv3d(1, 2, [1, 2, 3], { padding: 0, dilation: 1 }),
      'Conv3d(1, 2, kernel_size=(1, 2, 3), stride=(1, 1, 1))',
    ],
    [
      new Conv1d(2, 2, 3, { dilation: 4, paddingMode: 'circular', padding: 4 }),
      'Conv1d(2, 2, kernel_size=(3,), stride=(1,), padding=(4,), dilation=(4,), padding_mode=circular)',
    ],
    [
      new ConvTranspose1d(2, 4, 4, { stride: 2, padding: 1 }),
      'ConvTranspose1d(2, 4, kernel_size=(4,), stride=(2,), padding=(1,))',
    ],
    [
      new ConvTranspose2d(16, 8, 3, { stride: 2, outputPadding: 1, groups: 2, bias: false }),
      'ConvTranspose2d(16, 8, kernel_size=(3, 3), stride=(2, 2), output_padding=(1, 1), groups=2, bias=False)',
    ],
    [
      new ConvTranspose3d(2, 2, 2, { stride: [1, 2, 1], dilation: 2, outputPadding: [1, 0, 0] }),
      'ConvTranspose3d(2, 2, kernel_size=(2, 2, 2), stride=(1, 2, 1), dilation=(2, 2, 2), output_padding=(1, 0, 0))',
    ],
    [
      new Conv1d(2, 2, 3, { padding: [[4, 0]], dilation: 2 }),
      'Conv1d(2, 2, kernel_size=(3,), stride=(1,), padding=((4, 0),), dilation=(2,))',
    ],
    [
      new ConvTranspose2d(2, 2, 3, { padding: [1, [0, 2]] }),
      'ConvTranspose2d(2, 2, kernel_size=(3, 3), stride=(1, 1), padding=((1, 1), (0, 2)))',
    ],
    [
      new LazyConv2d(8, 3, { padding: 1 }),
      'LazyConv2d(0, 8, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))',
    ],
    [
      new LazyConvTranspose2d(8, 3, { bias: false }),
      'LazyConvTranspose2d(0, 8, kernel_size=(3, 3), stride=(1, 1), bias=False)',
    ],
  ];
  for (const [layer, repr] of reprs)
    it(repr, () => {
      assert.equal(String(layer), repr);
      assert.equal(inspect(layer), repr);
      assert.equal(JSON.stringify({ layer }), JSON.stringify({ layer: repr }));
    });
});

describe('the attributes of a layer', () => {
  it("are torch's, in camel case", () => {
    const layer = new Conv2d(4, 6, [3, 5], { stride: 2, padding: [1, 2], dilation: [3], groups: 2 });
    assert.deepEqual([layer.inChannels, layer.outChannels, layer.groups], [4, 6, 2]);
    assert.deepEqual(
      [layer.kernelSize, layer.stride, layer.padding, layer.dilation],
      [
        [3, 5],
        [2, 2],
        [1, 2],
        [3, 3],
      ],
    );
    assert.equal(layer.paddingMode, 'zeros');
    assert.equal(new Conv2d(1, 1, 3, { padding: 'same' }).padding, 'same');
    const padded = (padding: Padding<2>) => new Conv2d(1, 1, 3, { padding }).padding;
    assert.deepEqual(padded([[0, 1], 2]), [
      [0, 1],
      [2, 2],
    ]);
    assert.deepEqual(padded([[0, 1]]), [
      [0, 1],
      [0, 1],
    ]);
    assert.deepEqual(padded([[1, 1], 2]), [1, 2]);
    assert.deepEqual(new ConvTranspose1d(1, 1, 3, { stride: 2, outputPadding: 1 }).outputPadding, [1]);
    assert.equal(new Conv2d(1, 1, 3, { paddingMode: 'circular' }).paddingMode, 'circular');
  });

  it('stay as they are when the arrays they were made from change', () => {
    const stride: [number, number] = [1, 1];
    const kernel: [number, number] = [2, 2];
    const layer = new Conv2d(1, 1, kernel, { stride });
    [stride[0], kernel[0]] = [5, 7];
    assert.deepEqual(layer.outputShape([1, 9, 9]), [1, 8, 8]);
    assert.deepEqual(
      [layer.stride, layer.kernelSize],
      [
        [1, 1],
        [2, 2],
      ],
    );
  });

  it('are read only: plans are made of them once', () => {
    const plain = new Conv2d(1, 1, 2, { padding: 1, dilation: 2 });
    const transposed = new ConvTranspose2d(1, 1, 2, { stride: 2, outputPadding: 1 });
    for (const layer of [plain, transposed])
      for (const name of ['kernelSize', 'stride', 'padding', 'dilation', 'outputPadding'] as const) {
        const shape = layer.forward([
          [
            [1, 2],
            [3, 4],
          ],
        ]).shape;
        assert.throws(
          () => ((layer[name] as number[])[0] = 7),
          /^TypeError: Cannot assign to read only property/,
        );
        assert.deepEqual(
          layer.forward([
            [
              [1, 2],
              [3, 4],
            ],
          ]).shape,
          shape,
          name,
        );
      }
  });
});

describe('importing', () => {
  it('gives every class and function, and starts nothing', () => {
    const classes = moduleNames.flatMap((name) => [name, `Lazy${name}`]);
    const functions = [
      'tensor',
      'manualSeed',
      'loadSafetensors',
      'saveSafetensors',
      'safetensorsMetadata',
      'memoryUsage',
    ];
    const exported = convnd as unknown as Record<string, unknown>;
    for (const name of [...classes, ...functions]) assert.equal(typeof exported[name], 'function', name);
    const { functional } = convnd;
    assert.deepEqual(Object.keys(functional).sort(), [
      'adaptiveAvgPool1d',
      'adaptiveAvgPool2d',
      'adaptiveAvgPool3d',
      'adaptiveMaxPool1d',
      'adaptiveMaxPool2d',
      'adaptiveMaxPool3d',
      'avgPool1d',
      'avgPool2d',
      'avgPool3d',
      'conv1d',
      'conv2d',
      'conv3d',
      'convTranspose1d',
      'convTranspose2d',
      'convTranspose3d',
      'fold',
      'maxPool1d',
      'maxPool2d',
      'maxPool3d',
      'maxUnpool1d',
      'maxUnpool2d',
      'maxUnpool3d',
      'unfold',
    ]);
  });
});

describe('a lazy layer', () => {
  for (const module of moduleNames) {
    const rank = Number(module.at(-2));
    it(`Lazy${module} takes its channels from the first input and is the plain layer then`, () => {
      for (const batched of [true, false]) {
        const lazy = new (lazyClass(module))(6, 3, { groups: 2, padding: 1 });
        const plain = new (layerClass(module))(4, 6, 3, { groups: 2, padding: 1 });
        const shape = [...(batched ? [2] : []), 4, ...Array(rank).fill(5)];
        const x = tensor(
          integers(
            shape.reduce((a, b) => a * b),
            1,
          ),
          shape,
        );
        const y = lazy.forward(x);
        assert.deepEqual(lazy.weight.shape, plain.weight.shape);
        assert.equal(String(lazy), String(plain));
        plain.loadStateDict(lazy.stateDict());
        assertSame(y.data, plain.forward(x).data, module);
        assert.deepEqual(y.shape, plain.outputShape(shape));
      }
    });
  }

  it('draws the parameters the plain layer would', () => {
    convnd.manualSeed(5);
    const plain = new Conv1d(4, 6, 3);
    convnd.manualSeed(5);
    const lazy = new LazyConv1d(6, 3);
    lazy.forward(tensor(integers(20, 1), [4, 5]));
    assertSame(lazy.weight.data, plain.weight.data, 'weight');
    assertSame(lazy.bias!.data, plain.bias!.data, 'bias');
  });

  it('can be loaded before its first input', () => {
    const plain = new Conv2d(3, 4, 2);
    const lazy = new LazyConv2d(4, 2);
    lazy.loadStateDict(plain.stateDict());
    const x = tensor(integers(48, 2), [1, 3, 4, 4]);
    assertSame(lazy.forward(x).data, plain.forward(x).data, 'loaded');
  });

  it('has no weight before', () => {
    const lazy = new LazyConv2d(4, 2);
    assert.equal(lazy.inChannels, 0);
    assert.throws(() => lazy.weight, /LazyConv2d/);
    assert.throws(() => lazy.stateDict(), /LazyConv2d/);
    assert.throws(() => lazy.parameters(), /LazyConv2d/);
    assert.deepEqual(lazy.outputShape([1, 3, 5, 5]), [1, 4, 4, 4]);
    assert.match(lazy.explain([1, 3, 5, 5]), /^n1 g1 c3 f4 i5x5 k2x2\n/);
    assert.equal(String(lazy), 'LazyConv2d(0, 4, kernel_size=(2, 2), stride=(1, 1))');
  });

  it('that is offered a weight of another kernel, or of channels its groups do not divide, refuses it', () => {
    const lazy = new LazyConv2d(4, 2, { groups: 2 });
    const shapes = [[4, 1, 2, 3], [6, 1, 2, 2], [4, 2, 2], [4], []];
    for (const shape of shapes) {
      const weight = tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
      assert.throws(
        () => lazy.loadStateDict({ weight, bias: [1, 2, 3, 4] }),
        /size mismatch for weight: expected a shape like \[4, \d, 2, 2\]/,
      );
    }
    assert.throws(() => lazy.weight, /LazyConv2d/);
    // each group would have one channel and a half
    const up = new LazyConvTranspose2d(4, 2, { groups: 2 });
    const weight = tensor(new Float32Array(24), [3, 2, 2, 2]);
    assert.throws(
      () => up.loadStateDict({ weight, bias: [1, 2, 3, 4] }),
      /in_channels must be divisible by groups, but got in_channels=3, groups=2/,
    );
    assert.throws(() => up.weight, /LazyConvTranspose2d/);
  });

  it('refuses a bias without a weight, which would be lost', () => {
    const lazy = new LazyConv2d(2, 1);
    const dict = { bias: [3, 4] };
    assert.throws(() => lazy.loadStateDict(dict, { strict: false }), /^RangeError: bias without a weight/);
    lazy.forward(tensor(integers(4, 1), [1, 1, 2, 2]));
    assert.deepEqual(lazy.loadStateDict(dict, { strict: false }).missingKeys, ['weight']);
    assert.deepEqual([...(lazy.bias?.data ?? [])], [3, 4]);
  });

  it('refuses no channels where it is transposed, as its class does', () => {
    const up = new LazyConvTranspose2d(4, 2);
    const none = tensor(new Float32Array(0), [1, 0, 5, 5]);
    const weight = tensor(new Float32Array(0), [0, 4, 2, 2]);
    for (const call of [
      () => up.forward(none),
      () => up.outputShape(none.shape),
      () => up.loadStateDict({ weight, bias: [1, 2, 3, 4] }),
      () => new ConvTranspose2d(0, 4, 2),
    ])
      assert.throws(call, /expected weight to be at least 1 at dimension 0, but got in_channels=0/);
    assert.throws(() => up.weight, /LazyConvTranspose2d/);
    assert.deepEqual(new LazyConv2d(4, 2).forward(none).shape, [1, 0, 4, 4]);
  });

  it('refuses an input of another rank and channels its groups do not divide', () => {
    const lazy = new LazyConv2d(6, 3, { groups: 2 });
    assert.throws(() => lazy.forward(tensor(integers(10, 1), [2, 5])), {
      name: 'RangeError',
      message:
        /Expected 3D \(unbatched\) or 4D \(batched\) input to LazyConv2d, but got input of size: \[2, 5\]/,
    });
    const indivisible = [1, 3, 5, 5];
    for (const call of [
      () => lazy.forward(tensor(integers(75, 1), indivisible)),
      () => lazy.outputShape(indivisible),
      () => lazy.explain(indivisible),
    ])
      assert.throws(call, /in_channels must be divisible by groups, but got in_channels=3, groups=2/);
    assert.deepEqual(lazy.forward(tensor(integers(100, 1), [1, 4, 5, 5])).shape, [1, 6, 3, 3]);
    assert.throws(
      () => lazy.forward(tensor(integers(150, 1), [1, 6, 5, 5])),
      /to have 4 channels, but got 6/,
    );
  });
});

describe('explain', () => {
  it('begins with the problem line and names output, algorithm, work, bytes and receptive field', () => {
    const text = new Conv2d(64, 32, 3, { padding: 2, dilation: 2 }).explain([1, 64, 20, 30]);
    const [first, ...rest] = text.split('\n');
    assert.equal(first, 'n1 g1 c64 f32 i20x30 k3x3 p2x2 d2x2');
    const body = rest.join('\n');
    for (const part of [/1[x, ]+32[x, ]+20[x, ]+30/, /flop/i, /memory.*\d [kM]?B/, /field.*5 ?x ?5/])
      assert.match(body, part);
  });

  it('and outputShape compute without data', () => {
    const layer = new Conv2d(1, 1, 3, { padding: 1 });
    assert.deepEqual(layer.outputShape([1, 1, 20_000, 20_000]), [1, 1, 20_000, 20_000]);
    assert.match(layer.explain([1, 1, 20_000, 20_000]), /i20000x20000/);
    const up = new ConvTranspose2d(2, 3, 3, { stride: 3 });
    assert.deepEqual(up.outputShape([1, 2, 6, 6], { outputSize: [18, 20] }), [1, 3, 18, 20]);
    assert.match(up.explain([1, 2, 6, 6], { outputSize: [18, 20] }), /^output +\[1, 3, 18, 20\]$/m);
  });

  it('prints for every layer what outputShape says', () => {
    for (const module of moduleNames) {
      const layer = new (layerClass(module))(2, 4, 3, { groups: 2 });
      const shape = [2, ...Array(Number(module.at(-2))).fill(6)];
      for (const input of [shape, [3, ...shape], [0, ...shape]]) {
        assert.ok(layer.explain(input).includes(layer.outputShape(input).join(', ')), `${layer} [${input}]`);
      }
    }
  });
});
