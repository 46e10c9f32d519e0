// The engine: nothing starts before it is used, a ready module is taken, and a worker has its own.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { Conv1d, init, memoryUsage, wasmBytes } from 'convnd';
import { assertSame } from './compare.js';

describe('the engine', () => {
  it('does not start by import, nor by constructing layers', () => {
    new Conv1d(2, 3, 3);
    assert.deepEqual(memoryUsage(), { total: 0, live: 0, scratch: 0 });
  });

  it('refuses what is not its module', () => {
    const empty = new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
    for (const options of [undefined, null, {}, { module: wasmBytes() }, { module: empty }]) {
      assert.throws(() => init(options as never), TypeError);
    }
    assert.equal(memoryUsage().total, 0);
  });

  it('starts with a ready module, once', () => {
    const module = new WebAssembly.Module(wasmBytes());
    init({ module });
    const layer = new Conv1d(1, 1, 2);
    layer.loadStateDict({ weight: [[[1, 2]]], bias: [3] });
    assertSame(layer.forward([[4, 5, 6]]).data, [17, 20], 'with a module');
    assert.throws(() => init({ module }), /running/);
    assertSame(layer.forward([[4, 5, 6]]).data, [17, 20], 'after a second init');
    const { total, live, scratch } = memoryUsage();
    assert.ok(live > 0 && live + scratch <= total, `${live} + ${scratch} of ${total}`);
  });

  it('has imports of no kind, so that any host can compile it', () => {
    assert.deepEqual(WebAssembly.Module.imports(new WebAssembly.Module(wasmBytes())), []);
  });

  it('runs in a worker, on a module that was sent to it', async () => {
    const code = `
      const { parentPort, workerData } = require('node:worker_threads');
      import('convnd').then(({ init, functional }) => {
        if (workerData) init({ module: workerData });
        parentPort.postMessage([...functional.conv1d([[1, 2, 3]], [[[1, 10]]]).data]);
      });`;
    for (const workerData of [undefined, new WebAssembly.Module(wasmBytes())]) {
      const worker = new Worker(code, { eval: true, workerData });
      const answer = await new Promise((resolve, reject) =>
        worker.once('message', resolve).once('error', reject),
      );
      assert.deepEqual(answer, [21, 32]);
      await worker.terminate();
    }
  });
});
