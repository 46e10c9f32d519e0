// Layers computed by FFT, compared with the naive reference over all options.

import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { Conv1d, Conv2d, Conv3d, ConvTranspose1d, resident, tensor } from 'convnd';
import { layersUseFft } from 'convnd/signal';
import fc from 'fast-check';
import { alternative, type Implementation, type Provider } from '#src/run/alternative.js';
import { layerFftLayout } from '#src/signal/layer-fft/plan.js';
import { LayerFft } from '#src/signal/layer-fft/run.js';
import { problemLayer } from '../helpers/build.js';
import { assertSame } from '../helpers/compare.js';
import { problemLine } from '../helpers/lines.js';
import { integers, reals } from '../helpers/numbers.js';
import { drawn, problemOf } from '../helpers/problems.js';
import { inputShape, outputShape, product, reference, weightShape } from '../reference/reference.js';
import { assertPromised, promised } from './fft-promise.js';

/** Counts the calls that `everywhere` computed, and those that it declined. */
const forced = { answered: 0, left: 0, logSize: 0 };

/** Computes every layer by FFT that has a layout for it, whatever the estimate. */
const everywhere: Provider = {
  implementationOf: (engine, plan, onEvict) => {
    const layout = layerFftLayout(plan);
    if (typeof layout === 'string') return undefined;
    forced.logSize = layout.logSize;
    const fft = new LayerFft(engine, layout, onEvict);
    const counted: Implementation = {
      run: (...given) => {
        const answered = fft.run(...given);
        forced[answered ? 'answered' : 'left']++;
        return answered;
      },
      release: () => fft.release(),
    };
    return counted;
  },
  explain: (_, lines) => lines,
};

afterEach(() => layersUseFft(false));

const activations = {
  none: (x: number) => x,
  relu: (x: number) => Math.max(x, 0),
  relu6: (x: number) => Math.min(Math.max(x, 0), 6),
  leakyRelu: (x: number) => (x < 0 ? x * 0.25 : x),
};

/** Problems with a stride of one, and how they are called. */
const calls = fc.record({
  d: drawn.map((d) => ({ ...d, axes: d.axes.map((axis) => ({ ...axis, stride: 1 })) })),
  activation: fc.constantFrom(...(Object.keys(activations) as (keyof typeof activations)[])),
  input: fc.constantFrom('plain', 'resident'),
  output: fc.constantFrom('new', 'plain', 'resident'),
});

type Called = typeof calls extends fc.Arbitrary<infer T> ? T : never;

/** Runs a problem through spectra, and gives its output, and what it should be. */
function run({ d, activation, input, output }: Called, x: Float32Array, fill: typeof integers) {
  const p = problemOf(d);
  const weight = fill(product(weightShape(p)), d.values + 1);
  const bias = d.bias ? fill(p.filters, d.values + 2) : null;
  const layer = problemLayer(p, d.bias);
  layer.winograd = 'never';
  layer.loadStateDict({
    weight: tensor(weight, weightShape(p)),
    ...(bias && { bias: tensor(bias, [p.filters]) }),
  });
  const cut = (shape: number[]): number[] => (d.unbatched ? shape.slice(1) : shape);
  const given = tensor(x, cut(inputShape(p)));
  const place = tensor(new Float32Array(product(outputShape(p))).fill(Number.NaN), cut(outputShape(p)));
  const [from, to] = [
    input === 'plain' ? given : resident(given),
    output === 'plain' ? place : resident(place),
  ];
  const options = {
    ...(activation !== 'none' && { activation }),
    ...(activation === 'leakyRelu' && { negativeSlope: 0.25 }),
  };
  const y = layer.forward(from, output === 'new' ? options : { ...options, out: to });
  const got = y.data.slice();
  for (const each of [from, to]) if ('dispose' in each) (each as { dispose(): void }).dispose();
  layer.dispose();
  const want = reference(p, x, weight, bias).output.map(activations[activation]);
  return { p, got, want, weight, y };
}

describe('layers through spectra', () => {
  const seed = 20250303;

  it('are equal to the reference for integers', () => {
    alternative.provider = everywhere;
    forced.answered = 0;
    forced.left = 0;
    fc.assert(
      fc.property(calls, (call) => {
        const p = problemOf(call.d);
        const { got, want } = run(call, integers(product(inputShape(p)), call.d.values), integers);
        const exact = call.activation === 'leakyRelu' ? want.map(Math.fround) : want;
        assertSame(got, exact, problemLine(p));
      }),
      { seed, numRuns: 300 },
    );
    assert.ok(forced.answered >= 200, `${forced.answered} calls`);
    assert.equal(forced.left, 0);
  });

  it('are within the promised error for real numbers', () => {
    alternative.provider = everywhere;
    forced.answered = 0;
    fc.assert(
      fc.property(calls, (call) => {
        const x = reals(product(inputShape(problemOf(call.d))), call.d.values);
        const { p, got, want, weight } = run(call, x, reals);
        assertPromised(p, got, want, promised(p, x, weight, forced.logSize), call.activation);
      }),
      { seed, numRuns: 300 },
    );
    assert.ok(forced.answered >= 200, `${forced.answered} calls`);
  });

  it('are equal to the table in many blocks, for integers', () => {
    const many = [
      { layer: new Conv1d(3, 4, 300, { padding: 'same', paddingMode: 'circular' }), shape: [2, 3, 30_000] },
      {
        layer: new Conv2d(4, 4, 31, { groups: 4, padding: 15, paddingMode: 'reflect' }),
        shape: [1, 4, 256, 256],
      },
      { layer: new Conv2d(2, 3, [12, 9], { dilation: [3, 2], padding: 8 }), shape: [1, 2, 300, 300] },
      { layer: new Conv2d(1, 1, 21), shape: [1, 1, 50, 20_000] },
      { layer: new Conv3d(1, 2, 9, { padding: 4, paddingMode: 'replicate' }), shape: [1, 1, 70, 70, 70] },
      { layer: new ConvTranspose1d(2, 2, 500), shape: [2, 2, 20_000] },
    ];
    for (const { layer, shape } of many) {
      const weights = layer.weight.data.length;
      layer.weight = tensor(integers(weights, 3), [...layer.weight.shape]);
      layer.bias = tensor(integers(layer.outChannels, 4), [layer.outChannels]);
      layer.winograd = 'never';
      const x = tensor(integers(product(shape), 5), shape);
      layersUseFft(false);
      const own = layer.forward(x, { activation: 'relu' });
      layersUseFft();
      const said = layer.explain(shape);
      const [, blocks] = /^blocks {5}([\d x]+) a map/m.exec(said) ?? assert.fail(said);
      assert.ok(product(blocks.split(' x ').map(Number)) > 1, said);
      assertSame(layer.forward(x, { activation: 'relu' }).data, own.data, said);
      layer.dispose();
    }
  });

  it('leave numbers that are not finite to the table, which has them in their places', () => {
    alternative.provider = everywhere;
    forced.left = 0;
    fc.assert(
      fc.property(calls, fc.constantFrom(Number.NaN, Infinity, -Infinity), (call, odd) => {
        const x = integers(product(inputShape(problemOf(call.d))), call.d.values);
        if (x.length > 0) x[call.d.values % x.length] = odd;
        const { p, got, want } = run({ ...call, activation: 'none' }, x, integers);
        assertSame(got, want, problemLine(p));
      }),
      { seed, numRuns: 200 },
    );
    assert.ok(forced.left >= 100, `${forced.left} calls`);
  });
});
