// Chains: random small networks through `record`, against differences of the same network in float64 by the naive reference.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Conv1d, ConvTranspose1d, functional as F, Parameter, type Tensor, tensor } from 'convnd';
import {
  add,
  cat,
  hardswish,
  leakyRelu,
  mseLoss,
  mul,
  narrow,
  type Recorded,
  record,
  relu,
  relu6,
  sigmoid,
  silu,
  tanh,
} from 'convnd/train';
import fc from 'fast-check';
import { reals } from '../helpers/numbers.js';
import { type Problem, product, reference } from '../reference/reference.js';

/** Numbers in float64, of (channels, length). */
interface Signal {
  values: Float64Array;
  channels: number;
}

/** One step of a network: on the library's tensors, and on numbers in float64 with parameters of its own. */
interface Step {
  name: string;
  parameters: Parameter[];
  run(x: Tensor, skip: Tensor): Tensor;
  exact(x: Signal, skip: Signal, parameters: Float64Array[]): Signal;
}

const ACTIVATIONS = {
  relu: [relu, (v: number) => Math.max(v, 0)],
  relu6: [relu6, (v: number) => Math.min(Math.max(v, 0), 6)],
  leakyRelu: [(x: Tensor) => leakyRelu(x, -0.25), (v: number) => (v > 0 ? v : -0.25 * v)],
  tanh: [tanh, Math.tanh],
  sigmoid: [sigmoid, (v: number) => 1 / (1 + Math.exp(-v))],
  silu: [silu, (v: number) => v / (1 + Math.exp(-v))],
  hardswish: [hardswish, (v: number) => (v * Math.min(Math.max(v + 3, 0), 6)) / 6],
} as const;

const FUSED = {
  none: {},
  relu: { activation: 'relu' },
  leakyRelu: { activation: 'leakyRelu', negativeSlope: -0.25 },
} as const;

const LENGTH = 7;

/** All steps keep the length; `seed` makes the parameters. */
function stepOf(
  kind: string,
  fused: keyof typeof FUSED,
  channels: number,
  filters: number,
  seed: number,
): Step {
  const parameter = (shape: number[], at: number) => new Parameter(reals(product(shape), seed + at), shape);
  const pointwise = (name: keyof typeof ACTIVATIONS): Step => ({
    name,
    parameters: [],
    run: ACTIVATIONS[name][0],
    exact: ({ values, channels: c }) => ({ values: values.map(ACTIVATIONS[name][1]), channels: c }),
  });
  if (kind in ACTIVATIONS) return pointwise(kind as keyof typeof ACTIVATIONS);
  if (kind === 'cat')
    return {
      name: kind,
      parameters: [],
      run: (x, skip) => cat([skip, x], 0),
      exact: (x, skip) => ({
        values: new Float64Array([...skip.values, ...x.values]),
        channels: skip.channels + x.channels,
      }),
    };
  if (kind === 'narrow')
    return {
      name: kind,
      parameters: [],
      run: (x) => narrow(x, 0, -1, 1),
      exact: ({ values }) => ({ values: values.slice(-LENGTH), channels: 1 }),
    };
  if (kind === 'add')
    return {
      name: kind,
      parameters: [],
      // a single channel is stretched to the skip's
      run: (x, skip) => add(skip, narrow(x, 0, 0, 1), { alpha: 0.5 }),
      exact: (x, skip) => ({
        values: skip.values.map((v, i) => v + 0.5 * x.values[i % LENGTH]),
        channels: skip.channels,
      }),
    };
  if (kind === 'mul')
    return {
      name: kind,
      parameters: [],
      // a single channel is stretched to the skip's, as a gate is
      run: (x, skip) => mul(skip, narrow(x, 0, 0, 1)),
      exact: (x, skip) => ({
        values: skip.values.map((v, i) => v * x.values[i % LENGTH]),
        channels: skip.channels,
      }),
    };
  const transposed = kind === 'transposed';
  const p: Problem = {
    ...{ transposed, batch: 1, groups: 1, channels, filters, input: [LENGTH], kernel: [3], stride: [1] },
    ...{
      padding: [[1, 1]],
      dilation: [1],
      outputPadding: [0],
      mode: kind === 'circular' ? 'circular' : 'zeros',
    },
  };
  const slope = FUSED[fused];
  const exact: Step['exact'] = (x, _, [weight, bias]) => {
    const { output } = reference(p, x.values, weight, bias);
    const bent = fused === 'none' ? output : output.map(ACTIVATIONS[fused][1]);
    return { values: bent, channels: filters };
  };
  if (kind === 'functional') {
    const parameters = [parameter([filters, channels, 3], 0), parameter([filters], 1)];
    const [weight, bias] = parameters;
    const run = (x: Tensor) => {
      const y = F.conv1d(x, weight, bias, { padding: 1 });
      return fused === 'none' ? y : ACTIVATIONS[fused][0](y);
    };
    return { name: `${kind} ${fused}`, parameters, run, exact };
  }
  const layer = transposed
    ? new ConvTranspose1d(channels, filters, 3, { padding: 1 })
    : new Conv1d(channels, filters, 3, {
        padding: 1,
        ...(kind === 'circular' && { paddingMode: 'circular' }),
      });
  layer.weight = parameter(layer.weight.shape, 0);
  layer.bias = parameter([filters], 1);
  return {
    name: `${kind} ${fused}`,
    parameters: layer.parameters(),
    run: (x) => layer.forward(x, slope),
    exact,
  };
}

