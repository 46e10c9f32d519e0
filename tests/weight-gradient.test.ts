// Weight gradients by the third module: every product of the definition, wherever tensors lie, however items are divided.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { resident, tensor } from 'convnd';
import fc from 'fast-check';
import type { Convolution } from '#src/problem/convolution.js';
import { trainModule } from '#src/train/module.js';
import { type Caller, WeightGradient } from '#src/train/weight/run.js';
import { assertSame } from './compare.js';
import { convolutionFrom, type Places } from './convolutions.js';
import { numbersOf, weightGradientsOf } from './equation.js';
import { forms, layerAxis, places, whole } from './forms.js';
import { integers } from './numbers.js';

/** Computes a weight gradient with tensors where they shall lie; `rounds` times, so that kept blocks are used again. */
function compute(
  gradient: WeightGradient,
  c: Convolution,
  x: Float32Array,
  g: Float32Array,
  { input, output }: Places,
  isGradientResident: boolean,
  rounds = 2,
): Float32Array {
  const plain = [x, g].map((data) => tensor(data, [data.length]));
  const held = [input === 'resident', isGradientResident].map((isResident, i) =>
    isResident ? resident(plain[i]) : undefined,
  );
  const length = numbersOf(c).weight;
  const kept = output === 'resident' ? resident({ shape: [length] }) : undefined;
  const out = kept ?? tensor(new Float32Array(length), [length]);
  try {
    for (let round = 0; round < rounds; round++) {
      out.data.fill(Number.NaN);
      gradient.run(held[0] ?? plain[0], held[1] ?? plain[1], out);
    }
    return out.data.slice();
  } finally {
    for (const each of [...held, kept]) each?.dispose();
  }
}

/** Divides each call at some items, last part first. */
const divided =
  (parts: number): Caller =>
  (engine, entry, task, desk, begin, end) => {
    const at = (part: number) => begin + Math.floor(((end - begin) * part) / parts);
    for (let part = parts - 1; part >= 0; part--)
      trainModule(engine)[entry](task, desk, at(part), at(part + 1));
  };

const ways = ['weightPairs', 'weightPlanes', 'weightPanels'] as const;

describe('a weight gradient', () => {
  const long = (longest: number) => layerAxis(2 * longest, 5);
  const drawn = fc
    .tuple(
      forms((longest) => fc.oneof(layerAxis(longest), long(longest)), true),
      fc.boolean(),
    )
    .map(([form, isOne]) => (isOne ? { ...form, batch: 1, filters: 1 } : form));

  it('is the sum of all its products', () => {
    const counts = { weightPairs: 0, weightPlanes: 0, weightPanels: 0 };
    fc.assert(
      fc.property(drawn, fc.nat(1_000_000), whole(0, 3), fc.boolean(), (form, seed, place, isResident) => {
        const c = { ...convolutionFrom(form) };
        // the weight is dense
        const kernel = c.axes.reduce((size, axis) => size * axis.kernel, 1);
        const channel = kernel;
        const filter = c.channels * channel;
        c.weight = { group: c.filters * filter, filter, channel };
        const x = integers(numbersOf(c).input, seed);
        const g = integers(numbersOf(c).output, seed + 1);
        const wanted = weightGradientsOf(c, x, g).output;
        for (const way of ways) {
          if (way === 'weightPanels' && c.filters < 3) continue;
          const gradient = new WeightGradient(c, way, divided(1 + (seed % 3)));
          const got = compute(gradient, c, x, g, places[place], isResident);
          assertSame(got, wanted, `${way}: ${c.line}`);
          counts[way]++;
        }
      }),
      { numRuns: 500 },
    );
    assert.ok(counts.weightPanels > 100, JSON.stringify(counts));
  });
});
