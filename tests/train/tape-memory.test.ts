// The memory of a record: when it is freed.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Conv1d, ConvTranspose1d, memoryUsage, ResidentTensor, type Tensor } from 'convnd';
import { cat, mseLoss, narrow, record, relu, tanh } from 'convnd/train';
import { heap } from '#src/engine/heap.js';
import { settleUntil } from '../helpers/garbage.js';
import { refused } from '../helpers/refusal.js';
import { conv, filled, g, grads, numbers, whole, x } from './taped.js';

describe('the memory of a record', () => {
  it('is given back by backward, but for what was read', () => {
    const layer = conv();
    let read: Tensor | undefined;
    let unread: Tensor | undefined;
    const before = memoryUsage().live;
    const y = record(() => {
      unread = layer.forward(x);
      read = tanh(unread);
      return relu(read);
    });
    const kept = numbers(read!);
    y.backward(g);
    assert.deepEqual(numbers(read), kept);
    assert.throws(() => unread!.data, /dispose of its record freed it, because its data was not read/);
    assert.throws(() => tanh(unread!), /backward or dispose of its record freed it/);
    // what the layer's plans take
    const plans = memoryUsage().live - before;
    for (let i = 0; i < 3; i++) record(() => relu(tanh(layer.forward(x)))).backward(g);
    assert.equal(memoryUsage().live - before, plans);
  });

  it('is given back by dispose, as where a batch is skipped', () => {
    const layer = conv();
    const first = record(() => relu(layer.forward(x)));
    first.dispose();
    // what the layer's plans take
    const { live } = memoryUsage();
    for (let i = 0; i < 3; i++) {
      let inner: Tensor | undefined;
      using y = record(() => relu((inner = layer.forward(x))));
      assert.ok(memoryUsage().live > live);
      y.dispose();
      assert.equal(memoryUsage().live, live);
      assert.throws(() => inner!.data, /or dispose of its record freed it, because its data was not read/);
      assert.equal(y.data.length, 72);
    }
    refused(() => first.backward(g), /Trying to backward through the graph a second time/, 'disposed');
    assert.deepEqual(grads(layer), [null, null]);
  });

  it('is given back where the function throws', () => {
    const layer = conv();
    layer.forward(x);
    const { live } = memoryUsage();
    const mine = () => {
      tanh(layer.forward(x));
      throw new Error('mine');
    };
    for (let i = 0; i < 3; i++) assert.throws(() => record(mine), /mine/);
    assert.equal(memoryUsage().live, live);
  });

  it('is the same after many steps', () => {
    const [lower, upper] = [
      filled(new Conv1d(1, 2, 3, { padding: 1 })),
      filled(new ConvTranspose1d(2, 1, 1)),
    ];
    const input = whole([1, 8], 3);
    const step = () => {
      const loss = record(() =>
        mseLoss(
          narrow(cat([tanh(upper.forward(lower.forward(input, { activation: 'relu' }))), input], 0), 0, 0, 1),
          [[1, 1, 1, 1, 1, 1, 1, 1]],
        ),
      );
      loss.backward();
    };
    for (let i = 0; i < 10; i++) step();
    const { live, total } = memoryUsage();
    for (let i = 0; i < 1000; i++) step();
    assert.deepEqual([memoryUsage().live, memoryUsage().total], [live, total]);
  });

  it('is let go where results and parts of it are kept', async () => {
    const layer = conv();
    const kept: unknown[] = [];
    const given: WeakRef<Tensor>[] = [];
    for (let i = 0; i < 5; i++) {
      const input = whole([2, 3, 9], i);
      given.push(new WeakRef(input));
      const y = record(() => {
        const hidden = layer.forward(input);
        kept.push(hidden, hidden.data);
        return tanh(hidden);
      });
      y.backward(g);
      kept.push(y);
    }
    const left = (): number => given.filter((reference) => reference.deref()).length;
    await settleUntil(() => left() === 0);
    assert.equal(left(), 0);
    assert.equal(kept.length, 15);
  });

  it('and its gradients lie elsewhere where wasm memory lacks', (t) => {
    const layer = conv();
    const step = () => {
      layer.zeroGrad();
      let hidden: Tensor | undefined;
      record(() => {
        hidden = layer.forward(x);
        return tanh(hidden);
      }).backward(g);
      return { hidden, grads: grads(layer) };
    };
    const wanted = step();
    assert.ok(wanted.hidden instanceof ResidentTensor);
    const engine = Object.getPrototypeOf(heap());
    const { allocate } = engine;
    let refusals = 0;
    t.mock.method(engine, 'allocate', function (this: unknown, ...[bytes, purpose, beyond]: unknown[]) {
      const what = typeof purpose === 'function' ? purpose() : purpose;
      if (!/resident tensor/.test(what)) return allocate.call(this, bytes, purpose, beyond);
      refusals++;
      throw new RangeError('not enough memory');
    });
    const got = step();
    assert.ok(refusals > 2, `${refusals}`);
    assert.ok(!(got.hidden instanceof ResidentTensor));
    assert.deepEqual(got.grads, wanted.grads);
  });

  it('lies elsewhere where much is taken', (t) => {
    const layer = conv();
    const usage = { ...memoryUsage(), live: 2 ** 31 };
    t.mock.getter(Object.getPrototypeOf(heap()), 'usage', () => usage);
    let hidden: Tensor | undefined;
    const y = record(() => {
      hidden = layer.forward(x);
      return tanh(hidden);
    });
    assert.ok(!(hidden instanceof ResidentTensor));
    y.backward(g, { retain: true });
    const once = grads(layer);
    layer.zeroGrad();
    hidden!.data[0]++;
    refused(() => y.backward(g), /modified by an inplace operation/, 'a plain tensor');
    t.mock.reset();
    record(() => tanh(layer.forward(x))).backward(g);
    assert.deepEqual(grads(layer), once);
  });
});
