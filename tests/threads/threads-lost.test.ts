// Lost threads: whatever becomes of a thread, a call ends with the same bits or with an error that says so, and the library works on.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, describe, it } from 'node:test';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { Conv2d, manualSeed, resident, tensor } from 'convnd';
import { getNumThreads, setNumThreads } from 'convnd/threads';
import { heap } from '#src/engine/heap.js';
import { runningPool } from '#src/threads/running-pool.js';
import { source } from '#src/threads/source.js';
import { differingPlace } from '../helpers/bits.js';
import { reals } from '../helpers/numbers.js';
import { faultyWorker, takeNoLeave } from './late-threads.js';

manualSeed(1);
const layer = new Conv2d(64, 64, 3, { padding: 1 });
const x = tensor(reals(64 * 56 * 56, 1), [1, 64, 56, 56]);
const alone = layer.forward(x).data;

const goodWorker = () => new Worker(source, { eval: true, execArgv: [] });
const isRight = () => differingPlace(layer.forward(x).data, alone) < 0;

/** Waits until something holds; the test runner's limit is the only one. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await setTimeout(5);
}

/** Calls until the current threads were lost, which they are when one takes a chunk. */
async function loseThreads(call: () => boolean = isRight): Promise<void> {
  const { current } = runningPool;
  while (runningPool.current === current) {
    assert.ok(call());
    await setImmediate();
  }
}

/** Calls with shared memory refused that may grow beyond so many pages, as phones do. */
async function withShared<T>(most: number, call: () => Promise<T>): Promise<T> {
  const { Memory } = WebAssembly;
  class Refusing extends Memory {
    constructor(size: WebAssembly.MemoryDescriptor) {
      if (size.shared && size.maximum! > most) throw new RangeError('too much');
      super(size);
    }
  }
  Object.assign(WebAssembly, { Memory: Refusing });
  try {
    return await call();
  } finally {
    Object.assign(WebAssembly, { Memory });
  }
}

describe('a thread that is lost', () => {
  takeNoLeave();
  after(() => setNumThreads(1));

  for (const [what, statement] of [
    ['ends', 'process.exit();'],
    ['throws', "throw new Error('on purpose');"],
    ['never comes back', 'for (;;);'],
    [
      'comes back when nobody waits any more',
      // a slow caller waits longer than 2 s: 20 times as long as its own chunks took in addition
      'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10_000);',
    ],
  ] as const) {
    it(`in the midst of a chunk, as it ${what}, costs no bit`, async () => {
      let made = 0;
      // the first two are faulty, those that take their place are not
      const worker = () => (made++ < 2 ? faultyWorker(statement) : goodWorker());
      assert.equal(await setNumThreads(3, { worker }), 3);
      const kept = resident(x);
      const { memory } = heap();
      await loseThreads();
      assert.notEqual(heap().memory, memory, 'it may still write into the old memory');
      assert.equal(differingPlace(kept.data, x.data), -1, 'resident tensors have moved');
      await until(() => getNumThreads() === 3);
      const taken = () => runningPool.current!.pool.taken.reduce((sum, chunks) => sum + chunks, 0);
      await until(() => isRight() && taken() > 0);
      kept.dispose();
    });
  }

  it('is given up for good when its successors are lost too', async () => {
    const worker = () => faultyWorker("throw new Error('on purpose');");
    assert.equal(await setNumThreads(2, { worker }), 2);
    for (let losses = 0; losses < 4; losses++) {
      await until(() => getNumThreads() === 2);
      await loseThreads();
    }
    await setTimeout(100);
    assert.equal(getNumThreads(), 1);
    assert.ok(isRight());
    assert.equal(await setNumThreads(2), 2);
  });

  it('leaves an error where the output took the place of what it is computed from', async () => {
    const worker = () => faultyWorker("throw new Error('on purpose');");
    assert.equal(await setNumThreads(2, { worker }), 2);
    const out = resident(tensor(new Float32Array(alone.length), [1, 64, 56, 56]));
    await assert.rejects(
      loseThreads(() => layer.forward(x, { out, add: out }) === out),
      /a thread was lost during a call/,
    );
    assert.ok(isRight());
  });

  it('leaves an error where the output is a view of the memory that was given up', async () => {
    const worker = () => faultyWorker("throw new Error('on purpose');");
    assert.equal(await setNumThreads(2, { worker }), 2);
    const kept = resident(tensor(new Float32Array(alone.length), [1, 64, 56, 56]));
    const out = tensor(kept.data, kept.shape);
    await assert.rejects(
      loseThreads(() => layer.forward(x, { out }) === out),
      /`out` is a view of the old memory/,
    );
    layer.forward(x, { out: kept });
    assert.equal(differingPlace(kept.data, alone), -1);
    kept.dispose();
  });

  it('costs no bit where outputs are not finite', async () => {
    await setNumThreads(1);
    const nan = tensor(x.data.slice(), x.shape);
    nan.data[70_000] = Number.NaN;
    const wanted = layer.forward(nan).data;
    const worker = () => faultyWorker("throw new Error('on purpose');");
    assert.equal(await setNumThreads(2, { worker }), 2);
    await loseThreads(() => differingPlace(layer.forward(nan).data, wanted) < 0);
    assert.ok(isRight());
  });

  it('leaves this one alone in a memory of its own where no other can be shared', async () => {
    await setNumThreads(1);
    const worker = () => faultyWorker("throw new Error('on purpose');");
    assert.equal(await setNumThreads(2, { worker }), 2);
    const kept = resident(x);
    await withShared(0, async () => {
      await loseThreads();
      assert.ok(!(heap().memory.buffer instanceof SharedArrayBuffer));
      assert.equal(differingPlace(layer.forward(kept).data, alone), -1);
      assert.equal(await setNumThreads(2), 1, 'nor now');
      assert.ok(isRight());
    });
    // where less is granted than wasm can address
    assert.equal(await withShared(8192, () => setNumThreads(2)), 2);
    assert.throws(() => heap().memory.grow(8192), RangeError);
    assert.equal(differingPlace(layer.forward(kept).data, alone), -1);
    kept.dispose();
  });

  it('between two calls is replaced', async () => {
    const workers: Worker[] = [];
    const worker = () => {
      workers.push(goodWorker());
      return workers.at(-1)!;
    };
    assert.equal(await setNumThreads(3, { worker }), 3);
    const { memory } = heap();
    await workers[0].terminate();
    await until(() => workers.length === 3 && getNumThreads() === 3);
    assert.ok(isRight());
    assert.equal(heap().memory, memory);
  });

  it('never started: this thread is alone', async () => {
    const refusing = () => {
      throw new Error('a content policy');
    };
    assert.equal(await setNumThreads(4, { worker: refusing }), 1);
    assert.equal(await setNumThreads(4, { worker: () => new Worker('throw 1', { eval: true }) }), 1);
    assert.equal(getNumThreads(), 1);
    assert.ok(isRight());
  });
});

