// State dicts of optimisers: what they accept and refuse, and that they share nothing with the optimiser.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Parameter, tensor } from 'convnd';
import { Adam, type OptimizerState, SGD } from 'convnd/train';
import { refused } from '../helpers/refusal.js';

/** A parameter with a gradient. */
const moved = (value: number, gradient: number) => {
  const made = new Parameter(Float32Array.of(value), [1]);
  made.grad = [gradient];
  return made;
};

describe('state dicts that do not fit', () => {
  const adam = new Adam([moved(1, 1), moved(2, 1)]);
  adam.step();
  const before = JSON.stringify(adam.stateDict());
  const one = adam.stateDict();
  const cases: [string, (dict: OptimizerState) => void, RegExp][] = [
    ['no lr', ({ param_groups: [group] }) => delete group.lr, /'lr': it is not in the loaded state dict/],
    ['no step', ({ state }) => delete state[1].step, /'step': it is not in the state of parameter 1/],
    ['lr is text', ({ param_groups }) => Object.assign(param_groups[0], { lr: 'x' }), /lr must be a number/],
    ['more', ({ state }) => Object.assign(state[0], { x: [1] }), /'x': it is not expected in .* parameter 0/],
    ['shape', ({ state }) => Object.assign(state[0], { exp_avg: [1, 2] }), /exp_avg .* \[1\], got \[2\]/],
    [
      'through JSON',
      (dict) => Object.assign(dict, JSON.parse(JSON.stringify(dict))),
      /exp_avg of parameter 0: its data is a plain object, as JSON makes of a Float32Array/,
    ],
    [
      'no data',
      ({ state }) => Object.assign(state[0], { exp_avg: { data: null, shape: [1] } }),
      /exp_avg of/,
    ],
    ['word', ({ state }) => Object.assign(state[0], { exp_avg: 'x' }), /exp_avg .*: expected a tensor/],
  ];
  for (const [name, change, message] of cases) {
    it(name, () => {
      const dict = structuredClone(one);
      change(dict);
      refused(() => adam.loadStateDict(dict), message, name);
      assert.equal(JSON.stringify(adam.stateDict()), before);
    });
  }

  it('nothing', () => {
    refused(() => adam.loadStateDict(undefined as never), /expected a state dict .*, but got undefined/, '');
  });

  it('tensors as lists go through JSON', () => {
    const dict = adam.stateDict();
    const text = JSON.stringify(dict, (_, value: unknown) =>
      value instanceof Float32Array ? [...value] : value,
    );
    const other = new Adam([moved(1, 1), moved(2, 1)]);
    other.loadStateDict(JSON.parse(text) as OptimizerState);
    assert.deepEqual(other.stateDict(), dict);
  });

  it('a flag that older versions of PyTorch do not know is off', () => {
    const dict = structuredClone(one);
    delete dict.param_groups[0].maximize;
    const other = new Adam([moved(1, 1), moved(2, 1)], { maximize: true });
    other.loadStateDict(dict);
    assert.equal(other.paramGroups[0].maximize, false);
  });

  it('a state dict whose groups are none is refused in words', () => {
    const optimizer = new SGD([new Parameter(new Float32Array(1), [1])]);
    for (const group of [null, 'x', {}, { params: 'a' }])
      assert.throws(
        () => optimizer.loadStateDict({ state: {}, param_groups: [group] } as unknown as OptimizerState),
        { name: 'TypeError', message: /expected groups \{ params: \[0, 1\], \.\.\. \}/ },
      );
  });

  it('what was loaded or saved does not change with the optimiser', () => {
    const dict = adam.stateDict();
    const text = JSON.stringify(dict);
    const other = new Adam([moved(1, 1), moved(2, 1)]);
    other.loadStateDict(dict);
    other.step();
    assert.equal(JSON.stringify(dict), text);
  });
});

describe('options and state that are changed from outside', () => {
  const weight = () => new Parameter(Float32Array.of(1), [1]);
  const betasOf = (optimizer: Adam) => optimizer.paramGroups[0].betas as unknown as number[];

  it('belong to one group', () => {
    const betas: [number, number] = [0.5, 0.75];
    const [first, second] = [new Adam([weight()]), new Adam([weight()], { betas })];
    betasOf(first)[0] = 0.25;
    betas[0] = 0.125;
    assert.deepEqual(betasOf(new Adam([weight()])), [0.9, 0.999]);
    assert.deepEqual(betasOf(second), [0.5, 0.75]);
    first.addParamGroup({ params: weight() });
    assert.deepEqual(first.paramGroups[1].betas, [0.9, 0.999]);
    const dict = second.stateDict();
    first.addParamGroup({ params: weight() });
    const third = new Adam([weight()]);
    third.loadStateDict(dict);
    (dict.param_groups[0].betas as number[])[0] = 0;
    assert.deepEqual(betasOf(third), [0.5, 0.75]);
  });

  it('must have a number of steps', () => {
    const optimizer = new Adam([weight()]);
    optimizer.paramGroups[0].params[0].grad = [1];
    optimizer.step();
    for (const step of [Number.NaN, 0.5, tensor([])]) {
      const dict = optimizer.stateDict();
      dict.state[0].step = step;
      refused(() => optimizer.loadStateDict(dict), /step of parameter 0 must be an integer/, String(step));
    }
    assert.equal(optimizer.stateDict().state[0].step, 1);
  });
});
