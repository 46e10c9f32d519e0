// Schedulers against PyTorch's learning rates, and gradients clipped as PyTorch clips them.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { Parameter, tensor } from 'convnd';
import {
  CosineAnnealingLR,
  clipGradNorm,
  clipGradValue,
  LambdaLR,
  type Scheduler,
  SGD,
  StepLR,
} from 'convnd/train';
import { assertSame } from '../helpers/compare.js';
import { camelCased, readJson, readTensors } from '../helpers/fixtures.js';
import { refused } from '../helpers/refusal.js';

interface Schedule {
  id: string;
  scheduler: string;
  args: Record<string, number>;

  lr: number;
  values: number[];
}

interface Clip {
  id: string;
  function: string;
  args: { max_norm?: number; norm_type?: number | 'inf'; clip_value?: number };
  shapes: number[][];
  none?: number[];
  total_norm?: number | 'nan' | 'inf';
  torch_f32_max_abs: number;
}

const { schedulers, clips } = readJson<{ schedulers: Schedule[]; clips: Clip[] }>('training/optimizers.json');
const stored = readTensors('training/optimizers.safetensors');

const sgd = (...rates: number[]) =>
  new SGD(rates.map((lr) => ({ params: [new Parameter(new Float32Array(1), [1])], lr })));

const cosine = (from: number, to: number, share: number) =>
  to + ((from - to) * (1 + Math.cos(Math.PI * share))) / 2;

/** The schedules that have no class of their own, as factors of the first rate. */
const formulas: Record<string, (args: Schedule['args'], lr: number) => (epoch: number) => number> = {
  MultiStepLR:
    ({ milestones, gamma }) =>
    (epoch) =>
      gamma ** (milestones as unknown as number[]).filter((at) => at <= epoch).length,
  ExponentialLR:
    ({ gamma }) =>
    (epoch) =>
      gamma ** epoch,
  LinearLR:
    ({ start_factor, total_iters }) =>
    (epoch) =>
      start_factor + (1 - start_factor) * Math.min(1, epoch / total_iters),
  CosineAnnealingWarmRestarts:
    ({ T_0, T_mult, eta_min }, lr) =>
    (epoch) => {
      let length = T_0;
      for (; epoch >= length; length *= T_mult) epoch -= length;
      return cosine(lr, eta_min, epoch / length) / lr;
    },
  OneCycleLR:
    ({ max_lr, total_steps }, lr) =>
    (epoch) => {
      const peak = 0.3 * total_steps - 1;
      const [low, least] = [max_lr / 25, max_lr / 25e4];
      const rate =
        epoch <= peak
          ? cosine(low, max_lr, epoch / peak)
          : cosine(max_lr, least, (epoch - peak) / (total_steps - 1 - peak));
      return rate / lr;
    },
};

function schedulerOf({ scheduler, args, lr }: Schedule, optimizer: SGD): Scheduler {
  if (scheduler === 'StepLR') return new StepLR(optimizer, args.step_size, { gamma: args.gamma });
  if (scheduler === 'CosineAnnealingLR')
    return new CosineAnnealingLR(optimizer, args.T_max, { etaMin: args.eta_min });
  return new LambdaLR(optimizer, formulas[scheduler](args, lr));
}

