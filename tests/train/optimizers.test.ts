// Optimisers against PyTorch's trajectories, with the state dicts that PyTorch saves after them.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Parameter, tensor } from 'convnd';
import { Adam, AdamW, type OptimizerState, RMSprop, SGD } from 'convnd/train';
import { camelCased, readJson, readTensors } from '../helpers/fixtures.js';

type Options = Record<string, unknown>;

interface Trajectory {
  id: string;
  optimizer: string;
  options: Options;
  groups?: (Options & { params: number[] })[];
  none?: [number, number][];
  changes?: { before_step: number; group: number; options: Options }[];
  own_gradients?: boolean;
  params: number[][];
  steps: number;
  after: number[];
  torch_f32_ulps: Record<string, number>;
  state_after: number;
  param_groups: (Options & { params: number[] })[];
  state_params: number[];
  state: Record<string, Record<string, string | number | null>>;
  resumed_max_abs: number;
}

/** An optimiser of any kind, with options that are known at run time only. */
interface AnyOptimizer {
  paramGroups: Options[];
  step(): void;
  zeroGrad(options?: { setToNone?: boolean }): void;
  addParamGroup(group: Options): void;
  stateDict(): OptimizerState;
  loadStateDict(dict: OptimizerState): void;
}
type OptimizerClass = new (params: unknown, options?: Options) => AnyOptimizer;

const classes = { SGD, Adam, AdamW, RMSprop } as unknown as Record<string, OptimizerClass>;
const { optimizers } = readJson<{ optimizers: Trajectory[] }>('training/optimizers.json');
const stored = readTensors('training/optimizers.safetensors');
const valuesOf = (name: string) => stored.get(name)!.data;

/** Parameters that start with the stored values of those names. */
const parametersAt = (names: string[]) =>
  names.map((name) => new Parameter(valuesOf(name).slice(), stored.get(name)!.shape));

function optimizerOf({ optimizer, options, groups }: Trajectory, params: Parameter[]): AnyOptimizer {
  const given = groups?.map((group) => ({
    ...camelCased(group),
    params: group.params.map((i) => params[i]),
  }));
  return new classes[optimizer](given ?? params, camelCased(options));
}

/** Takes steps, from one of them on, and calls back after each. */
function drive(
  row: Trajectory,
  params: Parameter[],
  optimizer: AnyOptimizer,
  from: number,
  after?: (step: number) => void,
) {
  for (let step = from; step < row.steps; step++) {
    for (const { before_step, group, options } of row.changes ?? [])
      if (before_step === step + 1) Object.assign(optimizer.paramGroups[group], camelCased(options));
    params.forEach((parameter, i) => {
      const all = valuesOf(row.own_gradients ? `${row.id}/grad/${i}` : `shared/grad/${i}`);
      const size = all.length / row.steps;
      const absent = row.none?.some(([k, at]) => k === step && at === i);
      parameter.grad = absent ? null : tensor(all.slice(step * size, (step + 1) * size), row.params[i]);
    });
    optimizer.step();
    after?.(step + 1);
  }
}

/** Four times what PyTorch's own float32 differs from float64, and half a unit, in units of 2^-23 of the larger of start and end. */
function assertAllNear(row: Trajectory, step: number, params: Parameter[], more = 0): void {
  const units = 4 * row.torch_f32_ulps[step] + 0.5;
  for (const [i, { data }] of params.entries()) {
    const start = valuesOf(`shared/param/${i}`);
    const want = valuesOf(`${row.id}/param/${i}/${step}`);
    data.forEach((value, at) => {
      const bound = units * 2 ** -23 * Math.max(Math.abs(want[at]), Math.abs(start[at])) + more;
      const label = `${row.id}, parameter ${i} at ${at} after ${step}: ${value}, want ${want[at]}`;
      assert.ok(Math.abs(value - want[at]) <= bound, label);
    });
  }
}

/** The state dict of a row in torch's form, with what its own optimisers write besides. */
function torchState(row: Trajectory): OptimizerState {
  const entries = Object.entries(row.state).map(([number, entry]) => [
    number,
    Object.fromEntries(
      Object.entries(entry).map(([key, value]) => [
        key,
        typeof value === 'string' ? stored.get(value)! : value,
      ]),
    ),
  ]);
  const switches = { foreach: null, differentiable: false, capturable: false, fused: null };
  return {
    state: Object.fromEntries(entries),
    param_groups: row.param_groups.map((group) => ({ ...switches, ...group })),
  };
}

