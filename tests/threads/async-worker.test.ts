// AsyncWorker, which keeps weights in the memory of a worker of forwardAsync, and the buffers that are sent to it.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { wasmModule } from 'convnd';
import { AsyncWorker, type Connect, LostWorker } from '#src/threads/async-worker.js';
import { giveBuffer, takeBuffer } from '#src/threads/buffers.js';
import { OwnMemory } from '#src/threads/work-request.js';

describe('an async worker', () => {
  const MB = 2 ** 20;
  const idle: Connect = () => ({ send: () => {}, hold: () => {}, end: () => {} });
  const weights = (id: number, bytes: number) => ({ id, bytes, numbers: () => new Float32Array(1) });
  const none = new Set<number>();

  it('keeps 128 MiB of weights beside those that calls need, and gives up those not used for longest', () => {
    const worker = new AsyncWorker(idle, () => {});
    const kept = () => [1, 2, 3, 4, 5].filter((id) => worker.has(weights(id, 0)));
    for (const id of [1, 2, 3]) worker.weights(weights(id, 50 * MB), none);
    assert.deepEqual(kept(), [1, 2, 3]);
    worker.weights(weights(1, 50 * MB), none);
    worker.weights(weights(4, 50 * MB), none);
    assert.deepEqual(kept(), [1, 3, 4]);
    worker.weights(weights(5, 50 * MB), new Set([3]));
    assert.deepEqual(kept(), [3, 4, 5]);
    worker.room(MB, new Set([3, 4, 5]));
    assert.deepEqual(kept(), [3, 4, 5]);
    assert.throws(() => worker.room(4096 * MB, none), /^RangeError: not enough memory: 4294967296 bytes/);
    assert.deepEqual(kept(), []);
    const room = worker.room(MB, none);
    const other = worker.weights(weights(6, 400 * MB), none);
    assert.ok(room + MB <= other || room >= other + 400 * MB, 'the old room was given back');
    worker.end();
  });

  it('that has ended is asked for nothing', async () => {
    const worker = new AsyncWorker(idle, () => {});
    worker.end();
    await assert.rejects(worker.do({ bytes: 0, writes: [], calls: [] }, [], 0), LostWorker);
    assert.equal(worker.load, 0);
  });

  it('answers with what went wrong', () => {
    const own = new OwnMemory(wasmModule());
    const request = { id: 7, bytes: 0, writes: [], calls: [] };
    assert.deepEqual(own.do(request), { id: 7 });
    const full = own.do({ ...request, bytes: 2 ** 33 });
    assert.deepEqual([full.id, full.isFull, typeof full.error], [7, true, 'string']);
    const failed = own.do({ ...request, calls: [['gemm', -1, -1, 0, 1]] });
    assert.deepEqual([failed.id, failed.isFull, typeof failed.error], [7, undefined, 'string']);
  });
});

describe('buffers of numbers on their way', () => {
  it('are used again, the smallest that is large enough, and 64 MiB of them are kept', () => {
    const MB = 2 ** 20;
    for (const size of [40, 20, 1, 2]) giveBuffer(new ArrayBuffer(size * MB));
    giveBuffer(new ArrayBuffer(0));
    giveBuffer(undefined);
    giveBuffer(new ArrayBuffer(3 * MB));
    const taken = [2, 2, 19, 30].map((size) => takeBuffer(size * MB - 1).byteLength / MB);
    assert.deepEqual(taken, [2, 3, 20, 30], 'the one of 40 was the oldest of 66');
    assert.equal(takeBuffer(MB).byteLength, MB);
  });
});
