// Optimisers and their groups: what they accept, refuse and change.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Conv2d, Parameter, tensor } from 'convnd';
import { Adam, backward, clipGradNorm, crossEntropy, mseLoss, RMSprop, record, SGD } from 'convnd/train';
import { label, refused } from '../helpers/refusal.js';

const parameter = (...values: number[]) => new Parameter(new Float32Array(values), [values.length]);
/** A parameter with a gradient. */
const moved = (value: number, gradient: number) => {
  const made = parameter(value);
  made.grad = [gradient];
  return made;
};

describe('groups', () => {
  it('have the options of the optimiser where they have none, and all can be assigned', () => {
    const [a, b, c] = [moved(0, 1), moved(0, 1), moved(0, 1)];
    const optimizer = new SGD([{ params: [a] }, { params: b, lr: 10 }], { lr: 100 });
    optimizer.addParamGroup({ params: new Set([c]), lr: 1000 });
    assert.deepEqual(
      optimizer.paramGroups.map(({ lr }) => lr),
      [100, 10, 1000],
    );
    optimizer.paramGroups[0].lr = 1;
    optimizer.step();
    assert.deepEqual([a.data[0], b.data[0], c.data[0]], [-1, -10, -1000]);
  });

  it('have lists of their own, and so has a state dict', () => {
    const parameter = () => new Parameter(new Float32Array(1), [1]);
    const betas: [number, number] = [0.5, 0.75];
    const one = new Adam([{ params: [parameter()], betas }, { params: [parameter()] }], { betas });
    betas[0] = 0.25;
    (one.paramGroups[0].betas as unknown as number[])[1] = 0.125;
    assert.deepEqual(
      one.paramGroups.map((group) => group.betas),
      [
        [0.5, 0.125],
        [0.5, 0.75],
      ],
    );
    const byDefault = new Adam([parameter()]);
    (byDefault.paramGroups[0].betas as unknown as number[])[0] = 0;
    assert.deepEqual(new Adam([parameter()]).paramGroups[0].betas, [0.9, 0.999]);
    const state = byDefault.stateDict();
    const loaded = new Adam([parameter()]);
    loaded.loadStateDict(state);
    (state.param_groups[0].betas as unknown as number[])[0] = 0.25;
    assert.deepEqual(loaded.paramGroups[0].betas, [0, 0.999]);
  });

  it('are numbered in their order', () => {
    const [a, b, c] = [moved(0, 1), moved(0, 2), moved(0, 3)];
    const optimizer = new SGD([{ params: [c, a] }, { params: [b] }], { lr: 1, momentum: 1 });
    optimizer.step();
    const { state, param_groups } = optimizer.stateDict();
    assert.deepEqual(
      param_groups.map(({ params }) => params),
      [[0, 1], [2]],
    );
    const buffers = [0, 1, 2].map(
      (number) => (state[number].momentum_buffer as { data: Float32Array }).data[0],
    );
    assert.deepEqual(buffers, [3, 1, 2]);
  });

  it('are objects', () => {
    const optimizer = new SGD([parameter(1)], { lr: 1 });
    for (const [given, got] of [
      [3, '3'],
      [[parameter(1)], '\\[an object'],
      [parameter(1), 'an object of class Parameter'],
      [{ lr: 1 }, 'an object'],
    ] as const)
      assert.throws(
        () => optimizer.addParamGroup(given as never),
        new RegExp(`^TypeError: param_group must be a dict with params, but got ${got}.* \\[SGD\\]$`),
      );
  });

  it('may be empty', () => {
    new Adam([{ params: [] }]).step();
  });
});

describe('RMSprop', () => {
  for (const [option, message] of [
    ['lr', /Invalid learning rate: -1/],
    ['eps', /Invalid epsilon value: -1/],
    ['momentum', /Invalid momentum value: -1/],
    ['weightDecay', /Invalid weight_decay value: -1/],
    ['alpha', /Invalid alpha value: -1/],
  ] as const)
    it(`refuses an option below 0: ${option}`, () => {
      assert.throws(() => new RMSprop([parameter(1)], { [option]: -1 }), message);
      new RMSprop([parameter(1)], { [option]: 0 });
    });
});

