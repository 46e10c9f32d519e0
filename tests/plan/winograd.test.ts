// Winograd's algorithm: how far from float64, where NaN and infinities come out, and how it is switched off.

import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { Conv2d, functional, settings, tensor, type Winograd } from 'convnd';
import { type AnyLayer, moduleNames, problemLayer, torchLayer, torchProblem } from '../helpers/build.js';
import { assertNear, assertSame } from '../helpers/compare.js';
import { readJson, readTensors, type TorchCase } from '../helpers/fixtures.js';
import { parseLine } from '../helpers/lines.js';
import { distributions, integers, NOT_FINITE, normal, reals } from '../helpers/numbers.js';
import { takes } from '../helpers/takes.js';
import {
  inputShape,
  type Problem,
  product,
  type Reference,
  reference,
  weightShape,
} from '../reference/reference.js';

afterEach(() => {
  settings.winograd = 'auto';
});

/** Within 4e-6 of the largest output; NaN and infinities at the same places. Returns the error in units of that. */
function assertAccurate(got: Float32Array, { output }: Reference, label: string): number {
  const most = output.reduce((a, b) => (Number.isFinite(b) ? Math.max(a, Math.abs(b)) : a), 0);
  return assertNear(got, output, 4e-6 * most, label) / most;
}

/** A layer with these parameters that computes by Winograd's algorithm only. */
function forced(p: Problem, weight: Float32Array, bias: Float32Array | null = null): AnyLayer {
  const layer = problemLayer(p, bias !== null);
  layer.loadStateDict({
    weight: tensor(weight, weightShape(p)),
    ...(bias && { bias: tensor(bias, [p.filters]) }),
  });
  layer.algorithm = 'winograd';
  return layer;
}

describe("PyTorch's cases by Winograd's algorithm", () => {
  const { cases } = readJson<{ cases: TorchCase[] }>('pytorch/cases.json');
  const tensors = readTensors('pytorch/cases.safetensors');
  for (const module of moduleNames) {
    it(module, () => {
      let taken = 0;
      for (const entry of cases.filter((other) => other.module === module)) {
        const [x, weight, bias] = ['input', 'weight', 'bias'].map((name) =>
          tensors.get(`${entry.id}/${name}`),
        );
        const layer = torchLayer(entry);
        layer.loadStateDict({ weight: weight!, ...(bias && { bias }) });
        layer.algorithm = 'winograd';
        const outputSize = entry.call?.output_size;
        if (!takes(layer, entry.input)) continue;
        const y = layer.forward(x!, { outputSize });
        const problem = torchProblem(entry, entry.input, outputSize);
        assertAccurate(y.data, reference(problem, x!.data, weight!.data, bias?.data), entry.id);
        taken++;
      }
      assert.ok(taken > 0, `${taken} cases`);
    });
  }
});

