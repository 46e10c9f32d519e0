// Gradients of random layers: what a change of each operand does to an output, by three readings of one equation, and by finite
// differences of the naive reference.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ActivationName, tensor } from 'convnd';
import { type AnyLayer, backward } from 'convnd/train';
import fc from 'fast-check';
import { problemLayer } from '../helpers/build.js';
import { parseLine, problemLine } from '../helpers/lines.js';
import { integers, reals } from '../helpers/numbers.js';
import { drawn, problemOf } from '../helpers/problems.js';
import { inner } from '../reference/equation.js';
import { inputShape, type Problem, product, reference, weightShape } from '../reference/reference.js';

/** A layer with these numbers. */
function layerOf(p: Problem, weight: Float32Array, bias: Float32Array | null): AnyLayer {
  const layer = problemLayer(p, bias !== null);
  layer.winograd = 'never';
  layer.loadStateDict({
    weight: tensor(weight, weightShape(p)),
    ...(bias && { bias: tensor(bias, [p.filters]) }),
  });
  return layer as unknown as AnyLayer;
}

/** ⟨conv(x), g⟩ by all three gradients, in integers. */
function checkInner(p: Problem, seed: number): void {
  const label = problemLine(p);
  const x = tensor(integers(product(inputShape(p)), seed), inputShape(p));
  const weight = integers(product(weightShape(p)), seed + 1);
  const layer = layerOf(p, weight, integers(p.filters, seed + 2));
  const y = layer.forward(x);
  const g = tensor(integers(y.data.length, seed + 3), y.shape);
  const gradInput = backward(layer, g, { input: x })!;
  const bias = inner(layer.bias!.data, layer.bias!.grad!.data);
  assert.equal(inner(x.data, gradInput.data), inner(y.data, g.data) - bias, `input of ${label}`);
  assert.equal(inner(weight, layer.weight.grad!.data), inner(y.data, g.data) - bias, `weight of ${label}`);
}

describe('⟨conv(x), g⟩ = ⟨x, gradient of x⟩ = ⟨weight, gradient of weight⟩', () => {
  it('for random problems', () => {
    fc.assert(
      fc.property(drawn, (d) => checkInner(problemOf(d), d.values)),
      { numRuns: 150 },
    );
  });

  for (const line of [
    'n3 g1 c24 f40 i30x33 k3x3 p1x1',
    'n2 g1 c16 f24 i57x60 k3x3 s2x2 p1x1 d1x1 reflect',
    'n1 g1 c3 f32 i90x90 k7x7 s2x2 p3x3',
    'n2 g32 c32 f32 i40x44 k3x3 p1x1 replicate',
    'n1 g1 c32 f64 i2000 k3 p8 d8 circular',
    'n1 g1 c8 f12 i14x15x16 k3x3x3 p1x1x1',
    'T n2 g1 c32 f24 i20x21 k4x4 s2x2 p1x1',
    'T n1 g2 c16 f12 i7x8x9 k2x2x2 s2x2x2',
    'T n2 g1 c20 f30 i400 k4 s2 p1 o1',
  ])
    it(line, () => checkInner(parseLine(line), 7));
});

/** A layer's activation, and its value. */
const activations: readonly [name: ActivationName, slope: number | undefined, f: (x: number) => number][] = [
  ['relu', undefined, (x) => Math.max(x, 0)],
  ['relu6', undefined, (x) => Math.min(Math.max(x, 0), 6)],
  ['leakyRelu', 0.3, (x) => (x > 0 ? x : 0.3 * x)],
  ['leakyRelu', -0.7, (x) => (x > 0 ? x : -0.7 * x)],
];

/** ⟨act(conv(x)), g⟩ near some numbers, in float64. */
function slopeAt(
  f: (x: Float64Array, weight: Float64Array, bias: Float64Array) => number,
  operands: readonly Float32Array[],
  which: number,
  place: number,
): number {
  const step = 2 ** -18;
  const at = (by: number) => {
    const moved = operands.map((numbers) => new Float64Array(numbers));
    moved[which][place] += by;
    return f(moved[0], moved[1], moved[2]);
  };
  return (at(step) - at(-step)) / (2 * step);
}

describe('gradients are slopes', () => {
  it('of the naive reference, with every activation', () => {
    let compared = 0;
    let atKinks = 0;
    fc.assert(
      fc.property(drawn, fc.constantFrom(undefined, ...activations), fc.nat(1000), (d, activation, pick) => {
        const p = problemOf(d);
        const operands = [product(inputShape(p)), product(weightShape(p)), p.filters].map((length, i) =>
          reals(length, d.values + i),
        );
        if (operands[0].length * p.filters > 20_000) return;
        const [x, weight, bias] = operands;
        const layer = layerOf(p, weight, bias);
        const [name, negativeSlope, act = (y: number) => y] = activation ?? [];
        const sums = reference(p, x, weight, bias);
        const g = tensor(reals(sums.output.length, d.values + 3), sums.shape);
        const options = { ...(name && { activation: name }), ...(negativeSlope && { negativeSlope }) };
        const gradInput = backward(layer, g, { input: tensor(x, inputShape(p)), ...options })!;
        const gradients = [gradInput.data, layer.weight.grad!.data, layer.bias!.grad!.data];
        // nearer to a kink than a step reaches, a slope is neither of the two
        if (name && sums.output.some((sum) => Math.min(Math.abs(sum), Math.abs(sum - 6)) < 1e-4)) {
          atKinks++;
          return;
        }
        const f = (a: Float64Array, b: Float64Array, c: Float64Array) =>
          inner(reference(p, a, b, c).output.map(act), g.data);
        for (const which of [0, 1, 2]) {
          if (operands[which].length === 0) continue;
          const place = pick % operands[which].length;
          const want = slopeAt(f, operands, which, place);
          const got = gradients[which][place];
          const label = `${['input', 'weight', 'bias'][which]} ${place} of ${problemLine(p)}, ${name}`;
          assert.ok(
            Math.abs(got - want) <= 1e-5 * (10 + Math.abs(want)),
            `${label}: ${got}, expected ${want}`,
          );
          compared++;
        }
      }),
      { numRuns: 60 },
    );
    assert.ok(compared > 90, `${compared} compared, ${atKinks} near a kink`);
  });
});
