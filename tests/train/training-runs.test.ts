// Whole training runs through the public entry: losses, gradients, norms and parameters are PyTorch's at every step.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Tensor, tensor, type Winograd } from 'convnd';
import {
  Adam,
  AdamW,
  clipGradNorm,
  crossEntropy,
  mseLoss,
  narrow,
  record,
  type Scheduler,
  SGD,
  StepLR,
} from 'convnd/train';
import { type AnyLayer, torchLayer } from '../helpers/build.js';
import {
  camelCase,
  camelCased,
  readJson,
  readTensors,
  type Stored,
  type TorchArgs,
} from '../helpers/fixtures.js';

interface Net {
  name: string;
  layers: { key: string; module: string; args: TorchArgs; activation: string | null }[];
}

type BySteps = Record<string, number>;
interface Tolerance {
  loss_relative: BySteps;
  parameters_abs: BySteps;
}

interface Run {
  id: string;
  net: string;
  batch: number;
  loss: 'mse_loss' | 'cross_entropy';
  optimizer: 'SGD' | 'Adam' | 'AdamW';
  options: Record<string, number>;
  scheduler?: 'StepLR';
  scheduler_args?: { step_size: number; gamma: number };
  clip_grad_norm?: number;
  steps: number;
  losses: number[];
  final_loss_all_data: number;
  total_norms?: number[];
  tolerance: Tolerance;
  tolerance_transformed: Tolerance;
}

const { nets, runs } = readJson<{ nets: Net[]; runs: Run[] }>('training/runs.json');

/** A network with the initial parameters of its run. */
class Network {
  readonly layers: { key: string; layer: AnyLayer; activation?: string }[];

  constructor(net: Net, stored: Map<string, Stored>, winograd: Winograd) {
    this.layers = net.layers.map(({ key, activation, ...torch }) => {
      const layer = torchLayer(torch);
      layer.winograd = winograd;
      layer.loadStateDict(Object.fromEntries(stored), { prefix: `initial/${key}.`, strict: true });
      return { key, layer, activation: activation ? camelCase(activation) : undefined };
    });
  }

  get parameters() {
    return this.layers.flatMap(({ layer }) => layer.parameters());
  }

  /** The parameters by their names in PyTorch. */
  get named() {
    return this.layers.flatMap(({ key, layer }) =>
      layer.parameters().map((parameter, i) => ({ name: `${key}.${i ? 'bias' : 'weight'}`, parameter })),
    );
  }

  forward(x: Tensor): Tensor {
    for (const { layer, activation } of this.layers) {
      // the sequences' layers are causal: what looks ahead is cut off, and the activation of it does not matter
      const y = layer.forward(x, { activation: activation as 'relu' | undefined });
      x = y.shape.length === 3 && y.shape[2] > x.shape[2] ? narrow(y, 2, 0, x.shape[2]) : y;
    }
    return x;
  }
}

/** Some samples of a batch. */
function samples({ data, shape: [, ...shape] }: Stored, which: number[]): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  const chosen = new Float32Array(which.length * size);
  which.forEach((sample, i) => {
    chosen.set(data.subarray(sample * size, (sample + 1) * size), i * size);
  });
  return tensor(chosen, [which.length, ...shape]);
}

function optimizerOf({ optimizer, options }: Run, { parameters }: Network) {
  return new { SGD, Adam, AdamW }[optimizer](parameters, camelCased(options));
}

/** The tolerance of a step: that of the first of the given steps which is not before it. */
const upTo = (limits: BySteps, step: number) =>
  limits[Object.keys(limits).find((last) => step <= Number(last))!];

/** The largest difference of two arrays. */
const apart = (a: Float32Array, b: Float32Array) =>
  a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i])), 0);

function train(run: Run, winograd: Winograd): void {
  const stored = readTensors(`training/run-${run.net}.safetensors`);
  const network = new Network(nets.find(({ name }) => name === run.net)!, stored, winograd);
  const optimizer = optimizerOf(run, network);
  const { step_size, gamma } = run.scheduler_args ?? {};
  const scheduler: Scheduler | undefined = run.scheduler && new StepLR(optimizer, step_size!, { gamma });
  const input = stored.get('data/input')!;
  const target = stored.get(run.loss === 'mse_loss' ? 'data/target' : 'data/labels')!;
  const lossOf = (which: number[]) => {
    const y = network.forward(samples(input, which));
    const wanted = samples(target, which);
    return run.loss === 'mse_loss' ? mseLoss(y, wanted) : crossEntropy(y, wanted);
  };
  const limits = winograd === 'never' ? run.tolerance : run.tolerance_transformed;
  const count = input.shape[0];
  for (let step = 0; step < run.steps; step++) {
    const which = Array.from({ length: run.batch }, (_, i) => (step * run.batch + i) % count);
    optimizer.zeroGrad();
    const loss = record(() => lossOf(which));
    const [got, want] = [loss.item(), run.losses[step]];
    // the stored losses have twelve digits, and ours are float32
    const bound = (upTo(limits.loss_relative, step + 1) + 2 ** -24) * want;
    assert.ok(Math.abs(got - want) <= bound, `loss of step ${step}: ${got}, want ${want} within ${bound}`);
    loss.backward();
    if (step === 0) {
      for (const { name, parameter } of network.named) {
        const { data } = stored.get(`${run.id}/grad/${name}`)!;
        const largest = data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
        const units = winograd === 'never' ? 1e-6 : 8e-6;
        assert.ok(apart(parameter.grad!.data, data) <= units * largest, `first gradient of ${name}`);
      }
    }
    if (run.clip_grad_norm) {
      const norm = clipGradNorm(network.parameters, run.clip_grad_norm);
      const wanted = run.total_norms![step];
      const share = Math.max(1e-6, 4 * upTo(limits.loss_relative, step + 1));
      assert.ok(Math.abs(norm - wanted) <= share * wanted, `norm of step ${step}: ${norm}, want ${wanted}`);
    }
    optimizer.step();
    scheduler?.step();
    const limit = limits.parameters_abs[step + 1];
    if (limit === undefined) continue;
    for (const { name, parameter } of network.named) {
      const away = apart(parameter.data, stored.get(`${run.id}/param/${step + 1}/${name}`)!.data);
      assert.ok(away <= limit, `${name} after step ${step + 1}: ${away} away, ${limit} allowed`);
    }
  }
  const all = Array.from({ length: count }, (_, i) => i);
  const [final, want] = [lossOf(all).data[0], run.final_loss_all_data];
  const bound = (limits.loss_relative[run.steps] + 2 ** -24) * want;
  assert.ok(Math.abs(final - want) <= bound, `loss of all data: ${final}, want ${want}`);
}

describe("PyTorch's training runs", () => {
  it('has 6', () => assert.equal(runs.length, 6));
  for (const run of runs) {
    it(`${run.id}, direct sums`, () => train(run, 'never'));
    it(`${run.id}, with Winograd`, () => train(run, 'auto'));
  }
});