describe("PyTorch's trajectories", () => {
  it('has 41', () => assert.equal(optimizers.length, 41));

  for (const row of optimizers) {
    it(row.id, () => {
      const params = parametersAt(row.params.map((_, i) => `shared/param/${i}`));
      const optimizer = optimizerOf(row, params);
      drive(row, params, optimizer, 0, (step) => {
        if (row.after.includes(step)) assertAllNear(row, step, params);
        if (step === row.state_after) assertState(row, optimizer.stateDict());
      });
    });

    it(`${row.id}, resumed from PyTorch's state`, () => {
      const params = parametersAt(row.params.map((_, i) => `${row.id}/param/${i}/${row.state_after}`));
      const optimizer = new classes[row.optimizer](
        row.groups?.map(({ params: numbers }) => ({ params: numbers.map((i) => params[i]) })) ?? params,
      );
      optimizer.loadStateDict(torchState(row));
      drive(row, params, optimizer, row.state_after);
      assertAllNear(row, row.steps, params, row.resumed_max_abs);
    });

    it(`${row.id}, resumed from its own state: the same bits`, () => {
      const whole = parametersAt(row.params.map((_, i) => `shared/param/${i}`));
      const halves = parametersAt(row.params.map((_, i) => `shared/param/${i}`));
      const optimizer = optimizerOf(row, whole);
      drive(row, whole, optimizer, 0, (step) => {
        if (step !== row.state_after) return;
        whole.forEach((parameter, i) => {
          halves[i].copy(parameter);
        });
        const other = optimizerOf(row, halves);
        other.loadStateDict(optimizer.stateDict());
        drive(row, halves, other, step);
      });
      whole.forEach(({ data }, i) => {
        assert.deepEqual(halves[i].data, data);
      });
    });
  }
});

/** The state is what PyTorch's state dict has, under its names. */
function assertState(row: Trajectory, { state, param_groups }: OptimizerState): void {
  assert.deepEqual(param_groups, row.param_groups);
  for (const [number, entry] of Object.entries(row.state)) {
    const got = (state[Number(number)] ?? {}) as Record<string, { data: Float32Array; shape: number[] }>;
    // PyTorch 2 has no entry where PyTorch 1.13 has null
    const there = Object.entries(entry).filter(([, value]) => value !== null);
    assert.deepEqual(Object.keys(got).sort(), there.map(([key]) => key).sort());
    for (const [key, value] of there) {
      if (typeof value !== 'string') {
        assert.equal(got[key], value);
        continue;
      }
      const { data, shape } = stored.get(value)!;
      assert.deepEqual(got[key].shape, shape);
      const largest = data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
      data.forEach((want, i) => {
        assert.ok(Math.abs(got[key].data[i] - want) <= 2 ** -22 * largest, `${value} at ${i}`);
      });
    }
  }
}

/** PyTorch 1.13.1 in float64: three steps from (1, -2) with the gradients (0.5, 0), (0.5, 0.1), (0.5, 0.2). */
const climbs: [string, Options, [number, number]][] = [
  ['SGD', {}, [1.088212, -1.852584]],
  ['SGD', { momentum: 0.9, nesterov: true }, [1.233207508, -1.624678656]],
  ['Adam', {}, [1.299097120236, -1.699705011515]],
  ['AdamW', {}, [1.235231994119, -1.72660134515]],
  ['RMSprop', { momentum: 0.5 }, [3.027705435717, 0.993442541169]],
];

describe('maximize and weight decay together', () => {
  for (const [name, options, want] of climbs) {
    it(`${name} ${JSON.stringify(options)}`, () => {
      const weight = new Parameter(new Float32Array([1, -2]), [2]);
      const optimizer = new classes[name]([weight], {
        lr: 0.1,
        weightDecay: 0.2,
        maximize: true,
        ...options,
      });
      for (let step = 0; step < 3; step++) {
        weight.grad = [0.5, 0.1 * step];
        optimizer.step();
      }
      want.forEach((value, i) => {
        assert.ok(Math.abs(weight.data[i] - value) < 5e-7, `${weight.data}`);
      });
    });
  }
});