describe("PyTorch's schedules", () => {
  it('has 11', () => assert.equal(schedulers.length, 11));
  for (const row of schedulers) {
    it(row.id, () => {
      // the second group has twice the rate
      const optimizer = sgd(row.lr, 2 * row.lr);
      const scheduler = schedulerOf(row, optimizer);
      for (const [epoch, want] of row.values.entries()) {
        const rates = optimizer.paramGroups.map(({ lr }) => lr);
        assert.deepEqual(scheduler.getLastLr(), rates);
        assert.ok(Math.abs(rates[0] - want) <= 1e-12, `epoch ${epoch}: ${rates[0]}, want ${want}`);
        if (!row.args.eta_min) assert.ok(Math.abs(rates[1] - 2 * want) <= 1e-12, `epoch ${epoch}, twice`);
        scheduler.step();
      }
    });

    it(`${row.id}, resumed`, () => {
      const optimizer = sgd(row.lr);
      const scheduler = schedulerOf(row, optimizer);
      for (let epoch = 0; epoch < 9; epoch++) scheduler.step();
      const [rates, dict] = [optimizer.stateDict(), scheduler.stateDict()];
      assert.deepEqual([dict.last_epoch, dict._step_count, dict.base_lrs], [9, 10, [row.lr]]);
      const other = sgd(12);
      // with other numbers, which are those of the state dict from then on
      const args = { ...row.args, step_size: 3, T_max: 5, eta_min: 0, gamma: 0.7 };
      const own = ['StepLR', 'CosineAnnealingLR'].includes(row.scheduler);
      const resumed = schedulerOf({ ...row, args: own ? args : row.args }, other);
      other.loadStateDict(JSON.parse(JSON.stringify(rates)));
      resumed.loadStateDict(JSON.parse(JSON.stringify(dict)));
      assert.equal(other.paramGroups[0].lr, optimizer.paramGroups[0].lr);
      resumed.step();
      scheduler.step();
      assert.equal(other.paramGroups[0].lr, optimizer.paramGroups[0].lr);
      assert.deepEqual(resumed.stateDict(), scheduler.stateDict());
    });
  }

  it('begins from the first rate of a state dict, and leaves later groups alone', () => {
    const optimizer = sgd(1);
    new StepLR(optimizer, 1, { gamma: 0.5 }).step();
    const other = sgd(7);
    other.loadStateDict(optimizer.stateDict());
    assert.equal(other.paramGroups[0].initialLr, 1);
    const scheduler = new StepLR(other, 1, { gamma: 0.25 });
    other.addParamGroup({ params: [new Parameter(new Float32Array(1), [1])], lr: 3 });
    scheduler.step();
    assert.deepEqual(
      other.paramGroups.map(({ lr }) => lr),
      [0.25, 3],
    );
  });

  it('resumes alike, whichever state is loaded first', () => {
    for (const make of [
      (optimizer: SGD) => new StepLR(optimizer, 2, { gamma: 0.5 }),
      (optimizer: SGD) => new LambdaLR(optimizer, (epoch) => 1 / (1 + epoch)),
    ]) {
      const optimizer = sgd(1);
      const scheduler = make(optimizer);
      for (let epoch = 0; epoch < 3; epoch++) scheduler.step();
      const [first, second] = [sgd(1), sgd(1)];
      first.loadStateDict(optimizer.stateDict());
      make(first).loadStateDict(scheduler.stateDict());
      make(second).loadStateDict(scheduler.stateDict());
      second.loadStateDict(optimizer.stateDict());
      const [{ lr }] = optimizer.paramGroups;
      assert.deepEqual([first.paramGroups[0].lr, second.paramGroups[0].lr], [lr, lr]);
    }
  });

  it('loads its own state, also if a group was added after it was made', () => {
    const optimizer = sgd(1);
    const scheduler = new StepLR(optimizer, 2);
    optimizer.addParamGroup({ params: [new Parameter(new Float32Array(1), [1])], lr: 3 });
    for (let epoch = 0; epoch < 2; epoch++) scheduler.step();
    const other = new StepLR(sgd(1), 2);
    for (const each of [scheduler, other]) {
      each.loadStateDict(scheduler.stateDict());
      assert.equal(each.optimizer.paramGroups[0].lr, 0.1);
    }
    assert.equal(optimizer.paramGroups[1].lr, 3);
  });

  it('refuses a function that returns no number', () => {
    const optimizer = sgd(1);
    refused(
      () => new LambdaLR(optimizer, (() => {}) as never),
      /the result of lr_lambda must be a number, but got undefined \[LambdaLR\]/,
      'no return',
    );
    assert.equal(optimizer.paramGroups[0].lr, 1);
  });

  it('stays as it is where its function throws or returns no number', () => {
    const optimizer = sgd(1, 2);
    const scheduler = new LambdaLR(optimizer, [
      () => 1,
      (epoch) => (epoch < 2 ? 1 / (1 + epoch) : (null as never)),
    ]);
    scheduler.step();
    const before = scheduler.stateDict();
    for (const change of [
      () => scheduler.step(),
      () => scheduler.loadStateDict({ base_lrs: [3, 4], last_epoch: 5 }),
    ])
      refused(change, /the result of lr_lambda must be a number, but got null \[LambdaLR\]/, String(change));
    assert.deepEqual(scheduler.stateDict(), before);
    assert.deepEqual(
      optimizer.paramGroups.map(({ lr }) => lr),
      [1, 1],
    );
  });

  it('refuses what is no schedule', () => {
    const optimizer = sgd(1, 2);
    const any = <T>(value: unknown) => value as T;
    const scheduler = new StepLR(optimizer, 2);
    for (const [call, message] of [
      [() => new StepLR(any({}), 2), /an object of class Object is not an Optimizer \[StepLR\]/],
      [() => new StepLR(optimizer, 0), /step_size must be 1 or more, but got 0/],
      [() => new StepLR(optimizer, 1.5), /step_size must be an integer, but got 1\.5/],
      [() => new StepLR(optimizer, 2, any({ gama: 1 })), /unexpected option 'gama'/],
      [() => new StepLR(optimizer, 2, { gamma: any('1') }), /gamma must be a number, but got '1'/],
      [() => new CosineAnnealingLR(optimizer, -1), /T_max must be 1 or more, but got -1/],
      [() => new LambdaLR(optimizer, [() => 1]), /Expected 2 lr_lambdas, but got 1/],
      [() => new LambdaLR(optimizer, any(0.5)), /lr_lambda must be a function, but got 0\.5/],
      [() => Object.assign(scheduler, { gamma: 1 }), /gamma cannot be assigned here: .* \[StepLR\]/],
      [() => Object.assign(scheduler, { stepSize: 1 }), /stepSize cannot be assigned here/],
      [() => Object.assign(scheduler, { optimizer }), /read only property 'optimizer'/],
      [() => scheduler.loadStateDict(any(null)), /base_lrs must be a list of numbers/],
      [() => scheduler.loadStateDict({ base_lrs: [1], last_epoch: 2 }), /1 learning rates for 2 groups/],
      [() => scheduler.loadStateDict({ base_lrs: [1, 2], last_epoch: 2 }), /step_size must be a number/],
      [
        () => scheduler.loadStateDict({ base_lrs: [1, 2], last_epoch: 2, step_size: 0, gamma: 9 }),
        /step_size must be 1 or more/,
      ],
    ] as [() => unknown, RegExp][]) {
      refused(call, message, String(message));
    }
    scheduler.step();
    assert.deepEqual(scheduler.getLastLr(), [1, 2]);
  });

  it('goes to the epoch after one that is assigned', () => {
    const optimizer = sgd(1);
    const scheduler = new StepLR(optimizer, 2, { gamma: 0.5 });
    scheduler.lastEpoch = 4;
    scheduler.step();
    assert.deepEqual([scheduler.lastEpoch, optimizer.paramGroups[0].lr], [5, 0.25]);
    scheduler.lastEpoch = 0.5;
    refused(
      () => scheduler.step(),
      /^lastEpoch must be an integer, but got 0\.5 \[StepLR\]$/,
      'half an epoch',
    );
  });

  it('refuses first rates that are assigned and are no number for each group', () => {
    const optimizer = sgd(1, 2);
    const scheduler = new StepLR(optimizer, 1, { gamma: 0.5 });
    for (const [rates, message] of [
      [['a', 2], /^base_lrs must be a list of numbers, but got \['a', 2\] \[StepLR\]$/],
      [5, /^base_lrs must be a list of numbers, but got 5 \[StepLR\]$/],
      [[1], /^base_lrs has 1 learning rates for 2 groups \[StepLR\]$/],
      [[1, Number.NaN], /^a learning rate of base_lrs must be finite, but got NaN \[StepLR\]$/],
    ] as const) {
      scheduler.baseLrs = rates as never;
      for (const call of ['step', 'getLastLr', 'stateDict'] as const)
        refused(() => scheduler[call](), message, `${call} with ${rates}`);
    }
    scheduler.baseLrs = [4, 8];
    scheduler.step();
    assert.deepEqual(
      optimizer.paramGroups.map(({ lr }) => lr),
      [2, 4],
    );
  });
});

