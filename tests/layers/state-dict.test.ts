// Loading and saving parameters: PyTorch's verdicts, and what a load may and may not change.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Conv1d, Conv2d, Conv3d, ConvTranspose2d, LazyConv2d, type Tensor } from 'convnd';
import { torchLayer } from '../helpers/build.js';
import { assertNear, assertSame } from '../helpers/compare.js';
import { readJson, type Stored, type TorchLayer, type Verdict } from '../helpers/fixtures.js';
import { integers, reals } from '../helpers/numbers.js';
import { product } from '../reference/reference.js';

interface StateDictRow extends TorchLayer {
  what: string;
  given: Record<string, number[]>;
  verdict: Verdict;
}

const { state_dict: rows } = readJson<{ state_dict: StateDictRow[] }>('pytorch/errors.json');

const stored = (shape: number[], seed = 1): Stored => ({ shape, data: integers(product(shape), seed) });

/** A copy of every value of a state dict. */
const copied = (dict: Record<string, Tensor>): Record<string, number[]> =>
  Object.fromEntries(Object.entries(dict).map(([key, { data }]) => [key, [...data]]));

describe('PyTorch verdicts on state dicts', () => {
  it('has 10 rows', () => assert.equal(rows.length, 10));

  for (const row of rows) {
    it(`${row.what}: ${row.verdict.stage === 'ok' ? 'taken' : 'refused, and nothing is changed'}`, () => {
      const layer = torchLayer(row);
      const before = copied(layer.stateDict());
      const given = Object.fromEntries(Object.entries(row.given).map(([key, shape]) => [key, stored(shape)]));
      if (row.verdict.stage === 'ok') {
        assert.deepEqual(layer.loadStateDict(given), { missingKeys: [], unexpectedKeys: [] });
        for (const [key, { data }] of Object.entries(given)) {
          assertSame(layer.stateDict()[key].data, data, key);
        }
        return;
      }
      const key =
        /(Missing key\(s\) in state_dict: "\w+"|Unexpected key\(s\) in state_dict: "\w+"|size mismatch for \w+)/;
      const sizes = row.verdict.message!.match(/torch\.Size\((\[.*?\])\).*torch\.Size\((\[.*?\])\)/);
      assert.throws(
        () => layer.loadStateDict(given),
        (error: unknown) => {
          assert.ok(error instanceof TypeError || error instanceof RangeError, `${error}`);
          const expected = [
            `Error(s) in loading state_dict for ${row.module}`,
            row.verdict.message!.match(key)![0],
            ...(sizes?.slice(1) ?? []),
          ];
          for (const text of expected)
            assert.ok(error.message.includes(text), `"${text}" in "${error.message}"`);
          return true;
        },
      );
      assert.deepEqual(copied(layer.stateDict()), before);
    });
  }
});