describe('threads', () => {
  it('sleep when nothing comes', async () => {
    assert.equal(await setNumThreads(4), 4);
    layer.forward(x);
    await until(() => runningPool.current!.pool.awake === 0);
    await setNumThreads(1);
  });

  it('are woken by short calls, once these follow one another, and not by the shortest', async () => {
    assert.equal(await setNumThreads(2), 2);
    const { pool } = runningPool.current!;
    const [tiny, short] = [new Conv2d(1, 1, 3), new Conv2d(16, 16, 3)];
    const small = tensor(reals(16 * 40 * 40, 2), [16, 40, 40]);
    await until(() => pool.awake === 0);
    for (let i = 0; i < 1000; i++)
      tiny.forward([
        [
          [1, 2, 3],
          [4, 5, 6],
          [7, 8, 9],
        ],
      ]);
    assert.equal(pool.awake, 0);
    await until(() => {
      for (let i = 0; i < 100; i++) short.forward(small);
      return pool.awake > 0;
    });
    await setNumThreads(1);
  });

  it('let the program end by itself', () => {
    const program = `
      import { Conv2d, tensor } from 'convnd';
      import { setNumThreads } from 'convnd/threads';
      const count = await setNumThreads(3);
      const layer = new Conv2d(64, 64, 3);
      for (let i = 0; i < 20; i++) layer.forward(tensor(new Float32Array(64 * 400), [1, 64, 20, 20]));
      console.log(count);
    `;
    const printed = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
      timeout: 600_000,
    });
    assert.equal(String(printed), '3\n');
  });

  it('serve a worker that asks for some itself', async () => {
    const program = `
      const { parentPort } = require('node:worker_threads');
      (async () => {
        const { Conv2d, tensor } = await import('convnd');
        const { setNumThreads } = await import('convnd/threads');
        const count = await setNumThreads(2);
        const layer = new Conv2d(64, 64, 3);
        for (let i = 0; i < 20; i++) layer.forward(tensor(new Float32Array(64 * 400), [1, 64, 20, 20]));
        parentPort.postMessage(count);
      })();
    `;
    const worker = new Worker(program, { eval: true, execArgv: [] });
    const exit = new Promise((resolve) => worker.on('exit', resolve));
    assert.equal(await new Promise((resolve) => worker.on('message', resolve)), 2);
    assert.equal(await exit, 0);
  });
});
