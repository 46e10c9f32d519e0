// Calls with a wrong `out`, wrong options or too little memory are refused, and the library works on.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  Conv1d,
  Conv2d,
  ConvTranspose1d,
  ConvTranspose2d,
  functional,
  Parameter,
  resident,
  settings,
  tensor,
} from 'convnd';
import { integers } from '../helpers/numbers.js';
import { label, refused } from '../helpers/refusal.js';

const image = tensor(integers(50, 1), [1, 2, 5, 5]);
const conv = new Conv2d(2, 3, 3);

describe('out', () => {
  it('has the shape of the result', () => {
    for (const shape of [[1, 3, 3, 4], [3, 3, 3], [1, 3, 9], [27], [2, 3, 3, 3], [1, 3, 3]]) {
      const out = tensor(new Float32Array(shape.reduce((a, b) => a * b)).fill(7), shape);
      refused(() => conv.forward(image, { out }), /^out: /, label(shape));
      assert.ok(
        out.data.every((value) => value === 7),
        'untouched',
      );
    }
  });

  it('is a tensor of float32', () => {
    const shape = [1, 3, 3, 3];
    for (const out of [
      new Float32Array(27),
      { data: new Float64Array(27), shape },
      { data: Array(27).fill(0), shape },
      { data: new Float32Array(26), shape },
      {},
      'out',
      3,
      null,
      { shape },
      { data: new Float32Array(27) },
    ]) {
      refused(() => conv.forward(image, { out: out as never }), /^out: /, label(out));
    }
  });

  it('does not overlap the input, but may begin with it', () => {
    const layer = new Conv1d(1, 1, 3, { padding: 1 });
    const whole = new Float32Array(20);
    const x = tensor(whole.subarray(0, 12), [1, 12]);
    for (const begin of [1, 8]) {
      refused(
        () => layer.forward(x, { out: tensor(whole.subarray(begin, begin + 12), [1, 12]) }),
        /out: .*memory/,
        `from ${begin}`,
      );
    }
    const apart = layer.forward(x);
    assert.deepEqual(layer.forward(x, { out: x }).data, apart.data);
    const beside = new Float32Array(24);
    layer.forward(tensor(beside.subarray(0, 12), [1, 12]), { out: tensor(beside.subarray(12), [1, 12]) });
  });
});

