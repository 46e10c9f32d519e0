// Fine-tuning programs of several kinds, drawn at random: frozen encoders, shared weights, gates, clipping, schedulers, averages of weights,
// batches with NaN. Losses, norms and parameters are PyTorch's at every step.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { functional as F, Parameter, type Tensor, type TensorLike, tensor } from 'convnd';
import * as train from 'convnd/train';
import { type AnyLayer, torchLayer } from '../helpers/build.js';
import { camelCase, camelCased, readJson, type TorchLayer } from '../helpers/fixtures.js';

type Sizes = number[];

const functions = { ...train };

interface Program {
  id: string;
  layers: Record<string, TorchLayer & { seed: number; frozen?: boolean }>;
  params?: Record<string, [shape: Sizes, seed: number]>;
  inputs: Record<string, [shape: Sizes, seed: number, scale: number]>;
  labels?: Record<string, [shape: Sizes, classes: number, seed: number]>;
  /** name of the result, operation, arguments */
  graph: [string, string, ...unknown[]][];
  optimizer: { name: 'SGD' | 'Adam' | 'AdamW' | 'RMSprop'; args: object };
  scheduler?: [name: string, args: { step_size?: number; gamma?: number; T_max?: number; eta_min?: number }];
  steps: number;
  /** batches whose gradients are added up in a step */
  micro?: number;
  clip?: [norm: number, order: number | 'inf'];
  /** share of the old average of the weights, which the last loss is computed with */
  ema?: number;
  /** the step after which another optimizer, with the parameters in reverse order, takes over */
  reorder?: number;
  /** batches with NaN, whose steps are skipped */
  nan?: number[];
  losses: (number | 'nan')[];
  norms: number[];
  /** of each parameter, its sum and a weighted sum */
  sums: Record<string, [number, number]>;
  /** between PyTorch's float32 and float64 */
  apart: { losses: number; sums: number };
}

/** The sums by which parameters are compared weigh each element with this seed. */
const WEIGHTS = 5;

const remainder = (i: number, seed: number) => (i * 7919 + seed * 104_729) % 1009;

function numbers(shape: Sizes, seed: number, scale = 1): Float32Array {
  const count = shape.reduce((a, b) => a * b, 1);
  return Float32Array.from({ length: count }, (_, i) => (remainder(i, seed) / 1009) * 2 * scale - scale);
}

/** The values of a program's tensors by their names. */
type Values = Record<string, Tensor>;

type Activation = Parameters<AnyLayer['forward']>[1] & {};

/** An activation of a layer as its option, by torch's name; the leaky one has the slope 0.1. */
const activation = (name: string | null): Pick<Activation, 'activation' | 'negativeSlope'> =>
  name === null
    ? {}
    : { activation: camelCase(name) as 'relu', ...(name === 'leaky_relu' && { negativeSlope: 0.1 }) };

class Running {
  readonly layers: Record<string, AnyLayer> = {};
  readonly named: Record<string, Parameter> = {};
  readonly own: Values = {};

  constructor(readonly program: Program) {
    const { layers, params = {} } = program;
    for (const [name, { seed, frozen, ...torch }] of Object.entries(layers)) {
      const layer = torchLayer(torch);
      layer.winograd = 'never';
      const [, ...window] = layer.weight.shape;
      const scale = (1 / window.reduce((a, b) => a * b, 1)) ** 0.5;
      layer.weight = tensor(numbers(layer.weight.shape, seed, scale), layer.weight.shape);
      if (layer.bias) layer.bias = tensor(numbers(layer.bias.shape, seed + 1, 0.1), layer.bias.shape);
      layer.parameters().forEach((parameter, i) => {
        parameter.requiresGrad = !frozen;
        this.named[`${name}.${i ? 'bias' : 'weight'}`] = parameter;
      });
      this.layers[name] = layer;
    }
    for (const [name, [shape, seed]] of Object.entries(params)) {
      const parameter = new Parameter(numbers(shape, seed), shape);
      this.named[name] = parameter;
      this.own[name] = parameter;
    }
  }

  loss(batch: number): Tensor {
    const { inputs, labels = {}, nan = [], graph } = this.program;
    const values: Values = { ...this.own };
    for (const [name, [shape, seed, scale]] of Object.entries(inputs)) {
      const data = numbers(shape, seed + batch * 31, scale);
      if (name === 'x' && nan.includes(batch)) data[3] = Number.NaN;
      values[name] = tensor(data, shape);
    }
    for (const [name, [shape, classes, seed]] of Object.entries(labels)) {
      const count = shape.reduce((a, b) => a * b, 1);
      const list = Array.from({ length: count }, (_, i) => remainder(i, seed + batch * 31) % classes);
      values[name] = tensor(list, shape);
    }
    for (const [name, operation, ...given] of graph) values[name] = this.#compute(values, operation, given);
    return values.loss;
  }

