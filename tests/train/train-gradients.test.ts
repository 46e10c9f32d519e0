// The gradients of PyTorch's layers by `backward` and by the tape: every case with gradients of both sets, with Winograd's algorithm and
// without.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ForwardOptions, Parameter, resident, type Tensor, type Winograd } from 'convnd';
import { backward, record, type AnyLayer as TrainedLayer } from 'convnd/train';
import { torchLayer } from '../helpers/build.js';
import { assertNear, assertSame } from '../helpers/compare.js';
import { type GradientCase, readJson, readTensors, type Stored } from '../helpers/fixtures.js';

type Layer = TrainedLayer & ReturnType<typeof torchLayer>;

const sets = ['pytorch/cases', 'training/gradients'].map((name) => ({
  name,
  cases: readJson<{ cases: GradientCase[] }>(`${name}.json`).cases.filter(({ grad }) => grad),
  tensors: readTensors(`${name}.safetensors`),
}));

/** The gradients that a case gave. */
type Gradients = Record<string, Tensor | null | undefined>;

/** The layer of a case, with its parameters. */
function layerOf(entry: GradientCase, stored: (name: string) => Stored | undefined): Layer {
  const layer = torchLayer(entry) as unknown as Layer;
  const [weight, bias] = [stored('weight')!, stored('bias')];
  layer.loadStateDict({ weight, ...(bias && { bias }) });
  const { requires } = entry;
  if (requires) {
    layer.weight.requiresGrad = requires.includes('weight');
    if (layer.bias) layer.bias.requiresGrad = requires.includes('bias');
  }
  return layer;
}

/** How a case's tensors are handed over: as they are, in wasm memory, or with the activated output to be computed again. */
type Way = 'plain' | 'resident' | 'again';

/** The options of a case's call. */
function callOf({ activation, call }: GradientCase): ForwardOptions {
  const outputSize = call?.output_size;
  return {
    ...(activation && { activation: activation.name }),
    ...(activation?.negative_slope !== undefined && { negativeSlope: activation.negative_slope }),
    ...(outputSize && { outputSize }),
  };
}

/** The gradients of a case, in its own number of calls. */
function gradientsBy(
  entry: GradientCase,
  layer: Layer,
  stored: (name: string) => Stored | undefined,
  way: Way,
): Gradients {
  const { requires } = entry;
  const call = callOf(entry);
  const inputGrad = requires?.includes('input') ?? true;
  const given: (tensor: Tensor) => Tensor = way === 'resident' ? resident : (tensor) => tensor;
  const step = (
    name: string,
    options: typeof call,
    gradOutput: Tensor,
    output?: Tensor,
    input = stored(name)!,
  ) =>
    backward(layer, given(gradOutput), {
      ...options,
      input: given(input),
      inputGrad,
      ...(output && way !== 'again' && { output: given(output) }),
      ...(way === 'resident' && { out: resident({ shape: input.shape }) }),
    });
  layer.zeroGrad();
  const gradients: Gradients = {};
  if (entry.twice) {
    const y = layer.forward(stored('input')!, call);
    const between = step('', {}, stored('grad_output')!, undefined, y)!;
    gradients.grad_input = step('input', call, between, y);
  } else {
    gradients.grad_input = step('input', call, stored('grad_output')!, stored('output'));
    if (entry.input2) gradients.grad_input2 = step('input2', call, stored('grad_output2')!);
  }
  gradients.grad_weight = layer.weight.grad;
  gradients.grad_bias = layer.bias?.grad;
  return gradients;
}

/** The gradients of a case by the tape, in as many records as it has calls. */
function recordedGradients(
  entry: GradientCase,
  layer: Layer,
  stored: (name: string) => Stored | undefined,
): Gradients {
  layer.zeroGrad();
  const call = callOf(entry);
  const step = (name: string, gradOutput: string) => {
    const { data, shape } = stored(name)!;
    const x = new Parameter(data.slice(), shape);
    x.requiresGrad = entry.requires?.includes('input') ?? true;
    const y = record(() => {
      const once = layer.forward(x, call);
      return entry.twice ? layer.forward(once) : once;
    });
    y.backward(stored(gradOutput)!);
    return x.grad;
  };
  return {
    grad_input: step('input', 'grad_output'),
    ...(entry.input2 && { grad_input2: step('input2', 'grad_output2') }),
    grad_weight: layer.weight.grad,
    grad_bias: layer.bias?.grad,
  };
}

const notFinite = (values: Float32Array) => values.map((value) => (Number.isFinite(value) ? 0 : value));

/** Compares what a case gave with torch's. Returns the largest share of the bound that was used. */
function compare(
  entry: GradientCase,
  gradients: Gradients,
  stored: (name: string) => Stored | undefined,
  winograd: Winograd,
): number {
  let worst = 0;
  for (const [name, got] of Object.entries(gradients)) {
    const label = `${entry.id} ${name} with winograd ${winograd}`;
    const want = stored(name);
    if (!want) {
      assert.ok(!got, `${label} was not asked for`);
      continue;
    }
    assert.ok(got, `${label} is missing`);
    assert.deepEqual([...got.shape], want.shape, label);
    const { abs_sum = 0, terms = 0, max = 0 } = entry.check[name] ?? {};
    const isDirect = winograd === 'never' || (name !== 'grad_input' && !entry.twice);
    if (entry.exact && isDirect) assertSame(got.data, want.data, label);
    else if (entry.nonfinite) {
      assertSame(notFinite(got.data), notFinite(want.data), label);
      const size = want.data.reduce(
        (most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most),
        1,
      );
      assertNear(got.data, want.data, 1e-5 * size, label);
    } else if (isDirect) {
      const bound = 2 ** -24 * abs_sum * (4 + Math.sqrt(terms));
      worst = Math.max(worst, assertNear(got.data, want.data, bound, label) / (bound || 1));
    } else assertNear(got.data, want.data, 4e-6 * (abs_sum || 4 * max), label);
  }
  return worst;
}

describe('gradients of PyTorch', () => {
  it('are there for 358 and 527 cases', () =>
    assert.deepEqual(
      sets.map(({ cases }) => cases.length),
      [358, 527],
    ));

  for (const { name, cases, tensors } of sets) {
    for (const module of new Set(cases.map((entry) => entry.module))) {
      it(`${name}, ${module}`, () => {
        let worst = 0;
        for (const entry of cases.filter((other) => other.module === module)) {
          const stored = (tensor: string) => tensors.get(`${entry.id}/${tensor}`);
          const layer = layerOf(entry, stored);
          layer.winograd = 'never';
          const plain = gradientsBy(entry, layer, stored, 'plain');
          worst = Math.max(worst, compare(entry, plain, stored, 'never'));
          for (const way of ['resident', 'again'] as const) {
            const same = gradientsBy(entry, layer, stored, way);
            for (const [which, tensor] of Object.entries(plain))
              if (tensor) assertSame(same[which]!.data, tensor.data, `${entry.id} ${which}, ${way}`);
          }
          const recorded = recordedGradients(entry, layer, stored);
          for (const [which, tensor] of Object.entries(plain))
            assertSame(recorded[which]?.data ?? [], tensor?.data ?? [], `${entry.id} ${which}, recorded`);
          // whether a sum is exactly 0, a transform doesn't tell, and this slope's result is computed again
          if (entry.exact && (entry.activation?.negative_slope ?? 0) < 0) continue;
          layer.winograd = 'auto';
          compare(entry, gradientsBy(entry, layer, stored, 'plain'), stored, 'auto');
        }
        assert.ok(worst < 1, `${worst} of the bound`);
      });
    }
  }
});