describe('loadStateDict', () => {
  const weight = stored([6, 2, 3, 3], 2);
  const bias = stored([6], 3);
  const make = () => new Conv2d(4, 6, 3, { groups: 2 });

  it('that is refused for its last key leaves the first as it was', () => {
    const layer = make();
    const before = copied(layer.stateDict());
    const x = stored([1, 4, 5, 5], 4);
    const y = layer.forward(x);
    assert.throws(() => layer.loadStateDict({ weight, bias: stored([5]) }), /size mismatch for bias/);
    assert.throws(
      () => layer.loadStateDict({ bias, weight: stored([6, 2, 3, 4]) }),
      /size mismatch for weight/,
    );
    assert.throws(() => layer.loadStateDict({ weight, bias, more: bias }), /Unexpected key\(s\).*"more"/);
    assert.throws(
      () => layer.loadStateDict({ weight, bias: 'none' as unknown as Tensor }),
      /^TypeError: bias: expected a tensor .*, got 'none' \[Conv/,
    );
    assert.deepEqual(copied(layer.stateDict()), before);
    assertSame(layer.forward(x).data, y.data, 'after refused loads');
  });

  it('with strict false takes what fits and names the rest', () => {
    const layer = make();
    const [oldWeight] = layer.parameters().map(({ data }) => [...data]);
    const result = layer.loadStateDict({ bias, running_mean: bias }, { strict: false });
    assert.deepEqual(result, { missingKeys: ['weight'], unexpectedKeys: ['running_mean'] });
    assertSame(layer.bias!.data, bias.data, 'bias');
    assertSame(layer.weight.data, oldWeight, 'weight');
  });

  it('with strict false leaves a missing bias as it is', () => {
    const layer = make();
    const old = [...layer.bias!.data];
    assert.deepEqual(layer.loadStateDict({ weight }, { strict: false }), {
      missingKeys: ['bias'],
      unexpectedKeys: [],
    });
    assertSame(layer.weight.data, weight.data, 'weight');
    assertSame(layer.bias!.data, old, 'bias');
  });

  it('names all that is wrong, missing keys first', () => {
    assert.throws(
      () => make().loadStateDict({ weight: bias, scale: bias, shift: bias }),
      /Conv2d:\s+Missing key\(s\) in state_dict: "bias".*\s+Unexpected key\(s\) in state_dict: "scale", "shift".*\s+size mismatch for weight/,
    );
  });

  it('with strict false still refuses another shape', () => {
    const layer = make();
    const before = copied(layer.stateDict());
    assert.throws(() => layer.loadStateDict({ weight: stored([6, 2, 9]), bias }, { strict: false }), {
      name: 'RangeError',
      message: /size mismatch for weight/,
    });
    assert.deepEqual(copied(layer.stateDict()), before);
  });

  it("takes one layer out of a network's dict by its prefix", () => {
    const layer = make();
    const dict = { 'enc.weight': weight, 'enc.bias': bias, 'dec.weight': bias, weight: bias, encoder: bias };
    assert.deepEqual(layer.loadStateDict(dict, { prefix: 'enc.' }), { missingKeys: [], unexpectedKeys: [] });
    assertSame(layer.weight.data, weight.data, 'weight');
    assertSame(layer.bias!.data, bias.data, 'bias');
    assert.throws(() => layer.loadStateDict(dict, { prefix: 'none.' }), /"none\.weight", "none\.bias"/);
    assert.throws(
      () => layer.loadStateDict({ ...dict, 'enc.scale': bias }, { prefix: 'enc.' }),
      /Unexpected key\(s\) in state_dict: "enc\.scale"/,
    );
  });

  it('takes a prefix without its last dot, where nothing else can be meant', () => {
    const layer = make();
    const dict = { 'enc1.0.weight': weight, 'enc1.0.bias': bias, 'enc1.01.weight': bias };
    assert.deepEqual(layer.loadStateDict(dict, { prefix: 'enc1.0' }), {
      missingKeys: [],
      unexpectedKeys: [],
    });
    assertSame(layer.weight.data, weight.data, 'weight');
    const dotless = { encweight: weight, encbias: bias, 'enc.weight': bias };
    const report = layer.loadStateDict(dotless, { prefix: 'enc', strict: false });
    assert.deepEqual(report, { missingKeys: [], unexpectedKeys: ['enc.weight'] });
    assertSame(layer.weight.data, weight.data, 'weight without a dot');
  });

  it("names the option prefix where a whole network's dict was given", () => {
    const dict = { 'enc1.0.weight': weight, 'enc1.0.bias': bias, 'enc1.1.weight': bias, 'dec.weight': bias };
    assert.throws(
      () => make().loadStateDict(dict),
      /Select one layer by a prefix: \{ prefix: 'enc1\.0\.' \}, \{ prefix: 'enc1\.1\.' \}, \{ prefix: 'dec\.' \}$/,
    );
    assert.throws(
      () => make().loadStateDict({ ...dict, 'z.weight': bias }, { prefix: 'enc2.' }),
      /… \(4 in all\)$/,
    );
    assert.throws(
      () => make().loadStateDict({ weight }),
      (error: Error) => !error.message.includes('refix'),
    );
    for (const name of ['weight_g', 'weight_orig', 'parametrizations.weight.original0'])
      assert.throws(
        () => make().loadStateDict({ ...dict, [`g.${name}`]: weight }, { prefix: 'g' }),
        /Missing key\(s\) in state_dict: "g\.weight"[\s\S]*The weight is parametrized: Conv2d\.from\(dict, 'g\.'\) folds it$/,
      );
  });

  it('copies: neither side changes with the other', () => {
    const layer = make();
    const given = stored([6, 2, 3, 3], 5);
    const first = given.data[0];
    layer.loadStateDict({ weight: given, bias });
    given.data[0] = 99;
    assert.equal(layer.weight.data[0], first);
    const dict = layer.stateDict();
    dict.weight.data[0] = 77;
    assert.equal(layer.weight.data[0], first);
  });

  it('is noticed by a layer that has already run', () => {
    const layer = make();
    const x = stored([1, 4, 5, 5], 6);
    layer.forward(x);
    layer.loadStateDict({ weight, bias });
    const other = make();
    other.loadStateDict({ weight, bias });
    assertSame(layer.forward(x).data, other.forward(x).data, 'after a load');
  });

  it('takes the numbers of any typed array and nested arrays', () => {
    const layer = new Conv1d(1, 2, 2);
    layer.loadStateDict({
      weight: [[[1, 2]], [[3, 4]]],
      bias: { data: new Float64Array([0.5, -0.5]), shape: [2] },
    });
    assertSame(layer.forward([[[1, 1]]]).data, [3.5, 6.5], 'nested and Float64Array');
    layer.loadStateDict({
      weight: { data: new Int8Array([1, 0, 0, -1]), dims: [2, 1, 2] },
      bias: { data: [1, 2], shape: [2] },
    });
    assertSame(layer.forward([[[5, 7]]]).data, [6, -5], 'Int8Array and number[]');
  });
});

describe("a Linear's weight", () => {
  const dict = {
    'fc.weight': { data: reals(12, 5), shape: [3, 4] },
    'fc.bias': { data: reals(3, 6), shape: [3] },
  };
  const wanted = (x: Float32Array) =>
    [0, 1, 2].map((f) =>
      [0, 1, 2, 3].reduce(
        (sum, c) => sum + dict['fc.weight'].data[4 * f + c] * x[c],
        dict['fc.bias'].data[f],
      ),
    );

  it('is that of a layer of one kernel element', () => {
    const x = reals(4, 7);
    const layers = [
      new Conv1d(4, 3, 1),
      new Conv2d(4, 3, 1),
      new Conv3d(4, 3, [1, 1, 1]),
      new LazyConv2d(3, 1),
    ];
    for (const layer of layers) {
      layer.loadStateDict(dict, { prefix: 'fc.' });
      const ones = layer.kernelSize.map(() => 1);
      assert.deepEqual(layer.weight.shape, [3, 4, ...ones]);
      assertNear(layer.forward({ data: x, shape: [4, ...ones] }).data, wanted(x), 1e-6, String(layer));
    }
    const made = Conv2d.from(dict, 'fc.');
    assert.equal(String(made), 'Conv2d(4, 3, kernel_size=(1, 1), stride=(1, 1))');
    assertNear(made.forward({ data: x, shape: [4, 1, 1] }).data, wanted(x), 1e-6, 'from');
  });

  it('is that of no other', () => {
    const square = { weight: { data: reals(16, 5), shape: [4, 4] } };
    for (const layer of [
      new Conv2d(4, 4, [1, 2], { bias: false }),
      new Conv2d(4, 3, 1, { bias: false }),
      new Conv2d(16, 4, 1, { groups: 4, bias: false }),
      new ConvTranspose2d(4, 4, 1, { bias: false }),
    ])
      assert.throws(() => layer.loadStateDict(square), /size mismatch for weight/, String(layer));
    assert.throws(
      () => new Conv2d(4, 4, 1, { bias: false }).loadStateDict({ weight: { data: reals(4, 1), shape: [4] } }),
      /size mismatch/,
    );
    assert.throws(() => ConvTranspose2d.from(square, ''), /size mismatch/);
    assert.throws(() => Conv2d.from(square, '', { groups: 2 }), /size mismatch/);
  });
});

describe('stateDict', () => {
  it("has torch's keys, order and shapes, behind a prefix", () => {
    const layer = new ConvTranspose2d(4, 6, [3, 2], { groups: 2 });
    assert.deepEqual(Object.keys(layer.stateDict()), ['weight', 'bias']);
    assert.deepEqual(layer.stateDict().weight.shape, [4, 3, 3, 2]);
    assert.deepEqual(layer.stateDict().bias.shape, [6]);
    assert.deepEqual(Object.keys(layer.stateDict('up.0.')), ['up.0.weight', 'up.0.bias']);
    const bare = new Conv2d(4, 6, [3, 2], { bias: false });
    assert.deepEqual(Object.keys(bare.stateDict()), ['weight']);
    assert.deepEqual(bare.stateDict().weight.shape, [6, 4, 3, 2]);
    assert.equal(bare.bias, null);
    assert.equal(bare.parameters().length, 1);
  });

  it('goes around: saved, loaded, the same result', () => {
    const layer = new Conv2d(3, 5, 3);
    const x = { data: reals(3 * 36, 7), shape: [1, 3, 6, 6] };
    const other = new Conv2d(3, 5, 3);
    other.loadStateDict(layer.stateDict());
    assertSame(other.forward(x).data, layer.forward(x).data, 'copy');
  });
});
