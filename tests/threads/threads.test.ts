// Threads: the same numbers on any number of them, and who answers for what.

import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { after, describe, it } from 'node:test';
import {
  Conv1d,
  Conv2d,
  Conv3d,
  ConvTranspose2d,
  manualSeed,
  memoryUsage,
  type ResidentTensor,
  resident,
  tensor,
} from 'convnd';
import { convolve, FirFilter } from 'convnd/signal';
import { forwardAsync, getNumThreads, setNumThreads } from 'convnd/threads';
import { Engine } from '#src/engine/engine.js';
import { heap } from '#src/engine/heap.js';
import { runningPool } from '#src/threads/running-pool.js';
import { assertSame } from '../helpers/compare.js';
import { reals } from '../helpers/numbers.js';
import { product } from '../reference/reference.js';
import { takeNoLeave } from './late-threads.js';

const random = (shape: number[], seed: number) => tensor(reals(product(shape), seed), shape);

manualSeed(1);
const layers = [
  { layer: new Conv2d(64, 64, 3, { padding: 1 }), x: random([1, 64, 56, 56], 1) },
  { layer: new Conv2d(64, 256, 1), x: random([1, 64, 40, 40], 2) },
  { layer: new Conv2d(3, 64, 7, { stride: 2, padding: 3 }), x: random([1, 3, 96, 96], 3) },
  { layer: new Conv2d(32, 32, 3, { padding: 1, groups: 32 }), x: random([1, 32, 112, 112], 4) },
  { layer: new Conv1d(64, 64, 5, { dilation: 2 }), x: random([2, 64, 500], 5) },
  { layer: new Conv3d(5, 5, 3, { padding: 2, dilation: 2 }), x: random([1, 5, 30, 30, 30], 6) },
  { layer: new ConvTranspose2d(64, 32, 4, { stride: 2, padding: 1 }), x: random([1, 64, 24, 24], 7) },
];

