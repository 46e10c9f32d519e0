// forwardAsync where workers cannot be started, fail, are lost or are ended. Its workers run on this thread.

import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { Conv2d, tensor } from 'convnd';
import type { Connect } from '#src/threads/async-worker.js';
import { needed, setWorkers } from '#src/threads/async-workers.js';
import { portionSizes } from '#src/threads/compute-async.js';
import { forwardAsync } from '#src/threads/forward-async.js';
import { sameThread } from '#src/threads/same-thread.js';
import type { Result } from '#src/threads/work-request.js';
import { assertSameBits, counted, dying, input, nextTask } from './async-calls.js';

const portions = { ...portionSizes };

afterEach(() => {
  Object.assign(portionSizes, portions);
  setWorkers(3, sameThread);
});

describe('forwardAsync', () => {
  it('computes again what a lost worker had to compute, and says so where all are lost', async () => {
    Object.assign(portionSizes, { microseconds: 0.1 });
    const layer = new Conv2d(2, 3, 3);
    const x = input([1, 2, 80, 80]);
    const wanted = layer.forward(x);
    const deaths = { left: 0 };
    setWorkers(3, dying(deaths));
    await forwardAsync(layer, x);
    for (const left of [1, 2]) {
      deaths.left = left;
      assertSameBits(await forwardAsync(layer, x), wanted, `${left} deaths`);
    }
    deaths.left = 1e9;
    await assert.rejects(forwardAsync(layer, x), /a worker ended before it was done/);
    deaths.left = 0;
    assertSameBits(await forwardAsync(layer, x), wanted, 'afterwards');
  });

  it('says what a worker could not do, and goes on with another', async () => {
    const layer = new Conv2d(2, 3, 3);
    const x = input([1, 2, 80, 80]);
    const answers: Omit<Result, 'id'>[] = [
      { error: 'RangeError: no', isFull: true },
      { error: 'unreachable' },
    ];
    let ended = 0;
    setWorkers(1, (hear, lost) => {
      const line = sameThread(hear, lost);
      return {
        ...line,
        end: () => ended++,
        send: (request, transfer) => {
          const answer = request.read && answers.shift();
          if (answer) setTimeout(() => hear({ id: request.id, ...answer }), 0);
          else line.send(request, transfer);
        },
      };
    });
    await assert.rejects(forwardAsync(layer, x), {
      name: 'RangeError',
      message: /^not enough memory: \d+ bytes of WebAssembly memory for a worker$/,
    });
    assert.equal(ended, 1, 'whatever lies in its memory');
    await assert.rejects(forwardAsync(layer, x), { message: 'a worker failed: unreachable' });
    assert.equal(ended, 2);
    assertSameBits(await forwardAsync(layer, x), layer.forward(x), 'afterwards');
    assert.equal(needed.size, 0);
  });

  it('computes on this thread where no other can be started', async () => {
    const layer = new Conv2d(2, 3, 3);
    const x = input([1, 2, 80, 80]);
    const forbidden: Connect = () => {
      throw new Error('no workers here');
    };
    const refusing: Connect = (_, lost) => {
      setTimeout(lost, 1);
      return { send: () => {}, hold: () => {}, end: () => {} };
    };
    for (const connect of [forbidden, refusing]) {
      setWorkers(3, connect);
      for (let i = 0; i < 2; i++) assertSameBits(await forwardAsync(layer, x), layer.forward(x), 'here');
      setWorkers(3, connect);
      const other = new Conv2d(2, 3, 3);
      const wanted = other.forward(x);
      const call = forwardAsync(other, x);
      other.dispose();
      assertSameBits(await call, wanted, 'disposed of');
    }
  });

  it('keeps its workers where their number and the layer change meanwhile, and ends them then', async () => {
    Object.assign(portionSizes, { microseconds: 0.1 });
    const x = input([1, 6, 80, 80]);
    const changes = [
      (layer: Conv2d) => layer.dispose(),
      (layer: Conv2d) => {
        layer.weight = tensor(new Float32Array(6 * 9 * 9), [9, 6, 3, 3]);
        layer.forward(x);
      },
    ];
    for (const change of changes) {
      for (const before of [0, 1]) {
        const [old, young] = [
          { started: 0, ended: 0 },
          { started: 0, ended: 0 },
        ];
        setWorkers(2, counted(old));
        const layer = new Conv2d(6, 9, 3, { padding: 1 });
        const wanted = layer.forward(x);
        for (let i = 0; i < before; i++) await forwardAsync(layer, x);
        const ends: number[] = [];
        const calls = [1, 2].map(() => forwardAsync(layer, x, { progress: () => ends.push(old.ended) }));
        change(layer);
        setWorkers(3, counted(young));
        assertSameBits(await calls[0], wanted, `${before} calls before`);
        assertSameBits(await calls[1], wanted, `${before} calls before`);
        assert.ok(ends.length > 4 && ends.every((n) => n === 0));
        await nextTask();
        assert.deepEqual([old, young.started], [{ started: 2, ended: 2 }, 0]);
        assert.equal(needed.size, 0);
      }
    }
  });

  it('ends workers out of service whose call was given up', async () => {
    Object.assign(portionSizes, { microseconds: 0.1 });
    const count = { started: 0, ended: 0 };
    setWorkers(2, counted(count));
    const control = new AbortController();
    const call = forwardAsync(new Conv2d(2, 3, 3), input([1, 2, 80, 80]), { signal: control.signal });
    setWorkers(3, sameThread);
    control.abort();
    await assert.rejects(call, { name: 'AbortError' });
    for (let i = 0; i < 10; i++) await nextTask();
    assert.deepEqual(count, { started: 2, ended: 2 });
  });

  it('survives lost workers after the layer changed, but for all of those that an earlier call sent weights', async () => {
    Object.assign(portionSizes, { microseconds: 0.1 });
    const x = input([1, 2, 80, 80]);
    for (const { workers, before, left, breaks } of [
      { workers: 1, before: false, left: 1, breaks: false },
      { workers: 3, before: false, left: 2, breaks: false },
      { workers: 3, before: true, left: 2, breaks: false },
      { workers: 1, before: true, left: 1, breaks: true },
      { workers: 2, before: true, left: 2, breaks: true },
    ]) {
      const layer = new Conv2d(2, 3, 3);
      const wanted = layer.forward(x);
      const deaths = { left: 0 };
      setWorkers(workers, dying(deaths));
      await forwardAsync(before ? layer : new Conv2d(2, 3, 3), x);
      deaths.left = left;
      const call = forwardAsync(layer, x);
      layer.dispose();
      if (breaks) await assert.rejects(call, /a worker was lost, and its weights cannot be sent again/);
      else assertSameBits(await call, wanted, `${left} of ${workers} lost, ${before}`);
      assert.equal(needed.size, 0);
    }
  });

  it('holds no weights for a call that could not begin', async () => {
    const layer = new Conv2d(2, 3, 3);
    const x = input([1, 2, 80, 80]);
    const throws = () => {
      throw new Error('not begun');
    };
    const signal = Object.assign(new AbortController().signal, { addEventListener: throws });
    await assert.rejects(forwardAsync(layer, x, { signal }), /not begun/);
    portionSizes.each = { valueOf: throws } as never;
    await assert.rejects(forwardAsync(layer, x), /not begun/);
    assert.equal(needed.size, 0);
  });
});