describe("the error of Winograd's algorithm", () => {
  const shapes = (channels: number): string[] => [
    `n1 g1 c${channels} f6 i13x14 k3x3 p1x1`,
    `n1 g1 c${channels} f6 i77 k3 p1`,
    `n1 g1 c${channels} f6 i19 k3 p1`,
    `n1 g1 c${channels} f6 i20 k2`,
    `n1 g1 c${channels} f16 i13x14 k5x5 p2x2`,
    `T n1 g1 c${channels} f6 i8x8 k4x4 s2x2 p1x1`,
    `T n1 g1 c${channels} f6 i8x7 k4x4 s2x2 p1x1`,
    `T n1 g1 c${channels} f6 i8x9 k5x5 s2x2 p2x2 o1x1`,
    `T n1 g1 c${channels} f6 i9x8 k3x3 s2x2 p1x1`,
    `T n1 g1 c${channels} f6 i9x11 k7x7 s2x2 p3x3`,
    `T n1 g1 c${channels} f3 i9x11 k8x8 s2x2 p3x3`,
    `T n1 g1 c${channels} f6 i40 k5 s2 p2`,
    `n1 g1 c${channels} f6 i9x17 k3x3 p2x3 d2x3`,
    `n1 g1 c${channels} f6 i5x4x5 k3x3x3 p1x1x1`,
    `n1 g1 c${channels} f6 i8x9 k5x7 p2x3`,
    `n1 g1 c${channels} f6 i77 k8 p3`,
    `n1 g1 c${channels} f6 i77 k2 d3`,
    `n1 g1 c${channels} f6 i25x28 k3x3 s2x2 p1x1`,
    `n1 g1 c${channels} f6 i21x19 k7x7 s2x2 p3x3`,
    `n1 g1 c${channels} f6 i19x5 k7x1 p3x0`,
    `n1 g1 c${channels} f6 i77 k10 s5`,
    `n1 g1 c${channels} f6 i96 k3 p1`,
    `n1 g1 c${channels} f6 i77 k4 p2`,
    `n1 g1 c${channels} f6 i77 k5 p2 d2`,
    `n1 g1 c${channels} f6 i77 k7 p3`,
    `n1 g1 c${channels} f6 i77 k11 p5`,
    `n1 g1 c${channels} f6 i77x5 k5x1 p2x0`,
  ];
  for (const [name, fill] of Object.entries(distributions)) {
    const transforms = new Set<string>();
    it(`is at most 4e-6 of the largest output for inputs ${name}`, (t) => {
      for (const channels of [1, 4, 16, 64, 256, 512, 1024]) {
        for (const line of shapes(channels)) {
          const p = parseLine(line);
          const errors = Array.from({ length: channels === 512 ? 4 : 1 }, (_, seed) => {
            const x = fill(product(inputShape(p)), 100 * seed + 1, product(p.input));
            const weight = normal(product(weightShape(p)), 77 * seed + 2);
            const layer = forced(p, weight);
            if (channels > 4) transforms.add(layer.explain(inputShape(p)).match(/winograd (F\([^)]*\))/)![1]);
            const y = layer.forward(tensor(x, inputShape(p))).data;
            return assertAccurate(y, reference(p, x, weight), `${line}, ${name}`);
          });
          t.diagnostic(`${line}: ${errors.map((error) => error.toExponential(1)).join(' ')}`);
        }
      }
      assert.equal(transforms.size, 6, [...transforms].join());
    });
  }
});

describe('the packed weights', () => {
  it('of a layer are packed anew for maps that have other tiles, though their terms are as many', () => {
    const line = (size: string) => `n1 g1 c256 f6 i${size} k3x3 p1x1`;
    const weight = reals(product(weightShape(parseLine(line('16x16')))), 1);
    const layer = forced(parseLine(line('16x16')), weight);
    for (const size of ['16x16', '2x16', '16x16']) {
      const p = parseLine(line(size));
      const x = reals(product(inputShape(p)), 2);
      const y = layer.forward(tensor(x, inputShape(p))).data;
      assertAccurate(y, reference(p, x, weight), line(size));
    }
  });
});