describe('threads', () => {
  takeNoLeave();
  const alone = layers.map(({ layer, x }) => layer.forward(x).data);
  const kept = resident(layers[0].x);
  const signal = reals(5000, 8);
  const taps = reals(300, 9);
  const sums = convolve(signal, taps);
  after(() => setNumThreads(1));

  it('gives the same bits for any number of them, and says how many there are', async () => {
    assert.equal(getNumThreads(), 1);
    for (const count of [2, 3, 1, 4, 7, 8]) {
      assert.equal(await setNumThreads(count), count);
      assert.equal(getNumThreads(), count);
      for (let turn = 0; turn < 3; turn++)
        for (const [i, { layer, x }] of layers.entries())
          assert.deepEqual(layer.forward(x).data, alone[i], `${layer} on ${count} threads`);
    }
    assert.ok(
      runningPool.current!.pool.taken.some((chunks) => chunks > 0),
      'another thread took a chunk',
    );
  });

  it('knows of outputs that are not finite, whichever thread they were computed by', async () => {
    const { layer, x } = layers[0];
    const nan = tensor(x.data.slice(), x.shape);
    nan.data[nan.data.length - 1] = Number.NaN;
    await setNumThreads(1);
    const wanted = layer.forward(nan).data;
    assert.equal(await setNumThreads(2), 2);
    const taken = () => runningPool.current!.pool.taken[0];
    for (const before = taken(); taken() < before + 20; ) {
      assert.deepEqual(layer.forward(nan).data, wanted);
      assert.deepEqual(layer.forward(x).data, alone[0], 'nothing is left of it');
    }
  });

  it('leaves what was there before: layers, resident tensors, other modules', async () => {
    assert.equal(await setNumThreads(2), 2);
    assert.deepEqual(layers[0].layer.forward(kept).data, alone[0]);
    assert.deepEqual(convolve(signal, taps), sums);
    assert.ok(heap().memory.buffer instanceof SharedArrayBuffer);
    const { live } = memoryUsage();
    for (const count of [1, 2]) await setNumThreads(count);
    layers[0].layer.forward(kept);
    assert.ok(memoryUsage().live <= live, 'workspaces are given back');
  });

  it('gives workspaces back, also those that became too small', async () => {
    await setNumThreads(1);
    const { live } = memoryUsage();
    assert.equal(await setNumThreads(2), 2);
    for (const { layer, x } of layers.toReversed()) layer.forward(x);
    assert.ok(memoryUsage().live > live);
    await setNumThreads(1);
    assert.equal(memoryUsage().live, live);
  });

  it('divides layers whose entries need no area of a workspace, whether or not others came first', async () => {
    await setNumThreads(1);
    const layer = new Conv2d(16, 32, 2, { stride: 2 });
    const x = random([1, 16, 256, 256], 11);
    const wanted = layer.forward(x).data;
    assert.equal(await setNumThreads(2), 2);
    const { live } = memoryUsage();
    assert.deepEqual(layer.forward(x).data, wanted);
    assert.ok(memoryUsage().live > live, 'the other thread has a workspace');
    const { pool } = runningPool.current!;
    for (let call = 0; call < 1000 && pool.taken[0] === 0; call++)
      assert.deepEqual(layer.forward(x).data, wanted);
    assert.ok(pool.taken[0] > 0, 'the other thread took a chunk');
  });

  it('leaves calls on one thread where memory for workspaces lacks, and lets errors pass', async (t) => {
    assert.equal(await setNumThreads(2), 2);
    const { allocate } = Engine.prototype;
    t.mock.method(
      Engine.prototype,
      'allocate',
      function (this: Engine, ...given: Parameters<typeof allocate>) {
        if (given[1] === 'the workspaces of threads') throw new RangeError('not enough memory');
        return allocate.apply(this, given);
      },
    );
    for (const [i, { layer, x }] of layers.entries()) assert.deepEqual(layer.forward(x).data, alone[i]);
    assert.deepEqual(runningPool.current!.pool.taken, [0]);
    t.mock.reset();
    t.mock.method(Engine.prototype, 'reserve', () => {
      throw new RangeError('not enough memory: on purpose');
    });
    const { current } = runningPool;
    assert.throws(() => layers[0].layer.forward(layers[0].x), /on purpose/);
    t.mock.reset();
    assert.equal(runningPool.current, current, 'no thread was lost');
    assert.deepEqual(layers[0].layer.forward(layers[0].x).data, alone[0]);
  });

  it('knows what shares numbers, also by a view from before shared memory grew', async () => {
    assert.equal(await setNumThreads(2), 2);
    const layer = new Conv2d(1, 1, 3, { padding: 1 });
    // several blocks, of which later ones would read what earlier ones wrote
    const x = random([1, 1, 1200, 1000], 10);
    const wanted = layer.forward(x).data;
    const [kept, both] = [resident(x), resident({ shape: [1, 2, 1200, 1000] })];
    const views = [kept.data, both.data];
    const made: ResidentTensor[] = [];
    const { total } = memoryUsage();
    while (memoryUsage().total === total) made.push(resident({ shape: [1 << 20] }));
    const [view, other] = views;
    assert.notEqual(view.buffer, kept.data.buffer);
    assert.equal(layer.forward(tensor(view, x.shape), { out: kept }), kept);
    assert.deepEqual(kept.data, wanted, 'a view as input');
    kept.data.set(x.data);
    layer.forward(kept, { out: tensor(view, x.shape) });
    assert.deepEqual(kept.data, wanted, 'a view as output');
    const add = tensor(other.subarray(500, 1_200_500), x.shape);
    assert.throws(
      () => layer.forward(x, { out: both.channels(0, 1), add }),
      /^RangeError: add: overlaps a part/,
    );
    assert.throws(
      () =>
        convolve(other.subarray(0, 400), taps, {
          mode: 'same',
          out: { data: both.data.subarray(9, 409), shape: [400] },
        }),
      /shares memory/,
    );
    assert.throws(
      () => new FirFilter(taps).process(other.subarray(0, 100), { out: both.data.subarray(1, 101) }),
      /shares memory/,
    );
    for (const each of [kept, both, ...made]) each.dispose();
  });

  it('starts a thread for each core, at most 8, and at most 64 where a number is given', async () => {
    let made = 0;
    const worker = () => {
      made++;
      throw new Error('no worker here');
    };
    for (const [count, threads] of [
      [undefined, Math.min(availableParallelism(), 8)],
      [3, 3],
      [64, 64],
      [1000, 64],
    ] as const) {
      made = 0;
      assert.equal(await setNumThreads(count, { worker }), 1);
      assert.equal(made, threads - 1, `${count}`);
    }
    await setNumThreads(1);
  });

  it('refuses what is no number of threads', async () => {
    await assert.rejects(setNumThreads(0), {
      name: 'RangeError',
      message: 'expects a positive integer, but got 0 [setNumThreads]',
    });
    await assert.rejects(setNumThreads(1.5), {
      name: 'TypeError',
      message: 'the number of threads must be an integer, but got 1.5 [setNumThreads]',
    });
    await assert.rejects(
      setNumThreads(2, { workers: 1 } as never),
      /^TypeError: unexpected option 'workers'/,
    );
    await assert.rejects(setNumThreads(2, { worker: 3 } as never), {
      name: 'TypeError',
      message: 'worker: expected a function, but got 3 [setNumThreads]',
    });
    const sent = { postMessage: () => {}, terminate: () => {} };
    for (const [made, name] of [
      [null, 'null'],
      [{}, 'an object of class Object'],
      [sent, 'an object of class Object'],
      [Promise.resolve(sent), 'an object of class Promise'],
    ] as const) {
      const wrong = {
        name: 'TypeError',
        message: `worker: expected a function that returns a Worker, but it returned ${name} [setNumThreads]`,
      };
      await assert.rejects(setNumThreads(2, { worker: () => made as never }), wrong);
      assert.equal(getNumThreads(), 1);
      const layer = new Conv2d(16, 16, 3);
      const x = tensor(reals(16 * 64 * 64, 5), [16, 64, 64]);
      assertSame((await forwardAsync(layer, x)).data, layer.forward(x).data, `after ${name}`);
      // one thread needs no worker, so that only forwardAsync sees what the function returns
      await setNumThreads(1, { worker: () => made as never });
      await assert.rejects(forwardAsync(layer, x), wrong);
    }
    await setNumThreads(1);
  });
});