describe('options of a call', () => {
  it('are an object with known names', () => {
    refused(() => conv.forward(image, 3 as never), /options/, 'a number');
    refused(
      () => conv.forward(image, new Map([['activation', 'relu']]) as never),
      /^options must be an object like \{ out: ... \}, but got an object of class Map \[Conv2d/,
      'a Map, whose entries are no properties',
    );
    refused(
      () => new Conv2d(2, 3, 3, { bias: null as never }),
      /^bias must be a boolean, but got null \[Conv2d\(2, 3, kernelSize=3\)\]/,
      'null for bias',
    );
    refused(
      () => conv.loadStateDict({}, { strict: 'false' as never }),
      /^strict must be a boolean, but got 'false' \[Conv2d/,
      'text for strict',
    );
    const layer = new Conv2d(1, 1, 1);
    refused(
      () => layer.requiresGrad_('false' as never),
      /^requires_grad must be a boolean, but got 'false' \[Conv2d/,
      'text for requires_grad',
    );
    assert.ok(layer.weight.requiresGrad, 'unchanged');
    refused(() => conv.forward(image, { output: image } as never), /output/, 'a misspelt option');
    for (const call of [
      () => conv.forward(image, { outputSize: [3, 3] } as never),
      () => conv.outputShape([2, 5, 5], { outputSize: [3, 3] }),
      () => conv.explain([2, 5, 5], { outputSize: [3, 3] }),
      () => conv.tune([2, 5, 5], { outputSize: [3, 3] }),
    ])
      refused(call, /^unexpected option 'outputSize'/, 'outputSize of a Conv');
    refused(
      () => functional.conv2d(image, conv.weight, null, { strid: 1 } as never),
      /strid/,
      'a misspelt option',
    );
    refused(
      () => functional.conv2d(image, conv.weight, null, { groups: 1.5 }),
      /groups/,
      'fractional groups',
    );
    refused(() => functional.conv2d(image, conv.weight, null, { stride: Number.NaN }), /stride/, 'NaN');
  });

  it('stand in one object, not by place as in PyTorch', () => {
    const { conv2d, maxPool2d } = functional as Record<string, (...given: unknown[]) => unknown>;
    const up = new ConvTranspose2d(2, 1, 3, { stride: 2 });
    for (const [call, message] of [
      [
        () => new Conv2d(3, 8, 3, 2 as never),
        /^options must be an object like \{ stride: \.\.\. \}, but got 2 \[/,
      ],
      [() => conv2d(image, conv.weight, null, 2), /^options must be an object .* got 2 \[conv2d\]$/],
      [
        () => conv2d(image, conv.weight, { stride: 2 }),
        /^conv2d: bias \(null if there is none\): expected a tensor/,
      ],
      [() => maxPool2d(image, 2, 2), /^options must be an object .* got 2 \[max_pool2d\]$/],
      [() => conv.forward(image, 'relu' as never), /^options must be an object .* got 'relu' \[Conv2d/],
      [
        () => up.forward(image, [9, 9] as never),
        /^options must be an object .* got \[9, 9\] \[ConvTranspose2d/,
      ],
    ] as const)
      refused(call, message, String(message));
  });

  it('a weight has filters for every group', () => {
    const x = tensor(integers(20, 2), [1, 4, 5]);
    const weight = tensor(integers(6, 3), [1, 2, 3]);
    refused(
      () => functional.conv1d(x, weight, null, { groups: 2 }),
      /Given groups=2, expected weight to be at least 2 at dimension 0, but got weight of size \[1, 2, 3\]/,
      'one filter for two groups',
    );
  });

  it('outputSize holds whole numbers in a tuple', () => {
    const up = new ConvTranspose2d(2, 3, 3, { stride: 2 });
    for (const outputSize of [
      ['11', '11'],
      [11.5, 11],
      [Number.NaN, 11],
      [],
      11,
      '11',
      {},
      [null, 11],
      [2 ** 40, 11],
    ]) {
      refused(
        () => up.forward(image, { outputSize: outputSize as never }),
        /output_?size/i,
        label(outputSize),
      );
    }
  });

  it('shapes for outputShape and explain are checked too', () => {
    for (const [shape, message] of [
      [[1, 2, 5, 5.5], /^a size in input shape must be an integer, but got 5.5/],
      [[1, 2, 5, -5], /^input shape: negative size in \[1, 2, 5, -5\]/],
      [[1, 2, 5, Number.NaN], /^a size in input shape must be an integer, but got NaN/],
      [
        [2, 5],
        /^Expected 3D \(unbatched\) or 4D \(batched\) input to conv2d, but got input of size: \[2, 5\]/,
      ],
      [[1, 3, 5, 5], /expected input\[1, 3, 5, 5\] to have 2 channels, but got 3 channels instead/],
      [[1, 2, 2, 5], /^Calculated padded input size per channel: \(2 x 5\). Kernel size: \(3 x 3\)/],
      ['shape', /^input shape: expected a shape like \[1, 3, 8, 8\], but got 'shape'/],
      [null, /^input shape: expected a shape like \[1, 3, 8, 8\], but got null/],
      [undefined, /^input shape: expected a shape like \[1, 3, 8, 8\], but got undefined/],
      [[1, 2, 5, '5'], /^a size in input shape must be an integer, but got '5'/],
      [[1, 2, 5, 2 ** 31], /^a size in input shape must be below 2\^31, but got 2147483648/],
    ] as const) {
      const given = shape as unknown as number[];
      refused(() => conv.outputShape(given), message, label(shape));
      refused(() => conv.explain(given), message, label(shape));
      refused(() => conv.tune(given), message, label(shape));
    }
  });

  it('loadStateDict takes an object of tensors', () => {
    // a map, a promise that was not awaited, a file that was not read
    for (const [dict, got] of [
      [undefined, 'undefined'],
      [null, 'null'],
      [3, '3'],
      ['weights', "'weights'"],
      [new Float32Array(2), 'Float32Array(2)'],
      [new Uint8Array(1e6), 'Uint8Array(1000000)'],
      [new ArrayBuffer(8), 'an object of class ArrayBuffer'],
      [new Map(Object.entries(conv.stateDict())), 'an object of class Map'],
      [Promise.resolve(conv.stateDict()), 'an object of class Promise'],
      [[conv.weight], '[an object of class Parameter]'],
    ] as const) {
      const expected = {
        name: 'TypeError',
        message: `Expected state_dict to be dict-like, got ${got} [Conv2d]`,
      };
      assert.throws(() => conv.loadStateDict(dict as never), expected, label(dict));
      assert.throws(() => Conv2d.from(dict as never, 'a.'), expected, label(dict));
    }
    assert.throws(
      () => conv.loadStateDict(Object.create(null)),
      /Missing key\(s\) in state_dict: "weight", "bias"/,
    );
  });
});

describe('padding', () => {
  it('has one or two sides for each axis', () => {
    const make = (padding: unknown) => () => new Conv2d(1, 1, 3, { padding } as never);
    refused(
      make([[1, 2, 3], 0]),
      /^padding: expected \[before, after\] for an axis, but got \[1, 2, 3\]/,
      'three',
    );
    refused(make([[], 0]), /^padding: expected \[before, after\] for an axis, but got \[\]/, 'none');
    refused(make([[1, '2'], 0]), /^padding must be an integer, but got '2'/, 'text');
    refused(make([[0, -1], 0]), /^negative padding is not supported, got \[0, -1\] for an axis/, 'negative');
    refused(make([-1, [0, 1]]), /^negative padding is not supported, got -1 for an axis/, 'both sides');
    refused(
      make([[0, 1], 0, 0]),
      /^expected padding to be a single integer value or a list of 2.*but got padding=\[\[…\], 0, 0\]/,
      'three axes',
    );
  });
});

describe('too little memory', () => {
  it('for the output names the bytes and the problem line', () => {
    const up = new ConvTranspose2d(1, 1, 1, { stride: 50_000, bias: false });
    refused(
      () => up.forward(tensor(new Float32Array(9), [1, 1, 3, 3])),
      /40000800004 bytes.*T n1 g1 c1 f1 i3x3 k1x1 s50000x50000/s,
      '40 GB',
    );
  });

  it('for sizes beyond 2^31 it is said which', () => {
    const up = new ConvTranspose1d(1, 1, 1, { stride: 1_000_000_000 });
    refused(
      () => up.forward(tensor(new Float32Array(11), [1, 11])),
      /^the output would take 40000000004 bytes/,
      '10^10 outputs',
    );
    const far = new Conv1d(1, 1, 2, { padding: 2_000_000_000 });
    refused(
      () => far.forward(tensor(new Float32Array(11), [1, 11])),
      /^the output would take 16000000040 bytes, more than any array can hold: n1 g1 c1 f1 i11 k2 p2000000000 /,
      'padding of 2 * 10^9',
    );
    refused(
      () => far.outputShape([1, 11]),
      /^the output would take 16000000040 bytes, more than any array can hold: n1 g1 c1 f1 i11 k2 p2000000000 /,
      'outputShape',
    );
    refused(
      () => functional.unfold([[[1, 2, 3]]], 1, { padding: [0, 2 ** 30] }),
      /^output: a size must be a whole number from 0 to 2147483647, got shape \[1, 2147483651\] \[unfold of/,
      'unfold',
    );
  });
});

describe('functions over windows', () => {
  it('refuse a wrong `out` as layers do', () => {
    for (const shape of [
      [1, 2, 2, 3],
      [2, 2, 2],
      [1, 8],
      [2, 2, 2, 2],
    ]) {
      const out = tensor(new Float32Array(shape.reduce((a, b) => a * b)).fill(7), shape);
      refused(() => functional.maxPool2d(image, 2, { out }), /^out: /, label(shape));
      refused(() => functional.avgPool2d(image, 2, { out }), /^out: /, label(shape));
      refused(() => functional.adaptiveAvgPool2d(image, 2, { out }), /^out: /, label(shape));
      assert.ok(
        out.data.every((value) => value === 7),
        'untouched',
      );
    }
    const whole = new Float32Array(20);
    const x = tensor(whole.subarray(0, 12), [1, 12]);
    const out = tensor(whole.subarray(8, 20), [1, 12]);
    refused(() => functional.maxPool1d(x, 1, { out }), /out: .*memory/, 'shared');
    refused(() => functional.fold(x, [3, 4], 1, { out: x }), /^out: /, 'fold');
    refused(() => functional.unfold(image, 2, { out: image }), /^out: /, 'unfold');
  });

  it('refuse unknown options and kinds', () => {
    refused(
      () => functional.maxPool2d(image, 2, { return_indices: true } as never),
      /return_indices/,
      'unknown',
    );
    refused(
      () => functional.maxPool2d(image, 2, { countIncludePad: true } as never),
      /countIncludePad/,
      'of avg',
    );
    refused(() => functional.avgPool2d(image, 2, { dilation: 2 } as never), /dilation/, 'of max');
    refused(
      () => functional.avgPool1d([[1, 2]], 2, { divisorOverride: 2 } as never),
      /divisorOverride/,
      'of 2d',
    );
    refused(
      () => functional.avgPool2d(image, 2, { ceilMode: 1 } as never),
      /ceil_mode must be a boolean/,
      'flag',
    );
    refused(() => functional.maxPool2d(image, '2' as never), /kernel_size must be an integer/, 'text');
    refused(() => functional.maxPool2d(3 as never, 2), /3D or 4D/, 'a number');
    refused(() => functional.maxPool2d({} as never, 2), /input: expected a tensor/, 'no tensor');
    refused(() => functional.maxPool2d(image, 2 ** 31), /below 2\^31/, 'a large window');
    refused(() => functional.adaptiveAvgPool2d(image, 2, { size: 2 } as never), /size/, 'unknown');
    refused(
      () => functional.adaptiveAvgPool2d(image, 2, { returnIndices: true } as never),
      /returnIndices/,
      'of max',
    );
    refused(
      () => functional.adaptiveMaxPool2d(image, 2, { returnIndices: 1 } as never),
      /adaptive_max_pool2d.*return_indices must be a boolean|return_indices must be a boolean.*adaptive_max_pool2d/,
      'flag',
    );
    refused(() => functional.unfold(image, 2, { groups: 2 } as never), /groups/, 'unknown');
    refused(() => functional.adaptiveAvgPool2d(image, 2 ** 30), /not enough memory/, 'a large output');
  });

  it('refuse a view of memory that grew', () => {
    const x = resident({ shape: [1, 40, 40] });
    const view = tensor(x.data, [1, 40, 40]);
    resident({ shape: [3, 1000, 1000] });
    refused(() => functional.maxPool2d(view, 2), /detached|invalid for data of 0/, 'before');
    x.dispose();
  });
});

it('parameters and settings refuse properties that nothing reads', () => {
  const { weight } = new Conv2d(1, 1, 1);
  for (const [target, name] of [
    [weight, 0],
    [weight, 'requires_grad'],
    [settings, 'winogard'],
  ] as const)
    refused(() => Object.assign(target, { [name]: 0 }), /Cannot add property .*not extensible/, String(name));
  weight.requiresGrad = false;
  assert.equal(weight.requiresGrad, false);
});

it('a subclass of Parameter may have fields', () => {
  class Named extends Parameter {
    title = 'scale';
  }
  assert.equal(new Named(Float32Array.of(1), [1]).title, 'scale');
});
