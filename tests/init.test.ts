// Default initialisation: bounds and moments as in torch, reproducible from a seed.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Conv2d, manualSeed } from 'convnd';
import { torchLayer } from './build.js';
import { assertSame } from './compare.js';
import { readJson, type TorchLayer } from './fixtures.js';

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
