// Objects with private fields work in the state of frameworks that wrap plain objects in proxies.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Conv1d, resident } from 'convnd';
import { FirFilter } from 'convnd/signal';
import { mseLoss, record, SGD, StepLR } from 'convnd/train';

/** A deep proxy like that of Vue's `reactive`, which decides by the name that Object.prototype.toString gives. */
function reactive<T>(value: T): T {
  const isWrapped = ['[object Object]', '[object Array]'].includes(Object.prototype.toString.call(value));
  if (!isWrapped) return value;
  return new Proxy(value as object, {
    get: (target, key, receiver) => reactive(Reflect.get(target, key, receiver)),
  }) as T;
}

it('layers, parameters, resident tensors, filters, losses, optimizers and schedulers work in reactive state', () => {
  const layer = new Conv1d(1, 1, 2, { bias: false });
  layer.weight = [[[1, 10]]];
  const optimizer = new SGD(layer.parameters(), { lr: 1 });
  const state = reactive({
    layers: [layer],
    parameter: layer.weight,
    x: resident({ data: [1, 2, 3], shape: [1, 3] }),
    filter: new FirFilter([1, 2]),
    optimizer,
    schedule: new StepLR(optimizer, 1),
    loss: record(() => mseLoss(layer.forward([[1, 2, 3]]), [[20, 31]])),
  });
  assert.deepEqual([...state.layers[0].forward(state.x).data], [21, 32]);
  assert.deepEqual([...state.parameter.data], [1, 10]);
  assert.deepEqual([...state.filter.process(new Float32Array([1, 1]))], [1, 3]);
  state.loss.backward();
  state.optimizer.step();
  state.schedule.step();
  // both outputs are one too large, so their gradients are 1, and that of a tap is the sum of its inputs: 1 + 2 and 2 + 3
  assert.deepEqual([...layer.weight.data], [1 - 3, 10 - 5]);
  assert.deepEqual(state.schedule.getLastLr(), [0.1]);
});