describe("PyTorch's clipping", () => {
  it('has 17', () => assert.equal(clips.length, 17));
  for (const row of clips) {
    it(row.id, () => {
      const there = (i: number) => !row.none?.includes(i);
      const parameters = row.shapes.map((shape, i) => {
        const parameter = new Parameter(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
        if (there(i)) parameter.grad = tensor(stored.get(`${row.id}/grad/${i}`)!.data.slice(), shape);
        return parameter;
      });
      const { max_norm, norm_type, clip_value } = row.args;
      if (row.function === 'clip_grad_value_') clipGradValue(parameters, clip_value!);
      else {
        const normType = norm_type === 'inf' ? Number.POSITIVE_INFINITY : norm_type;
        const norm = clipGradNorm(parameters, max_norm!, camelCased({ norm_type: normType }));
        const want =
          { nan: Number.NaN, inf: Number.POSITIVE_INFINITY }[row.total_norm!] ?? Number(row.total_norm);
        if (Number.isFinite(want)) assert.ok(Math.abs(norm - want) <= 1e-14 * want, `${norm}, want ${want}`);
        else assert.equal(norm, want);
      }
      for (const [i, { grad }] of parameters.entries()) {
        if (!there(i)) {
          assert.equal(grad, null);
          continue;
        }
        // float64, rounded once
        assertSame(grad!.data, stored.get(`${row.id}/clipped/${i}`)!.data, `gradient ${i}`);
      }
    });
  }

  it('refuses what is no number, and no order of a norm', () => {
    const weight = new Parameter(new Float32Array(1), [1]);
    weight.grad = [2];
    for (const [call, message] of [
      [() => clipGradNorm([weight], '1' as never), /max_norm must be a number, but got '1' \[clipGradNorm\]/],
      [() => clipGradNorm([weight], 1, { normType: 0 }), /norm_type must be above 0, but got 0/],
      [() => clipGradNorm([weight], 1, { norm: 2 } as never), /unexpected option 'norm'/],
      [() => clipGradNorm(3 as never, 1), /should be an iterable of Tensors/],
      [() => clipGradValue([weight], undefined as never), /clip_value must be a number, but got undefined/],
    ] as [() => unknown, RegExp][]) {
      refused(call, message, String(message));
    }
    assert.equal(weight.grad!.data[0], 2);
  });
});

it('optimizers and schedulers print under the names of their classes', () => {
  class Mine extends SGD {}
  const params = [new Parameter(new Float32Array(1), [1])];
  assert.match(inspect(new SGD(params)), /^SGD \{\n {2}paramGroups: \[/);
  assert.match(inspect(new Mine(params)), /^Mine \{/);
  assert.match(inspect(new StepLR(new SGD(params), 3)), /^StepLR \{\n {2}optimizer: SGD \{/);
});
