// Calls of another copy of the library inside a record: they would be lost, so they throw.

import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { Conv1d, functional as F, Parameter, type Tensor, tensor } from 'convnd';
import { mseLoss, record } from 'convnd/train';
import { refused } from '../helpers/refusal.js';
import { conv, g, numbers, x } from './taped.js';

let other: typeof import('convnd');

before(async () => {
  other = await import('convnd/wasm');
  await other.init?.();
});

describe('inside record, another copy of convnd', () => {
  const message = /expected a call of this copy of convnd, got one of another/;
  const run = (compute: () => Tensor) => () => record(compute).backward(g);

  it('may compute nothing that has parameters', () => {
    const layer = new Conv1d(4, 4, 1);
    const foreign = new other.Conv1d(3, 4, 3, { padding: 1 });
    const weight = new Parameter(new Float32Array(36).fill(1), [4, 3, 3]);
    for (const compute of [
      () => layer.forward(foreign.forward(x)),
      () => new other.Conv1d(4, 4, 1).forward(conv().forward(x)),
      () => layer.forward(other.functional.conv1d(x, weight, null, { padding: 1 })),
      () => layer.forward(foreign.forward(x, { out: tensor(new Float32Array(72), [2, 4, 9]) })),
      () => other.functional.maxPool1d(conv().forward(x), 1),
    ])
      refused(run(compute), message, String(compute));
    assert.deepEqual([foreign.weight.grad, weight.grad, layer.weight.grad], [null, null, null]);
  });

  it('may compute no loss, and records after a record inside of its own', () => {
    const name = Symbol.for('convnd.recording');
    const global = globalThis as { [name]?: unknown };
    const before = global[name];
    const outer = () => {
      throw new RangeError('another copy records');
    };
    global[name] = outer;
    try {
      assert.throws(() => mseLoss(x, x), /another copy records/);
      record(() => conv().forward(x)).backward(g);
      assert.equal(global[name], outer);
    } finally {
      global[name] = before;
    }
  });

  it('has parameters that are no parameters of this one', () => {
    const weight = new other.Parameter(new Float32Array(36), [4, 3, 3]);
    refused(
      run(() => F.conv1d(x, weight, null, { padding: 1 })),
      /not a Parameter of this copy of convnd/,
      'a weight',
    );
  });

  it('computes as before afterwards, and its resident tensors are inputs', () => {
    const layer = conv();
    record(() => layer.forward(other.resident(x))).backward(g);
    const expected = conv();
    record(() => expected.forward(x)).backward(g);
    assert.deepEqual(numbers(layer.weight.grad), numbers(expected.weight.grad));
    const foreign = new other.Conv1d(1, 1, 1);
    foreign.weight = [[[2]]];
    foreign.bias = [1];
    assert.deepEqual(numbers(foreign.forward(tensor([1, 2], [1, 1, 2]))), [3, 5]);
  });
});