describe('NaN and infinities', () => {
  const lines = [
    'n1 g1 c3 f4 i13x14 k3x3 p1x1',
    'n1 g1 c3 f4 i5x41 k1x3 p0x1',
    'n2 g2 c4 f6 i3x9x10 k3x3x3 p1x1x1',
    'T n1 g1 c3 f4 i9x8 k4x4 s2x2 p1x1',
    'T n1 g1 c3 f4 i9x8 k5x5 s2x2 p2x2',
    'n1 g1 c3 f4 i9x17 k3x3 p2x3 d2x3',
    'n1 g1 c2 f4 i14x17 k5x5 s2x2 p2x2',
    'n1 g1 c3 f4 i17x5 k4x1 p2x0',
    'n1 g1 c3 f4 i41 k5 p2',
    'n1 g1 c3 f4 i2x43 k1x7 p0x9 d1x3',
    'n1 g1 c4 f4 i41x4 k3x1 p1x0',
  ];

  it('of the input come out where the definition has them', () => {
    for (const line of lines) {
      const p = parseLine(line);
      const weight = reals(product(weightShape(p)), 1);
      const layer = forced(p, weight);
      const clean = reals(product(inputShape(p)), 2);
      for (let at = 0; at < clean.length; at += 7) {
        const x = clean.slice();
        x[at] = NOT_FINITE[at % 3];
        const y = layer.forward(tensor(x, inputShape(p))).data;
        assertAccurate(y, reference(p, x, weight), `${line}, element ${at} of the input`);
      }
    }
  });

  it('of the weight and the bias come out where the direct sum has them', () => {
    for (const line of lines) {
      const p = parseLine(line);
      const x = tensor(reals(product(inputShape(p)), 3), inputShape(p));
      for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
        for (const where of ['weight', 'bias']) {
          const weight = reals(product(weightShape(p)), 4);
          const bias = reals(p.filters, 5);
          (where === 'weight' ? weight : bias)[1] = value;
          const layer = forced(p, weight, bias);
          const y = layer.forward(x).data;
          layer.algorithm = 'gemm';
          const places = (values: Float32Array) => values.map((v) => (Number.isFinite(v) ? 0 : v));
          assertSame(places(y), places(layer.forward(x).data), `${line}, ${value} in the ${where}`);
        }
      }
    }
  });

  it('do not come out of large numbers whose sums are finite', () => {
    for (const line of lines) {
      const p = parseLine(line);
      const x = reals(product(inputShape(p)), 6).map((v) => v * 3e38);
      const weight = reals(product(weightShape(p)), 7).map((v) => v * 1e-3);
      const y = forced(p, weight).forward(tensor(x, inputShape(p))).data;
      assertAccurate(y, reference(p, x, weight), `${line}, large inputs`);
      const swapped = forced(
        p,
        reals(weight.length, 7).map((v) => v * 3e38),
      );
      const small = reals(x.length, 6).map((v) => v * 1e-3);
      const wanted = reference(p, small, swapped.weight.data);
      assertAccurate(swapped.forward(tensor(small, inputShape(p))).data, wanted, `${line}, large weights`);
    }
  });
});

describe('the switch', () => {
  const p = parseLine('n1 g1 c16 f20 i28x28 k3x3 p1x1');
  const x = tensor(integers(product(inputShape(p)), 8), inputShape(p));
  const weight = tensor(integers(product(weightShape(p)), 9), weightShape(p));
  const exact = reference(p, x.data, weight.data).output;
  const make = (): Conv2d => {
    const layer = new Conv2d(16, 20, 3, { padding: 1, bias: false });
    layer.weight = weight;
    return layer;
  };
  const chosen = (layer: Conv2d): string => layer.explain(x.shape).match(/algorithm +(\w+)/)![1];

  it("is on: a layer of sixteen channels is computed by Winograd's algorithm", () => {
    assert.equal(settings.winograd, 'auto');
    assert.equal(chosen(make()), 'winograd');
  });

  it('off for all makes layers and functionals exact, and on again', () => {
    const layer = make();
    const transformed = layer.forward(x).data;
    settings.winograd = 'never';
    assert.notEqual(chosen(layer), 'winograd');
    assertSame(layer.forward(x).data, exact, 'layer');
    assertSame(functional.conv2d(x, weight, null, { padding: 1 }).data, exact, 'functional');
    settings.winograd = 'auto';
    assert.equal(chosen(layer), 'winograd');
    assertSame(layer.forward(x).data, transformed, 'on again');
  });

  it('of a layer goes before that for all', () => {
    const [off, on] = [make(), make()];
    off.winograd = 'never';
    assertSame(off.forward(x).data, exact, 'off');
    settings.winograd = 'never';
    on.winograd = 'auto';
    assert.equal(chosen(on), 'winograd');
    assert.deepEqual([off.winograd, on.winograd, make().winograd], ['never', 'auto', 'never']);
  });

  it('takes auto and never only', () => {
    const layer = make();
    for (const value of ['always', true, undefined, null, 1] as unknown as Winograd[]) {
      for (const owner of [settings, layer])
        assert.throws(
          () => (owner.winograd = value),
          /^TypeError: winograd: expected 'auto' or 'never', got/,
        );
    }
    assert.deepEqual([settings.winograd, layer.winograd], ['auto', 'auto']);
  });
});