const KINDS = [
  'plain',
  'transposed',
  'circular',
  'functional',
  'cat',
  'narrow',
  'add',
  'mul',
  ...Object.keys(ACTIVATIONS),
];

const drawn = fc.record({
  kinds: fc.array(
    fc.record({
      kind: fc.constantFrom(...KINDS),
      fused: fc.constantFrom(...(Object.keys(FUSED) as (keyof typeof FUSED)[])),
      filters: fc.integer({ min: 1, max: 3 }),
      /** the tensor before the last that is used beside it */
      skip: fc.nat(5),
    }),
    { minLength: 1, maxLength: 7 },
  ),
  channels: fc.integer({ min: 1, max: 3 }),
  seed: fc.nat(1e6),
});

describe('a random network', () => {
  it('has the gradients that differences in float64 show', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(drawn, ({ kinds, channels, seed }) => {
        const counts = [channels];
        const steps = kinds.map(({ kind, fused, filters, skip }, at) => {
          const [now, beside] = [counts[at], counts[Math.max(0, at - skip)]];
          const step = stepOf(kind, fused, now, filters, seed + 10 * at);
          seen.add(step.name);
          const next =
            { cat: now + beside, narrow: 1, add: beside, mul: beside }[kind] ??
            (kind in ACTIVATIONS ? now : filters);
          counts.push(next);
          return { ...step, skip };
        });
        const x = new Parameter(reals(channels * LENGTH, seed + 7), [channels, LENGTH]);
        const target = tensor(reals(counts.at(-1)! * LENGTH, seed + 8), [counts.at(-1)!, LENGTH]);
        const parameters = [x, ...steps.flatMap((step) => step.parameters)];

        const loss: Recorded = record(() => {
          const tensors: Tensor[] = [x];
          for (const { run, skip } of steps) tensors.push(run(tensors.at(-1)!, tensors.at(-1 - skip) ?? x));
          return mseLoss(tensors.at(-1)!, target);
        });
        // `cat`, `add`, `mul` and `narrow` may leave a layer out of the result
        loss.backward(undefined, { allowUnused: true });

        const exact = (values: Float64Array[]): number => {
          const signals: Signal[] = [{ values: values[0], channels }];
          let first = 1;
          for (const { exact: run, skip, parameters: own } of steps) {
            const mine = values.slice(first, first + own.length);
            first += own.length;
            signals.push(run(signals.at(-1)!, signals.at(-1 - skip) ?? signals[0], mine));
          }
          const last = signals.at(-1)!.values;
          return last.reduce((sum, v, i) => sum + (v - target.data[i]) ** 2, 0) / last.length;
        };
        const values = parameters.map(({ data }) => new Float64Array(data));
        const label = steps.map(({ name, skip }) => `${name}:${skip}`).join(', ');
        const wanted = exact(values);
        assert.ok(
          Math.abs(loss.item() - wanted) <= 1e-5 * (1 + wanted),
          `${label}: ${loss.item()}, ${wanted}`,
        );
        parameters.forEach(({ grad }, index) => {
          // along one random direction: all elements at once
          const direction = new Float64Array(reals(values[index].length, seed + index));
          const step = 2 ** -22;
          const [above, below] = [step, -step].map((length) =>
            exact(values.map((own, i) => (i === index ? own.map((v, j) => v + length * direction[j]) : own))),
          );
          const difference = (above - below) / (2 * step);
          const along = direction.reduce((sum, v, i) => sum + v * (grad?.data[i] ?? 0), 0);
          const size = direction.reduce((sum, v, i) => sum + Math.abs(v * (grad?.data[i] ?? 0)), 0);
          const bound = 1e-4 * (size + 1e-2);
          assert.ok(
            Math.abs(along - difference) <= bound,
            `${label}, parameter ${index}: ${along}, ${difference}`,
          );
        });
      }),
      { numRuns: 120 },
    );
    assert.ok(seen.size >= 21, `${seen.size} kinds`);
  });
});
