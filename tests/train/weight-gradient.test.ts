// Weight gradients by the module of gradients: every product of the definition, wherever tensors lie, however items are divided.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Conv2d, resident, tensor } from 'convnd';
import { backward } from 'convnd/train';
import fc from 'fast-check';
import type { Convolution } from '#src/problem/convolution.js';
import type { Activation } from '#src/run/activation.js';
import { maskAndSum } from '#src/train/gradients/mask-and-sum.js';
import { trainModule } from '#src/train/module.js';
import { longRowOf } from '#src/train/weight/long-row.js';
import { type Caller, WeightGradient } from '#src/train/weight/run.js';
import { chosenWay } from '#src/train/weight/ways.js';
import { assertSame } from '../helpers/compare.js';
import { convolutionFrom, type Places } from '../helpers/convolutions.js';
import { forms, layerAxis, places, whole } from '../helpers/forms.js';
import { integers, reals } from '../helpers/numbers.js';
import { numbersOf, weightGradientsOf } from '../reference/equation.js';

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
  (engine, entry, task, workspace, begin, end) => {
    const at = (part: number) => begin + Math.floor(((end - begin) * part) / parts);
    for (let part = parts - 1; part >= 0; part--)
      trainModule(engine)[entry](task, workspace, at(part), at(part + 1));
  };

const ways = ['weightPairs', 'weightPlanes', 'weightQuads', 'weightPanels'] as const;

