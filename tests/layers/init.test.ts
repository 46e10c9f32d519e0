// Default initialisation: bounds and moments as in torch, reproducible from a seed.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Conv1d, Conv2d, ConvTranspose3d, LazyConv2d, manualSeed, tensor } from 'convnd';
import { nextGenerator, uniform } from '#src/layers/init.js';
import { torchLayer } from '../helpers/build.js';
import { assertSame } from '../helpers/compare.js';
import { readJson, type TorchLayer } from '../helpers/fixtures.js';

interface InitRow extends TorchLayer {
  weight_shape: number[];
  fan_in: number;
  weight_bound: number;
  bias_bound?: number | null;
}

const { rows } = readJson<{ rows: InitRow[] }>('pytorch/init.json');
const layers = 30;

/**
 * Checks that the values are what n independent draws from the uniform distribution on [-bound, bound] may be. Each
 * limit is one that a right generator oversteps less than once in a million times.
 */
function assertUniform(values: Float32Array, bound: number, label: string): void {
  const n = values.length;
  let [sum, squares, cross, least, most] = [0, 0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  values.forEach((value, i) => {
    sum += value;
    squares += value * value;
    if (i > 0) cross += value * values[i - 1];
    least = Math.min(least, value);
    most = Math.max(most, value);
  });
  const std = bound / Math.sqrt(3);
  // The bound itself is rounded to float32 by some, so that a value may stand on it.
  const inside = Math.fround(bound) * (1 + 2 ** -23);
  assert.ok(-inside <= least && most <= inside, `${label}: ${least} ... ${most} is beyond ${bound}`);
  assert.ok(
    most > bound * (1 - 30 / n) && least < -bound * (1 - 30 / n),
    `${label}: ${least} ... ${most} of ${bound}`,
  );
  assert.ok(Math.abs(sum / n) < (5 * std) / Math.sqrt(n), `${label}: mean ${sum / n}`);
  // The variance of a square is 4/45 bound^4, that of a product of neighbours std^4.
  const variance = squares / n;
  const spread = Math.sqrt(4 / 45 / n) * bound ** 2;
  assert.ok(
    Math.abs(variance - std ** 2) < 5 * spread,
    `${label}: variance ${variance}, expected ${std ** 2}`,
  );
  assert.ok(
    Math.abs(cross / n) < (5 * std ** 2) / Math.sqrt(n),
    `${label}: neighbours correlate by ${cross / n}`,
  );
}

describe('default initialisation', () => {
  it('has 26 rows', () => assert.equal(rows.length, 26));

  for (const row of rows) {
    it(`${row.module} ${JSON.stringify(row.args)}: fan_in ${row.fan_in}`, () => {
      manualSeed(2024);
      const made = Array.from({ length: layers }, () => torchLayer(row));
      for (const layer of made) {
        assert.deepEqual(layer.weight.shape, row.weight_shape);
        assert.equal(layer.bias === null, row.args.bias === false);
      }
      assertUniform(joined(made.map(({ weight }) => weight.data)), row.weight_bound, 'weight');
      const biases = made.flatMap(({ bias }) => (bias ? [bias.data] : []));
      if (biases.length > 0) assertUniform(joined(biases), row.bias_bound!, 'bias');
    });
  }

  it('is the same for the same seed, and another for another', () => {
    const drawn = (seed: number): Float32Array => {
      manualSeed(seed);
      return joined(
        [new Conv2d(2, 3, 3), new Conv2d(2, 3, 3)].flatMap((layer) => layer.parameters().map((p) => p.data)),
      );
    };
    assertSame(drawn(7), drawn(7), 'seed 7 twice');
    for (const seed of [0, 8, -1, 2 ** 31, 2 ** 32 + 7, Number.MAX_SAFE_INTEGER]) {
      assert.notDeepEqual(drawn(7), drawn(seed), `seeds 7 and ${seed}`);
    }
  });

  it('differs between layers and, without a seed, between runs of the generator', () => {
    const [first, second] = [new Conv2d(2, 3, 3), new Conv2d(2, 3, 3)];
    assert.notDeepEqual([...first.weight.data], [...second.weight.data]);
  });

  it('draws the numbers of xoshiro128**, seeded by splitmix32', () => {
    const mask = 2n ** 32n - 1n;
    const rotate = (x: bigint, bits: bigint) => ((x << bits) | (x >> (32n - bits))) & mask;
    let counter = 7n;
    const word = () => {
      counter = (counter + 0x9e3779b9n) & mask;
      let z = counter;
      z = ((z ^ (z >> 16n)) * 0x21f0aaadn) & mask;
      z = ((z ^ (z >> 15n)) * 0x735a2d97n) & mask;
      return z ^ (z >> 15n);
    };
    manualSeed(7);
    for (let generator = 0; generator < 3; generator++) {
      const s = [word(), word(), word(), word()];
      const drawn = new Float32Array(1000);
      uniform(drawn, 0.3, nextGenerator());
      for (const [i, value] of drawn.entries()) {
        const result = (rotate((s[1] * 5n) & mask, 7n) * 9n) & mask;
        const t = (s[1] << 9n) & mask;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = rotate(s[3], 11n);
        assert.equal(value, Math.fround(0.3 * (Number(result) / 2 ** 31 - 1)), `${generator}: ${i}`);
      }
    }
  });

  it('depends on the order of construction, and not on what is read, when and in what order', () => {
    const x = tensor(new Float32Array(50), [2, 5, 5]);
    const drawn = (use: (layers: Conv2d[]) => void, Second: new (...args: never[]) => Conv2d = Conv2d) => {
      manualSeed(11);
      const sizes = (Second === Conv2d ? [2, 3, 3] : [3, 3]) as never[];
      const layers = [new Conv2d(2, 2, 1, { bias: false }), new Second(...sizes), new Conv2d(2, 3, 3)];
      use(layers);
      for (const layer of layers) layer.forward(x);
      return joined(layers.flatMap((layer) => layer.parameters().map(({ data }) => data)));
    };
    const wanted = drawn((layers) => {
      for (const layer of layers) layer.stateDict();
    });
    assertSame(
      drawn(() => {}),
      wanted,
      'by forward',
    );
    assertSame(
      drawn((layers) => layers.reverse()[0].bias!.data, Conv2d).slice(-4),
      wanted.slice(0, 4),
      'last first',
    );
    assertSame(
      drawn(() => manualSeed(5)),
      wanted,
      'another seed meanwhile',
    );
    assertSame(
      drawn(() => new Conv2d(9, 9, 9)),
      wanted,
      'other layers afterwards',
    );
    assertSame(
      drawn(() => {}, LazyConv2d as never),
      wanted,
      'a lazy layer, which learns its channels later',
    );
    const loaded = drawn(([, second]) => {
      second.loadStateDict({ bias: [1, 2, 3] }, { strict: false });
    });
    assertSame(loaded.slice(0, 58), wanted.slice(0, 58), 'weights, where a bias was loaded');
    assertSame(loaded.slice(58, 61), [1, 2, 3], 'the loaded bias');
    assertSame(loaded.slice(61), wanted.slice(61), 'the layer behind it');
  });

  it('is drawn and takes memory when it is first needed, or never', () => {
    const bytes = () => process.memoryUsage().arrayBuffers;
    const before = bytes();
    // 38 MB each, were they there
    const layers = Array.from({ length: 100 }, () => new Conv2d(1024, 1024, 3));
    for (const { weight } of layers) assert.deepEqual(weight.shape, [1024, 1024, 3, 3]);
    for (const layer of layers) layer.resetParameters();
    assert.ok(bytes() - before < 1e6, `${bytes() - before} bytes`);
    const weight = tensor(new Float32Array(512 * 9).fill(2), [1, 512, 3, 3]);
    const held = bytes();
    const lazy = new LazyConv2d(1, 3);
    lazy.loadStateDict({ weight, bias: [1] });
    const added = bytes() - held;
    assert.ok(added >= weight.data.byteLength && added < 2 * weight.data.byteLength, `${added} bytes`);
    assertSame(lazy.weight.data, weight.data, 'the copy');
  });

  it('of more than can be computed with is refused at once', () => {
    for (const make of [
      () => new ConvTranspose3d(1, 1e9, 1),
      () => new Conv1d(2 ** 15, 2 ** 15, 1),
      () => new LazyConv2d(2 ** 30, 3).forward(tensor(new Float32Array(9), [1, 3, 3])),
    ])
      assert.throws(make, {
        name: 'RangeError',
        message: /^not enough memory: \d+ bytes for a weight of shape \[.*\[Conv/,
      });
  });

  it('refuses a seed that is no whole number', () => {
    for (const seed of [Number.NaN, 1.5, Number.POSITIVE_INFINITY, '7', undefined, null]) {
      assert.throws(() => manualSeed(seed as number), /seed/i, String(seed));
    }
  });
});

function joined(parts: Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
