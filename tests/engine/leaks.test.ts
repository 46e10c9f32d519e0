// Memory stays flat over many forwards and many layers, and dispose gives it back at once.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  Conv1d,
  Conv2d,
  ConvTranspose2d,
  functional,
  memoryUsage,
  type ResidentTensor,
  resident,
  tensor,
} from 'convnd';
import { matchTemplate } from 'convnd/match';
import { uniformFilter } from 'convnd/ndimage';
import { convolve } from 'convnd/signal';
import { forwardAsync } from 'convnd/threads';
import { backward, record, relu } from 'convnd/train';
import { Engine } from '#src/engine/engine.js';
import { heap } from '#src/engine/heap.js';
import { assertSame } from '../helpers/compare.js';
import { settle, settleUntil } from '../helpers/garbage.js';
import { integers } from '../helpers/numbers.js';

/** A layer that has run once on a small input. */
function used(): Conv2d {
  const layer = new Conv2d(3, 8, 3);
  layer.forward(tensor(integers(75, 1), [1, 3, 5, 5]));
  return layer;
}

/** Checks that what 10,000 calls leave behind is released, in wasm memory and in JavaScript's, when it is collected. */
async function assertReleased(call: () => unknown): Promise<void> {
  const batch = async (): Promise<void> => {
    for (let i = 0; i < 500; i++) call();
    await settleUntil(() => memoryUsage().live === before);
  };
  await settle();
  const before = memoryUsage().live;
  await batch();
  await batch();
  const [total, heap] = [memoryUsage().total, process.memoryUsage().heapUsed];
  for (let i = 0; i < 18; i++) await batch();
  const grown = () => process.memoryUsage().heapUsed - heap;
  await settleUntil(() => memoryUsage().live === before && grown() < 1_000_000);
  assert.equal(memoryUsage().live, before);
  assert.equal(memoryUsage().total, total);
  assert.ok(grown() < 1_000_000, `the heap grew by ${grown()} bytes`);
}

