// The engine: nothing starts before it is used, a ready module is taken, and a worker has its own.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { Conv1d, init, memoryUsage, wasmModule } from 'convnd';
import { assertSame } from '../helpers/compare.js';

const bytes = readFileSync('dist/convnd.wasm');

describe('the engine', () => {
  it('does not start by import, nor by constructing layers', () => {
    new Conv1d(2, 3, 3);
    assert.deepEqual(memoryUsage(), { total: 0, live: 0, scratch: 0 });
  });

  it('refuses what is not its module', async () => {
    const empty = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
    // a custom section with the name and another version
    const older = Uint8Array.of(...empty, 0, 12, 6, ...Buffer.from('convnd'), ...Buffer.from('0.0.9'));
    for (const [options, message] of [
      [null, /^options must be an object like \{ module: ... \}, but got null \[init\]/],
      [5, /^options must be an object like \{ module: ... \}, but got 5 \[init\]/],
      [{ modul: 1 }, /^unexpected option 'modul', known are module, bytes, url, response \[init\]/],
      [{ module: undefined }, /expected one of .*, got module/],
      [{ bytes, url: 'convnd.wasm' }, /expected one of .*, got bytes, url/],
      [{ module: bytes }, /expected module to be a WebAssembly.Module/],
      [{ bytes: empty }, /expected the module of convnd \d+\.\d+\.\d+, got another one/],
      [{ bytes: older }, /expected the module of convnd \d+\.\d+\.\d+, got that of convnd 0\.0\.9/],
      [{ module: new WebAssembly.Module(older) }, /got that of convnd 0\.0\.9/],
    ] as const) {
      await assert.rejects(init(options as never), { name: 'TypeError', message });
    }
    assert.equal(memoryUsage().total, 0);
  });

  it('says what came instead of a module', async () => {
    await assert.rejects(init({ response: new Response('', { status: 404 }) }), /answered 404/);
    const html = new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } });
    await assert.rejects(init({ response: html }), /expected convnd.wasm at .*, got text\/html/);
    const broken = new Response(bytes.subarray(0, 1000), { headers: { 'content-type': 'application/wasm' } });
    await assert.rejects(init({ response: broken }), /could not start/);
    await assert.rejects(init({ url: new URL('file:///no/such/convnd.wasm') }), /ENOENT/);
    assert.equal(memoryUsage().total, 0);
  });

  it('starts with a ready module, once, before init returns', async () => {
    // of another realm, as an edge route of Next.js gets it
    const module: WebAssembly.Module = runInNewContext('new WebAssembly.Module(bytes)', { bytes });
    assert.ok(!(module instanceof WebAssembly.Module));
    const promise = init({ module, bytes: undefined });
    const layer = new Conv1d(1, 1, 2);
    layer.loadStateDict({ weight: [[[1, 2]]], bias: [3] });
    assertSame(layer.forward([[4, 5, 6]]).data, [17, 20], 'with a module');
    await promise;
    assert.equal(wasmModule(), module);
    await assert.rejects(init({ module }), /running/);
    await init();
    assertSame(layer.forward([[4, 5, 6]]).data, [17, 20], 'after a second init');
    const { total, live, scratch } = memoryUsage();
    assert.ok(live > 0 && live + scratch <= total, `${live} + ${scratch} of ${total}`);
  });

  it('imports its memory and nothing else, so that any host can run it', () => {
    const memory = { module: 'env', name: 'memory', kind: 'memory' };
    assert.deepEqual(WebAssembly.Module.imports(wasmModule()), [memory]);
  });

  it('runs in a worker, on a module that was sent to it', async () => {
    const code = `
      const { parentPort, workerData } = require('node:worker_threads');
      import('convnd').then(({ init, functional }) => {
        if (workerData) init({ module: workerData });
        parentPort.postMessage([...functional.conv1d([[1, 2, 3]], [[[1, 10]]]).data]);
      });`;
    for (const workerData of [undefined, wasmModule()]) {
      const worker = new Worker(code, { eval: true, workerData });
      const answer = await new Promise((resolve, reject) =>
        worker.once('message', resolve).once('error', reject),
      );
      assert.deepEqual(answer, [21, 32]);
      await worker.terminate();
    }
  });
});
