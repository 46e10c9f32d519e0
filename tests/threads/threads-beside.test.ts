// Threads beside one another: two copies of the library in one program, and a worker that asks for threads of its own.

import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import * as convnd from 'convnd';
import * as threads from 'convnd/threads';

const folder = mkdtempSync(join(tmpdir(), 'convnd-'));
const copy = pathToFileURL(join(folder, 'dist/')).href;
cpSync(new URL('../../../dist', import.meta.url).pathname, join(folder, 'dist'), { recursive: true });

/** A layer's output, in whichever copy. */
function outputOf({ Conv2d, manualSeed, tensor }: typeof convnd): Float32Array {
  manualSeed(7);
  const layer = new Conv2d(32, 48, 3, { padding: 1 });
  const x = Float32Array.from({ length: 32 * 60 * 60 }, (_, i) => (i % 17) / 16 - 0.5);
  return layer.forward(tensor(x, [1, 32, 60, 60])).data as Float32Array;
}

const alone = outputOf(convnd);

describe('threads beside one another', () => {
  after(async () => {
    await threads.setNumThreads(1);
    rmSync(folder, { recursive: true });
  });

  it('serve two copies of the library, each its own', async () => {
    const other: typeof convnd = await import(`${copy}index.js`);
    const otherThreads: typeof threads = await import(`${copy}threads.js`);
    assert.notEqual(other.Conv2d, convnd.Conv2d);
    assert.equal(await threads.setNumThreads(3), 3);
    assert.equal(otherThreads.getNumThreads(), 1);
    assert.equal(await otherThreads.setNumThreads(2), 2);
    assert.equal(threads.getNumThreads(), 3);
    for (let turn = 0; turn < 5; turn++)
      for (const library of [convnd, other]) assert.deepEqual(outputOf(library), alone);
    await otherThreads.setNumThreads(1);
    assert.equal(threads.getNumThreads(), 3);
    assert.deepEqual(outputOf(convnd), alone);
    assert.deepEqual(outputOf(other), alone);
  });

  it('are started by a worker too', async () => {
    const text = `
      const { parentPort } = require('node:worker_threads');
      (async () => {
        const convnd = await import('${copy}index.js');
        const threads = await import('${copy}threads.js');
        const count = await threads.setNumThreads(3);
        ${outputOf}
        const outputs = [outputOf(convnd), outputOf(convnd)];
        parentPort.postMessage({ count, outputs });
      })();
    `;
    const worker = new Worker(text, { eval: true });
    const ended = new Promise((resolve) => worker.on('exit', resolve));
    const { count, outputs } = await new Promise<{ count: number; outputs: Float32Array[] }>(
      (resolve, reject) => {
        worker.on('message', resolve);
        worker.on('error', reject);
      },
    );
    assert.equal(count, 3);
    for (const output of outputs) assert.deepEqual(output, alone);
    // its threads do not hold it
    assert.equal(await ended, 0);
  });
});