describe('a step', () => {
  it('changes the layer without marking its values as handed out', () => {
    const layer = new Conv2d(1, 1, 1, { bias: false });
    layer.weight = [[[[2]]]];
    const x = tensor([1], [1, 1, 1, 1]);
    assert.equal(layer.forward(x).data[0], 2);
    layer.weight.grad = [[[[1]]]];
    new SGD(layer.parameters(), { lr: 0.5 }).step();
    assert.equal(layer.forward(x).data[0], 1.5);
  });

  it('of NaN moves what it is for alone', () => {
    const weight = parameter(1, 1);
    weight.grad = [Number.NaN, 1];
    new SGD([weight], { lr: 1 }).step();
    assert.deepEqual([...weight.data], [Number.NaN, 0]);
  });

  it('does not happen at all where one gradient or option is wrong', () => {
    const [a, b] = [moved(1, 1), moved(1, 1)];
    const optimizer = new Adam([{ params: [a] }, { params: [b] }]);
    optimizer.paramGroups[1].lr = '1' as never;
    refused(() => optimizer.step(), /lr must be a number, but got '1' \[Adam\]/, 'lr');
    optimizer.paramGroups[1].lr = 1;
    structuredClone(b.grad!.data, { transfer: [b.grad!.data.buffer as ArrayBuffer] });
    refused(() => optimizer.step(), /a gradient has 0 values for a parameter of shape \[1\]/, 'gradient');
    optimizer.paramGroups[1].params.push({} as Parameter);
    refused(() => optimizer.step(), /optimizer can only optimize Tensors/, 'parameter');
    assert.deepEqual([a.data[0], b.data[0]], [1, 1]);
  });

  it('forgets gradients, or fills them with zeros, and then momentum still moves', () => {
    const weight = moved(0, 1);
    const held = weight.grad!;
    const optimizer = new SGD([weight], { lr: 1, momentum: 0.5 });
    optimizer.step();
    optimizer.zeroGrad({ setToNone: false });
    assert.equal(weight.grad, held);
    assert.equal(held.data[0], 0);
    optimizer.step();
    assert.equal(weight.data[0], -1.5);
    optimizer.zeroGrad();
    assert.equal(weight.grad, null);
    optimizer.step();
    assert.equal(weight.data[0], -1.5);
  });

  it('keeps a variance of 0 where rounding would make it less', () => {
    const weight = parameter(1);
    const optimizer = new RMSprop([weight], { centered: true, alpha: 0.5 });
    for (let step = 0; step < 200; step++) {
      weight.grad = [0.1 + 1e-8 * (step % 2)];
      optimizer.step();
      assert.ok(Number.isFinite(weight.data[0]), `step ${step}`);
    }
  });
});

describe('a step with a closure', () => {
  it("calls it before anything else, and returns its result, as PyTorch's", () => {
    const weight = new Parameter(Float32Array.of(1), [1]);
    const optimizer = new SGD([weight], { lr: 0.5 });
    const loss = optimizer.step(() => {
      weight.grad = [1];
      return weight.data[0];
    });
    assert.deepEqual([loss, weight.data[0]], [1, 0.5]);
    assert.equal(optimizer.step(), undefined);
    const before = weight.data[0];
    for (const closure of [3, 0, null, {}])
      refused(
        () => optimizer.step(closure as never),
        /^step: closure must be a function, but got .* \[SGD\]/,
        label(closure),
      );
    refused(() => optimizer.step(async () => 1), /expected a closure that is not async \[SGD\]/, 'async');
    assert.equal(weight.data[0], before);
  });
});

describe('parameters of another copy of convnd', () => {
  it('are named as such, not as plain tensors', async () => {
    const other: typeof import('convnd') = await import('convnd/wasm');
    const layer = new other.Conv1d(1, 1, 1);
    refused(
      () => new SGD(layer.parameters()),
      /parameters of this copy of convnd, got one of another/,
      'SGD',
    );
    refused(() => new SGD([tensor([1])] as never), /got a plain tensor/, 'a plain tensor');
  });
});