  #compute(values: Values, operation: string, given: unknown[]): Tensor {
    const [first, second] = [given[0], given[1]].map((name) => values[name as string]);
    const rank = (first ?? second ?? values.x).shape.length - 2;
    const spatial = (name: string) =>
      (F as unknown as Record<string, (x: TensorLike, ...rest: unknown[]) => Tensor>)[`${name}${rank}d`];
    switch (operation) {
      case 'layer': {
        const [name, , bent = null, before = null, add, scale, upsample] = given as [
          ...[string, string, string | null, string | null, string | null, number, number],
        ];
        const input = activation(before);
        return this.layers[name].forward(second, {
          ...activation(bent),
          inputActivation: input.activation,
          inputNegativeSlope: input.negativeSlope,
          add: add ? values[add] : undefined,
          scale,
          upsample: upsample === 1 ? undefined : upsample,
        });
      }
      case 'tied':
        return spatial('convTranspose')(second, this.layers[given[0] as string].weight, null, {
          stride: given[2],
          padding: given[3],
        });
      case 'func': {
        const { weight, bias } = this.layers[given[0] as string];
        return spatial('conv')(second, weight, bias, { padding: given[2] });
      }
      case 'add':
        return train.add(first, second, { alpha: given[2] as number | undefined });
      case 'mul':
        return train.mul(first, second ?? (given[1] as number));
      case 'cat':
        return train.cat(
          (given[0] as string[]).map((name) => values[name]),
          given[1] as number,
        );
      case 'narrow':
        return train.narrow(first, ...(given.slice(1) as [number, number, number]));
      case 'act':
        return given[1] === 'leaky_relu'
          ? train.leakyRelu(first, 0.1)
          : functions[camelCase(given[1] as string) as 'relu'](first);
      case 'pool':
        return spatial(`${given[1]}Pool`)(first, given[2]);
      case 'globalpool':
        return spatial('adaptiveAvgPool')(first, 1);
      case 'flat':
        return tensor(first, first.shape.slice(0, 2));
      case 'loss': {
        const [kind, a, b, reduction] = given as [string, string, string, train.Reduction | undefined];
        return functions[camelCase(kind) as 'mseLoss'](values[a], values[b], { reduction });
      }
      default:
        return assert.fail(operation);
    }
  }
}

function schedulerOf({ scheduler }: Program, optimizer: train.Optimizer): train.Scheduler | undefined {
  if (!scheduler) return undefined;
  const [name, { step_size, gamma, T_max, eta_min }] = scheduler;
  if (name === 'StepLR') return new train.StepLR(optimizer, step_size!, { gamma });
  if (name === 'CosineAnnealingLR')
    return new train.CosineAnnealingLR(optimizer, T_max!, { etaMin: eta_min });
  return new train.LambdaLR(optimizer, (epoch) => 0.5 ** Math.floor(epoch / 2) / (1 + epoch));
}

/** Runs a program. Returns its losses and norms. */
function run(program: Program, running: Running): { losses: number[]; norms: number[] } {
  const { steps, micro = 1, clip, ema, reorder } = program;
  const parameters = Object.values(running.named);
  const optimizerFor = (params: Parameter[]) =>
    new functions[program.optimizer.name](params, camelCased({ ...program.optimizer.args }));
  let optimizer = optimizerFor(parameters);
  const scheduler = schedulerOf(program, optimizer);
  const averages = parameters.map(({ data }) => data.slice());
  const [losses, norms]: number[][] = [[], []];
  for (let step = 0; step < steps; step++) {
    optimizer.zeroGrad();
    let total = 0;
    for (let i = 0; i < micro; i++) {
      const loss = train.record(() => running.loss(step * micro + i));
      total += loss.item();
      if (Number.isFinite(total)) loss.backward(1 / micro);
      else loss.dispose();
    }
    losses.push(total);
    if (clip) {
      const [norm, order] = clip;
      norms.push(
        train.clipGradNorm(parameters, norm, {
          normType: order === 'inf' ? Number.POSITIVE_INFINITY : order,
        }),
      );
    }
    if (Number.isFinite(total)) optimizer.step();
    scheduler?.step();
    if (ema !== undefined)
      averages.forEach((average, i) => {
        const { data } = parameters[i];
        for (let j = 0; j < average.length; j++) average[j] = ema * average[j] + (1 - ema) * data[j];
      });
    if (reorder === step) {
      const { state, param_groups } = optimizer.stateDict();
      optimizer = optimizerFor([...parameters].reverse());
      const moved = Object.entries(state).map(([at, entry]) => [parameters.length - 1 - Number(at), entry]);
      optimizer.loadStateDict({ state: Object.fromEntries(moved), param_groups });
    }
  }
  if (ema !== undefined) {
    averages.forEach((average, i) => {
      parameters[i].data.set(average);
    });
    losses.push(running.loss(0).data[0]);
  }
  return { losses, norms };
}

const programs = readJson<Program[]>('training/programs.json');

describe('a fine-tuning program of PyTorch', () => {
  for (const program of programs)
    it(program.id, () => {
      const running = new Running(program);
      const { losses, norms } = run(program, running);
      const { losses: wanted, norms: wantedNorms, sums, apart } = program;
      const near = (value: number, exact: number, distance: number, what: string) => {
        // what float32 changed in PyTorch, and eight roundings of the value
        const bound = 4 * distance + 2 ** -21 * Math.max(1, Math.abs(exact));
        assert.ok(Math.abs(value - exact) <= bound, `${what}: ${value}, ${exact}`);
      };
      assert.equal(losses.length, wanted.length);
      losses.forEach((loss, step) => {
        const exact = wanted[step];
        if (exact === 'nan') assert.ok(Number.isNaN(loss), `loss ${step}: ${loss}`);
        else near(loss, exact, apart.losses, `loss ${step}`);
      });
      assert.equal(norms.length, wantedNorms.length);
      norms.forEach((norm, step) => {
        near(norm, wantedNorms[step], apart.sums, `norm ${step}`);
      });
      for (const [name, [sum, weighted]] of Object.entries(sums)) {
        const { data, shape } = running.named[name];
        const weights = numbers(shape, WEIGHTS);
        const size = data.reduce((total, value) => total + Math.abs(value), 0);
        near(
          data.reduce((total, value) => total + value, 0),
          sum,
          apart.sums + size * 2 ** -23,
          `sum of ${name}`,
        );
        near(
          data.reduce((total, value, i) => total + value * weights[i], 0),
          weighted,
          apart.sums + size * 2 ** -23,
          `weighted sum of ${name}`,
        );
      }
    });
});
