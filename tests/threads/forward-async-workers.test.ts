// forwardAsync on worker threads: the same bits, workers that are killed, and when they start and end.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { afterEach, describe, it } from 'node:test';
import { Conv2d, Conv3d, ConvTranspose2d } from 'convnd';
import { layersUseFft } from 'convnd/signal';
import { setNumThreads } from 'convnd/threads';
import { setWorkers } from '#src/threads/async-workers.js';
import { portionSizes } from '#src/threads/compute-async.js';
import { forwardAsync } from '#src/threads/forward-async.js';
import { newWorker, type WorkerLike } from '#src/threads/host.js';
import { sameThread } from '#src/threads/same-thread.js';
import { threadLine } from '#src/threads/thread-line.js';
import { type AnyLayer, assertSameBits, input, nextTask } from './async-calls.js';

const portions = { ...portionSizes };

afterEach(() => {
  Object.assign(portionSizes, portions);
  layersUseFft(false);
  setWorkers(3, sameThread);
});

describe('forwardAsync on workers', () => {
  const layer = new Conv2d(16, 16, 3, { padding: 1 });
  const x = input([1, 16, 90, 91]);
  const add = input([1, 16, 90, 91], 5);
  const wanted = layer.forward(x, { add, activation: 'gelu' });
  const call = () => forwardAsync(layer, x, { add, activation: 'gelu' });

  it('gives the bits of forward, while this thread goes on', async () => {
    Object.assign(portionSizes, { microseconds: 50 });
    setWorkers(2, threadLine(newWorker));
    for (const given of [
      layer,
      new Conv3d(2, 5, 3),
      new ConvTranspose2d(4, 8, 4, { stride: 2 }),
    ] as unknown as AnyLayer[]) {
      const own =
        given.kernelSize.length === 3 ? input([1, 2, 20, 30, 40]) : input([1, given.inChannels, 60, 70]);
      assertSameBits(await forwardAsync(given, own), given.forward(own), String(given));
    }
    let tasks = 0;
    const timer = setInterval(() => tasks++, 1);
    const big = new Conv2d(64, 64, 3);
    const much = input([1, 64, 200, 200]);
    const got = await forwardAsync(big, much);
    clearInterval(timer);
    assert.ok(tasks > 0, 'another task ran meanwhile');
    assertSameBits(got, big.forward(much), 'a large layer');
  });

  it('computes again what a killed worker had begun, and goes on with another', async () => {
    Object.assign(portionSizes, { microseconds: 10 });
    const workers: WorkerLike[] = [];
    setWorkers(
      2,
      threadLine(() => {
        workers.push(newWorker());
        return workers[workers.length - 1];
      }),
    );
    assertSameBits(await call(), wanted, 'before');
    const calls = [call(), call(), call()];
    await nextTask();
    workers[0].terminate();
    for (const got of await Promise.all(calls)) assertSameBits(got, wanted, 'meanwhile');
    workers[1].terminate();
    await nextTask();
    assertSameBits(await call(), wanted, 'afterwards');
    assert.ok(workers.length > 2);
  });

  it('ends what it began where the number of threads changes', async () => {
    Object.assign(portionSizes, { microseconds: 10 });
    setWorkers(2, threadLine(newWorker));
    const calls = [call(), call()];
    setWorkers(1, threadLine(newWorker));
    await nextTask();
    setWorkers(3, sameThread);
    for (const got of await Promise.all(calls)) assertSameBits(got, wanted, 'in between');
  });

  it('takes as many as setNumThreads says, and its workers, also where it changes meanwhile', async () => {
    Object.assign(portionSizes, { microseconds: 10 });
    setWorkers(0, sameThread);
    let made = 0;
    const worker = () => {
      made++;
      return newWorker();
    };
    assert.equal(await setNumThreads(3, { worker }), 3);
    assert.equal(made, 2);
    assertSameBits(await call(), wanted, 'beside threads in shared memory');
    assert.equal(made, 5);
    const calls = [call(), call()];
    assert.equal(await setNumThreads(1, { worker }), 1);
    for (const got of await Promise.all(calls)) assertSameBits(got, wanted, 'meanwhile');
    assertSameBits(await call(), layer.forward(x, { add, activation: 'gelu' }), 'afterwards');
    assert.ok(made >= 6);
  });

  it('is done where setNumThreads comes after the layer was disposed of, and the program ends', () => {
    const program = `
      import { Conv2d, tensor } from 'convnd';
      import { forwardAsync, setNumThreads } from 'convnd/threads';
      const conv = new Conv2d(8, 8, 3);
      const x = tensor(new Float32Array(8 * 600 * 600).fill(1), [1, 8, 600, 600]);
      const wanted = conv.forward(x);
      await setNumThreads(2);
      await forwardAsync(conv, x);
      const call = forwardAsync(conv, x);
      conv.dispose();
      await setNumThreads(3);
      const y = await call;
      console.log(Buffer.compare(Buffer.from(y.data.buffer), Buffer.from(wanted.data.buffer)));`;
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', program], { timeout: 600_000 });
    assert.equal(String(said).trim(), '0');
  });

  it('starts its workers by itself, holds the program until it is done, and no longer', () => {
    const program = `
      import { Conv2d, tensor } from 'convnd';
      import { forwardAsync } from 'convnd/threads';
      const conv = new Conv2d(8, 8, 3);
      const x = tensor(new Float32Array(8 * 300 * 300).fill(1), [1, 8, 300, 300]);
      const y = await forwardAsync(conv, x);
      console.log(Buffer.compare(Buffer.from(y.data.buffer), Buffer.from(conv.forward(x).data.buffer)));`;
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', program], { timeout: 600_000 });
    assert.equal(String(said).trim(), '0');
  });
});