describe('words', () => {
  it('a layer in place of its parameters', () => {
    const layer = new Conv2d(1, 1, 1);
    for (const call of [
      () => new SGD(layer as never),
      () => new SGD([layer, layer] as never),
      () => clipGradNorm(layer as never, 1),
    ])
      refused(call, /an object of class Conv2d: pass its parameters\(\) \[(SGD|clipGradNorm)\]$/, `${call}`);
  });

  it('options that are true or false', () => {
    const layer = new Conv2d(1, 1, 1);
    const [x, y] = [[[[1]]], [[[0]]]];
    const optimizer = new SGD(layer.parameters());
    const loss = record(() => mseLoss(layer.forward(x), y));
    for (const [name, call] of [
      ['retain', () => loss.backward(null, { retain: 'no' as never })],
      ['allowUnused', () => loss.backward(null, { allowUnused: 0 as never })],
      ['inputGrad', () => backward(layer, y, { input: x, inputGrad: 'no' as never })],
      ['set_to_none', () => optimizer.zeroGrad({ setToNone: 'no' as never })],
      ['error_if_nonfinite', () => clipGradNorm(layer.parameters(), 1, { errorIfNonfinite: 1 as never })],
    ] as const)
      refused(call, new RegExp(`^${name} must be a boolean, but got ('no'|0|1) \\[`), name);
    assert.equal(layer.weight.grad, null);
    loss.backward();
  });

  it('layers that were called before the record', () => {
    const y = new Conv2d(1, 1, 1).forward([[[1]]]);
    const loss = record(() => mseLoss(y, [[[0]]]));
    refused(
      () => loss.backward(),
      /does not have a grad_fn: call the layers inside record \[backward\]$/,
      'before',
    );
  });

  it('classes of a shape that is none of the logits', () => {
    const zeros = (...shape: number[]) => tensor(new Float32Array(shape.reduce((a, b) => a * b)), shape);
    for (const [logits, target, got, expected] of [
      [zeros(2), zeros(2, 2), 'input: [2] , target: [2, 2]', '[]'],
      [zeros(2, 3, 1, 1), zeros(2), 'input: [2, 3, 1, 1] , target: [2]', '[2, 1, 1]'],
      [zeros(2, 3), zeros(2, 1), 'input: [2, 3] , target: [2, 1]', '[2]'],
    ] as const) {
      const text = refused(() => crossEntropy(logits, target), /^size mismatch/, got);
      assert.ok(
        text.startsWith(`size mismatch (got ${got}): expected classes of shape ${expected}, or`),
        text,
      );
    }
  });

  it('a rate that is assigned to the optimiser instead of its groups, or under another name', () => {
    const optimizer = new SGD([parameter(1)]);
    for (const name of ['lr', 'learningRate', 'initialLr', 'param_groups'])
      refused(
        () => Object.assign(optimizer, { [name]: 1 }),
        /^\w+ cannot be assigned here: options belong to its groups, as paramGroups\[0\]\.lr \[SGD\]/,
        name,
      );
    Object.assign(optimizer.paramGroups[0], { learningRate: 1 });
    refused(() => optimizer.step(), /^unexpected option 'learningRate', known are lr, .* \[SGD\]/, 'group');
    refused(
      () => Object.assign(optimizer, { paramGroups: [] }),
      /read only property 'paramGroups'/,
      'groups',
    );
  });

  it('a subclass with fields, a getter of a rate and a method that was replaced are no mistakes', () => {
    class Counting extends SGD {
      steps = 0;
      get lr() {
        return this.paramGroups[0].lr;
      }
      override step<T>(closure?: () => T) {
        this.steps++;
        return super.step(closure);
      }
    }
    const optimizer = new Counting([parameter(1)], { lr: 0.5 });
    const { step } = optimizer;
    optimizer.step = (closure) => step.call(optimizer, closure) as undefined;
    optimizer.step();
    assert.equal(optimizer.steps, 1);
    assert.equal(optimizer.lr, 0.5);
    assert.deepEqual(Object.keys(new SGD([parameter(1)])), ['paramGroups']);
  });
});