describe('a weight gradient', () => {
  const long = (longest: number) => layerAxis(2 * longest, 5);
  const drawn = fc
    .tuple(
      forms((longest) => fc.oneof(layerAxis(longest), long(longest)), true),
      fc.boolean(),
    )
    .map(([form, isOne]) => (isOne ? { ...form, batch: 1, filters: 1 } : form));

  it('is the sum of all its products', () => {
    const counts = { weightPairs: 0, weightPlanes: 0, weightQuads: 0, weightPanels: 0 };
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

it('a way that cannot compute a weight gradient is refused', () => {
  const axes = [{ input: 5, output: 3, kernel: 3, stride: 1, dilation: 1, padding: 0, upsample: 1 }];
  const c = convolutionFrom({ batch: 1, groups: 1, channels: 1, filters: 2, axes });
  assert.throws(
    () => new WeightGradient(c, 'weightPanels'),
    /weightPanels can't compute this weight gradient/,
  );
});

describe('a weight gradient of maps too large for one block', () => {
  const axis = (input: number, kernel: number, stride = 1) => {
    const padding = (kernel - 1) >> 1;
    const output = Math.floor((input + 2 * padding - kernel) / stride) + 1;
    return { input, output, kernel, stride, padding, dilation: 1, upsample: 1 };
  };
  for (const form of [
    { batch: 2, groups: 1, channels: 1, filters: 3, axes: [axis(900, 1), axis(1000, 2)] },
    { batch: 1, groups: 2, channels: 1, filters: 1, axes: [axis(1500, 3, 2), axis(1300, 3, 2)] },
  ])
    it(`is the sum of all its products: ${JSON.stringify(form)}`, () => {
      const c = convolutionFrom(form);
      const [x, g] = [integers(numbersOf(c).input, 1), integers(numbersOf(c).output, 2)];
      const wanted = weightGradientsOf(c, x, g).output;
      const blocks: number[] = [];
      for (const way of ways) {
        if (way === 'weightPanels' && c.filters < 3) continue;
        for (const [i, place] of places.entries()) {
          const gradient = new WeightGradient(c, way);
          assertSame(
            compute(gradient, c, x, g, place, i % 3 === 0),
            wanted,
            `${way}, ${JSON.stringify(place)}`,
          );
          blocks.push(gradient.plan.blocks);
        }
      }
      assert.ok(Math.max(...blocks) > 1);
    });
});

describe('a weight gradient of kernels with rows of three taps', () => {
  const axis = (output: number, kernel: number, stride = 1, dilation = stride, padding = 0) => ({
    ...{ input: stride * (output - 1) + dilation * (kernel - 1) + 1 - 2 * padding, output },
    ...{ kernel, stride, dilation, padding, upsample: 1 },
  });
  // whole vectors in rows, and one to three numbers more; one run, and several
  for (const [height, width, channels, filters, isByTwoRows] of [
    [axis(1, 2), axis(4, 3), 1, 1, true],
    [axis(2, 3, 1, 1, 1), axis(6, 3, 1, 1, 1), 2, 1, true],
    [axis(40, 3, 1, 1, 1), axis(41, 3, 1, 1, 1), 1, 2, true],
    [axis(9, 4), axis(131, 3, 1, 3), 3, 1, true],
    [axis(11, 5, 2), axis(127, 3, 2, 1), 1, 1, true],
    [axis(5, 5, 1, 1, 2), axis(1024, 3), 1, 1, true],
    // rows longer than a run
    [axis(5, 3, 1, 1, 1), axis(1025, 3), 1, 1, false],
    // no output reads the rows of the one above, shifted by one
    [axis(12, 3, 2, 1), axis(130, 3), 1, 1, false],
    [axis(12, 3, 1, 2), axis(130, 3), 1, 1, false],
  ] as const) {
    const form = { batch: 2, groups: 3, channels, filters, axes: [height, width] };
    it(`is the sum of all its products: ${height.kernel}x3 for ${height.output}x${width.output} outputs`, () => {
      const c = convolutionFrom(form);
      const [x, g] = [integers(numbersOf(c).input, 3), integers(numbersOf(c).output, 4)];
      // what a sum must not meet: neither padding nor the ends of other rows change it
      x[0] = 2 ** 20;
      g[g.length - 1] = 2 ** 20;
      const wanted = weightGradientsOf(c, x, g).output;
      const gradient = new WeightGradient(c, 'weightPlanes');
      assert.equal(gradient.plan.way.byTwoRows, isByTwoRows);
      for (const place of places) assertSame(compute(gradient, c, x, g, place, true), wanted, c.line);
    });
  }
});

describe('a row with zeros beside it', () => {
  /** One axis with so many outputs, and so much input as that takes with its padding. */
  const axis = (output: number, kernel: number, dilation: number, padding: number, behind: number) => ({
    ...{ input: Math.max(1, output + dilation * (kernel - 1) - padding - behind), output },
    ...{ kernel, dilation, padding, stride: 1, upsample: 1 },
  });
  const maps = { groups: 3, channels: 1 };
  /** Whether a plan reads all its rows as they lie. */
  const isRead = ({ plan: { slices, way } }: WeightGradient, filters: number) =>
    slices[2].every((width) => longRowOf([slices[0][0], slices[1][0], width], true, way, filters));

  it('is read as it lies, and gives the same sums', () => {
    const count = { read: 0 };
    const drawn = fc.tuple(
      fc.tuple(whole(60, 700), whole(1, 4), whole(1, 3), whole(-2, 6), whole(-2, 6)),
      fc.tuple(whole(1, 3), whole(1, 2)),
    );
    fc.assert(
      fc.property(drawn, fc.nat(1e6), whole(0, 3), fc.boolean(), (form, seed, place, isResident) => {
        const [sizes, [batch, filters]] = form;
        const c = convolutionFrom({ ...maps, batch, filters, axes: [axis(...sizes)] });
        const x = integers(numbersOf(c).input, seed);
        const g = integers(numbersOf(c).output, seed + 1);
        const gradient = new WeightGradient(c, 'weightPlanes');
        if (isRead(gradient, filters)) count.read++;
        const got = compute(gradient, c, x, g, places[place], isResident);
        assertSame(got, weightGradientsOf(c, x, g).output, c.line);
      }),
      { numRuns: 150 },
    );
    assert.ok(count.read > 20, `${count.read} of 150`);
  });

  it('gives NaN where the gradient of an output that meets zeros is infinite', () => {
    const c = convolutionFrom({ ...maps, batch: 1, filters: 1, axes: [axis(300, 3, 1, 1, 1)] });
    const gradient = new WeightGradient(c, 'weightPlanes');
    assert.ok(isRead(gradient, 1));
    const g = new Float32Array(900);
    // the first output of the first map, an inner one of the second, and the last one of the third
    for (const at of [0, 300 + 150, 899]) g[at] = Number.POSITIVE_INFINITY;
    const got = compute(gradient, c, new Float32Array(900).fill(2), g, places[1], true);
    const is = [...got].map((value) => (Number.isNaN(value) ? 'NaN' : value > 0 ? 'inf' : value));
    assert.equal(is.join(), 'NaN,inf,inf,inf,inf,inf,inf,inf,NaN');
  });
});

describe('groups side by side', () => {
  const map = (output: number, stride = 1) => ({
    ...{ input: stride * output, output, kernel: 3, padding: 1 },
    ...{ stride, dilation: 1, upsample: 1 },
  });
  const depthwise = (groups: number, output: number, stride?: number) => {
    const axes = [map(output, stride), map(output, stride)];
    return convolutionFrom({ batch: 1, groups, channels: 1, filters: 1, axes });
  };

  it('are taken for small maps of several groups', () => {
    const entry = (groups: number, output: number, stride?: number) =>
      new WeightGradient(depthwise(groups, output, stride)).plan.way.entry;
    for (const output of [7, 14]) assert.equal(entry(64, output), 'weightQuads');
    for (const output of [28, 112]) assert.equal(entry(64, output), 'weightPlanes');
    assert.equal(entry(1, 14), 'weightPlanes');
    // four maps with a stride are copied number by number
    assert.equal(entry(64, 7, 2), 'weightPlanes');
  });

  it('keep what is not finite to themselves', () => {
    const c = depthwise(6, 5);
    const g = integers(6 * 25, 3);
    g[2 * 25 + 12] = Number.NaN;
    g[5 * 25 + 12] = Number.POSITIVE_INFINITY;
    const got = compute(
      new WeightGradient(c, 'weightQuads'),
      c,
      new Float32Array(150).fill(1),
      g,
      places[0],
      true,
    );
    for (let group = 0; group < 6; group++) {
      const all = got.subarray(9 * group, 9 * group + 9);
      if (group === 2) assert.ok(all.every(Number.isNaN));
      else if (group === 5) assert.ok(all.every((value) => value === Number.POSITIVE_INFINITY));
      else assert.ok(all.every(Number.isFinite), `group ${group}`);
    }
  });
});

describe('channels of several images', () => {
  it('are an input, an output and a gradient like any other', () => {
    const [conv, other] = [new Conv2d(2, 3, 3, { padding: 1 }), new Conv2d(2, 3, 3, { padding: 1 })];
    other.loadStateDict(conv.stateDict());
    const all = resident(tensor(integers(2 * 8 * 30, 1), [2, 8, 5, 6]));
    const [input, output, gradOutput] = [all.channels(0, 2), all.channels(2, 3), all.channels(5, 3)];
    conv.forward(input, { out: output, activation: 'relu' });
    const [x, y, g] = [input, output, gradOutput].map((view) =>
      tensor(resident(view).data.slice(), [...view.shape]),
    );
    const got = backward(conv, gradOutput, { input, output, activation: 'relu' });
    const wanted = backward(other, g, { input: x, output: y, activation: 'relu' });
    assert.deepEqual(got?.data, wanted?.data);
    for (const name of ['weight', 'bias'] as const)
      assert.deepEqual(conv[name]?.grad?.data, other[name]?.grad?.data, name);
  });
});

describe('sums of many products', () => {
  /** One axis with so many outputs. */
  const axis = (output: number, kernel: number, stride = 1) => ({
    ...{ input: stride * (output - 1) + kernel, kernel, output, stride },
    ...{ dilation: 1, upsample: 1, padding: 0 },
  });
  const cases = [
    { batch: 1, groups: 1, channels: 3, filters: 3, axes: [axis(16_000, 3)] },
    { batch: 80, groups: 1, channels: 8, filters: 4, axes: [axis(10, 1), axis(20, 3, 2)] },
    { batch: 16_000, groups: 1, channels: 5, filters: 3, axes: [axis(1, 1)] },
    { batch: 4, groups: 3, channels: 1, filters: 3, axes: [axis(40, 3), axis(101, 2)] },
    { batch: 3, groups: 6, channels: 1, filters: 3, axes: [axis(20, 3), axis(20, 3)] },
  ];

  it('keep the bound, also where all are of one sign, and have the same bits however items are divided', () => {
    for (const form of cases)
      for (const way of ways)
        for (const isPositive of [true, false]) {
          const c = convolutionFrom(form);
          const [x, g] = [numbersOf(c).input, numbersOf(c).output].map((count, i) =>
            reals(count, 7 + i).map((value) => (isPositive ? Math.abs(value) : value)),
          );
          const wanted = weightGradientsOf(c, x, g);
          const parts = [1, 2, 7].map((count) =>
            compute(new WeightGradient(c, way, divided(count)), c, x, g, places[count % 4], count === 2, 1),
          );
          for (const got of parts) assert.deepEqual(got, parts[0], `${way}: ${c.line}`);
          wanted.output.forEach((value, i) => {
            const bound = 2 ** -24 * wanted.absSum[i] * (4 + Math.sqrt(wanted.terms[i]));
            const error = Math.abs(parts[0][i] - value);
            assert.ok(error <= bound, `${way}: ${error} beyond ${bound}: ${c.line}`);
          });
        }
  });
});

describe('a pass through an activation', () => {
  const activations: readonly (Activation | undefined)[] = [
    undefined,
    { entry: 'clamp', operand: Number.POSITIVE_INFINITY },
    { entry: 'clamp', operand: 6 },
    { entry: 'leakyRelu', operand: 0.25 },
    { entry: 'leakyRelu', operand: -2 },
  ];
  const special = [0, -0, 6, 7, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

  /** What an activation lets through of a gradient. */
  function through({ entry, operand }: Activation, result: number, g: number): number {
    if (entry === 'leakyRelu') return result > 0 ? g : Math.fround(operand * g);
    return result <= 0 || (result >= operand && operand < Number.POSITIVE_INFINITY) ? 0 : g;
  }

  it('masks a gradient and sums it, wherever tensors lie', () => {
    const sizes = fc.oneof(whole(1, 40), whole(16_380, 16_390), whole(32_760, 40_000));
    fc.assert(
      fc.property(
        whole(1, 3),
        whole(1, 5),
        sizes,
        whole(0, 7),
        fc.nat(1e6),
        (batch, filters, size, at, seed) => {
          const numbers = batch * filters * size;
          const result = integers(numbers, seed).map((value, i) =>
            i % 11 === 3 ? special[i % special.length] : value,
          );
          const g = integers(numbers, seed + 1);
          for (const activation of activations) {
            const [gradient, given] = [g, result].map((data, i) => {
              const plain = tensor(data.slice(), [batch, filters, size]);
              return at & (1 << i) ? resident(plain) : plain;
            });
            const out = at & 4 ? resident({ shape: [batch, filters, size] }) : gradient;
            const bias = tensor(new Float32Array(filters), [filters]);
            maskAndSum(batch, filters, gradient, activation && { activation, result: given, out }, bias);
            const wanted = activation ? g.map((value, i) => through(activation, result[i], value)) : g;
            if (activation) assert.deepEqual(out.data.slice(), wanted, activation.entry);
            for (let filter = 0; filter < filters; filter++) {
              let sum = 0;
              for (let i = 0; i < numbers; i++)
                if (Math.floor(i / size) % filters === filter) sum += wanted[i];
              assert.equal(bias.data[filter], sum, activation?.entry);
            }
            for (const each of [gradient, given, out])
              if ('dispose' in each) (each as { dispose(): void }).dispose();
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('the tap table of weightPlanes', () => {
  it('divides into parts of five, the last of three to five, for which there are kernels', () => {
    for (let taps = 1; taps <= 121; taps++) {
      const work = {
        images: 1,
        groups: 8,
        channels: 1,
        filters: 1,
        taps,
        rowsOfThree: false,
        isStrided: false,
        sizes: [1, 9, 9] as const,
        map: 81,
        numbers: 400,
      };
      for (const name of ['weightPlanes', 'weightQuads'] as const) {
        const entries = chosenWay(work, name).taps;
        const last = entries % 5 || 5;
        assert.ok(
          entries >= taps && entries < taps + 3 && last >= 3,
          `${name}, ${taps} taps: ${entries} entries`,
        );
      }
    }
  });
});