describe('memory', () => {
  it('stays flat over 100,000 forwards into the same tensor', async () => {
    const layer = new Conv2d(2, 3, 3, { padding: 1 });
    const up = new ConvTranspose2d(3, 2, 2, { stride: 2 });
    const x = tensor(integers(72, 2), [1, 2, 6, 6]);
    const middle = tensor(new Float32Array(108), [1, 3, 6, 6]);
    const out = tensor(new Float32Array(288), [1, 2, 12, 12]);
    const turn = (): void => {
      layer.forward(x, { out: middle });
      up.forward(middle, { out });
    };
    for (let i = 0; i < 2_000; i++) turn();
    await settle();
    const [wasm, heap] = [memoryUsage(), process.memoryUsage()];
    for (let i = 0; i < 50_000; i++) turn();
    const grown = () => process.memoryUsage().heapUsed - heap.heapUsed;
    const buffers = () => process.memoryUsage().arrayBuffers - heap.arrayBuffers;
    await settleUntil(() => grown() < 1_000_000 && buffers() < 1_000_000);
    assert.deepEqual(memoryUsage(), wasm);
    assert.ok(grown() < 1_000_000, `the heap grew by ${grown()} bytes`);
    assert.ok(buffers() < 1_000_000, `array buffers grew by ${buffers()} bytes`);
  });

  it('knows that a call is over, also where that lacked memory', async (t) => {
    const [layer, pointwise, x] = [used(), new Conv2d(3, 3, 1), tensor(integers(75, 1), [1, 3, 5, 5])];
    const wide = resident({ shape: [2, 8, 5, 5] });
    const signal = integers(500, 2);
    const calls: Record<string, () => unknown> = {
      forward: () => layer.forward(x),
      forwardAsync: () => forwardAsync(layer, x),
      tune: () => layer.tune([1, 3, 5, 5]),
      backward: () => record(() => relu(layer.forward(x, { activation: 'relu' }))).backward(layer.forward(x)),
      'gradients of channels': () => backward(pointwise, wide.channels(3, 3), { input: wide.channels(0, 3) }),
      pooling: () => functional.maxPool2d(x, 2),
      'a transform': () => convolve(signal, signal, { method: 'fft' }),
      'direct sums': () => convolve(signal, signal, { method: 'direct' }),
      scores: () => matchTemplate(signal, signal.subarray(0, 100)),
      'window sums': () => uniformFilter(signal, { size: 5 }),
    };
    const check = async (isLacking: boolean) => {
      let refused = 0;
      for (const [name, call] of Object.entries(calls)) {
        try {
          await call();
        } catch (error) {
          assert.ok(isLacking && error instanceof RangeError, `${name}: ${error}`);
          refused++;
        }
        assert.equal(heap().call, 0, `${name} goes on for ever`);
      }
      return refused;
    };
    // spectra are kept from the second call on
    for (let turn = 0; turn < 3; turn++) await check(false);
    const { live } = memoryUsage();
    await check(false);
    assert.equal(memoryUsage().live, live);
    t.mock.method(Engine.prototype, 'reserve', () => {
      throw new RangeError('not enough memory');
    });
    assert.ok((await check(true)) > 6);
    t.mock.reset();
    await check(false);
    assert.equal(memoryUsage().live, live);
  });

  it('stays flat over 10,000 inputs of other sizes', async () => {
    const layer = new Conv1d(2, 3, 3);
    const run = (from: number, to: number): void => {
      for (let i = from; i < to; i++) layer.forward(tensor(new Float32Array(2 * i), [1, 2, i]));
    };
    run(3, 1_000);
    await settle();
    const [wasm, heap] = [memoryUsage(), process.memoryUsage().heapUsed];
    for (let i = 0; i < 10; i++) run(3, 1_000);
    const grown = () => process.memoryUsage().heapUsed - heap;
    await settleUntil(() => grown() < 1_000_000);
    assert.equal(memoryUsage().live, wasm.live);
    assert.equal(memoryUsage().total, wasm.total);
    assert.ok(grown() < 1_000_000, `the heap grew by ${grown()} bytes`);
  });

  it('of 10,000 layers that ran and were dropped is released when they are collected', () =>
    assertReleased(used));

  it('of 10,000 layers that ran and were disposed of is used again', () => {
    used().dispose();
    const before = memoryUsage();
    for (let i = 0; i < 10_000; i++) used().dispose();
    assert.equal(memoryUsage().live, before.live);
    assert.equal(memoryUsage().total, before.total);
  });

  it('of 10,000 functionals with weights of their own is released when these are collected', () => {
    const x = tensor(integers(75, 5), [1, 3, 5, 5]);
    return assertReleased(() => functional.conv2d(x, tensor(new Float32Array(216), [8, 3, 3, 3])));
  });

  it('is released by dispose at once, and twice is not too often', () => {
    const before = memoryUsage().live;
    const layer = used();
    const held = memoryUsage().live - before;
    assert.ok(held >= 4 * 8 * 3 * 9, `${held} bytes for 216 weights`);
    layer.dispose();
    assert.equal(memoryUsage().live, before);
    layer.dispose();
    assert.equal(memoryUsage().live, before);
  });

  it('is taken again by a layer that runs after dispose', () => {
    const before = memoryUsage().live;
    const layer = used();
    const x = tensor(integers(75, 3), [1, 3, 5, 5]);
    const y = layer.forward(x);
    const held = memoryUsage().live;
    layer.dispose();
    assertSame(layer.forward(x).data, y.data, 'after dispose');
    assert.equal(memoryUsage().live, held);
    layer[Symbol.dispose]();
    assert.equal(memoryUsage().live, before);
  });

  it('does not grow when parameters change', () => {
    const layer = used();
    const x = tensor(integers(75, 4), [1, 3, 5, 5]);
    const held = memoryUsage();
    for (let i = 0; i < 1_000; i++) {
      layer.weight.data[i % 216] = i;
      layer.forward(x);
      if (i % 10 === 0) layer.loadStateDict(layer.stateDict());
    }
    assert.equal(memoryUsage().live, held.live);
    assert.equal(memoryUsage().total, held.total);
    layer.dispose();
  });

  it('does not grow when calls are refused', () => {
    const layer = used();
    const held = memoryUsage();
    for (let i = 0; i < 1_000; i++) {
      assert.throws(() => layer.forward(tensor(new Float32Array(100), [1, 4, 5, 5])), /to have 3 channels/);
    }
    assert.deepEqual(memoryUsage(), held);
    layer.dispose();
  });
});

describe('the memory of resident tensors', () => {
  it('is given back by dispose, and used again', () => {
    const make = (): ResidentTensor => resident({ shape: [100_000] });
    make().dispose();
    const { live, total } = memoryUsage();
    for (let i = 0; i < 10_000; i++) make().dispose();
    const held = make();
    assert.ok(memoryUsage().live >= live + 400_000, `${memoryUsage().live}`);
    held[Symbol.dispose]();
    assert.deepEqual([memoryUsage().live, memoryUsage().total], [live, total]);
  });

  it('is given back when they are collected', async () => {
    await settle();
    const before = memoryUsage().live;
    for (let round = 0; round < 20; round++) {
      for (let i = 0; i < 50; i++) resident({ shape: [1_000] }).data[0] = i;
      await settle();
    }
    await settleUntil(() => memoryUsage().live === before);
    assert.equal(memoryUsage().live, before);
  });

  it('holds what was put there while the tensor is reachable', async () => {
    const kept = Array.from({ length: 50 }, (_, i) => resident(tensor(integers(500, i), [500])));
    for (let round = 0; round < 5; round++) {
      for (let i = 0; i < 50; i++) resident({ shape: [500] }).data.fill(9);
      await settle(1);
    }
    for (const [i, each] of kept.entries()) assertSame(each.data, integers(500, i), `tensor ${i}`);
  });
});
