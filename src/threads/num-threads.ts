// setNumThreads and getNumThreads: makes the engine's memory shared, starts the pool of threads, and replaces it after a loss.

import { optionsObject, whole } from '../core/arguments.js';
import { copiers } from '../core/copy.js';
import { describe, refuse, refuseKind } from '../core/errors.js';
import { compileAsync, newMemory } from '../engine/compile.js';
import type { Engine } from '../engine/engine.js';
import { heap } from '../engine/heap.js';
import { moveTo } from '../engine/move.js';
import { isShared, newSharedMemory, sharedBytes } from '../engine/shared-memory.js';
import { init, layersBytes } from '../engine/start.js';
import { runners, thisThread } from '../run/runner.js';
import { defaultThreads, newWorker, type WorkerLike } from './host.js';
import { Pool } from './pool.js';
import { requestThreads } from './requested-threads.js';
import { runningPool } from './running-pool.js';
import { copyShared } from './shared-copy.js';
import { SharedRunner } from './shared-runner.js';

/** The most threads. */
const MAX_THREADS = 64;

/** Up to this many lost threads are replaced. What ended more of them would end their successors too. */
const MAX_LOSSES = 3;

/** Options of `setNumThreads`. */
export interface ThreadsOptions {
  /**
   * Creates a worker, for pages whose content security policy forbids workers from a Blob: `() => new Worker(url, { type: 'module' })`
   * with the URL of `convnd/threads/worker`
   */
  readonly worker?: (() => WorkerLike) | undefined;
}

/** the layers' module, compiled for shared memory */
let sharedModule: WebAssembly.Module | undefined;
/** the number of lost threads since the last `setNumThreads` */
let losses = 0;
/** the last change of the number of threads; changes are executed one after another */
let last: Promise<unknown> = Promise.resolve();

const where = () => 'setNumThreads';

/**
 * Sets the number of threads that compute `forward`, like torch.set_num_threads. The result is bitwise the same for any number.
 *
 * The first call with more than one thread moves wasm memory to shared memory. Existing layers and resident tensors stay valid, but
 * views such as `data` of a resident tensor must be read again.
 *
 * Idle threads sleep and do not keep the process running; `setNumThreads(1)` ends them. If a thread is lost during a call, memory is
 * moved, the call is recomputed and the thread is replaced.
 *
 * Without shared memory (in pages that are not cross-origin isolated, in WebKitGTK, in an AudioWorklet) the result is 1.
 *
 * @param count the number of threads including the calling one; more than 64 count as 64; default: the number of cores, at most 8
 * @param options.worker creates a worker, for pages whose content security policy forbids workers from a Blob
 * @returns a promise of the number of threads that could be started. It rejects with a TypeError for a non-integer, an unknown
 * option or a `worker` that returns no worker, a RangeError for a number below 1, and an Error in workerd, which has no threads. After
 * a `worker` that returned none there is one thread, and `forwardAsync` starts its workers by default
 * @see https://pytorch.org/docs/stable/generated/torch.set_num_threads.html
 * @example
 * import { Conv2d, tensor } from 'convnd';
 * import { getNumThreads, setNumThreads } from 'convnd/threads';
 * await setNumThreads(2);
 * const conv = new Conv2d(64, 64, 3, { padding: 1 });
 * const y = conv.forward(tensor(new Float32Array(64 * 56 * 56), [1, 64, 56, 56])); // on two threads
 * console.log(y.shape.join(), getNumThreads()); // 1,64,56,56 2
 */
export async function setNumThreads(count?: number, options?: ThreadsOptions): Promise<number> {
  optionsObject(options, ['worker'], where);
  const { worker = newWorker } = options ?? {};
  if (typeof worker !== 'function')
    refuseKind(where, `worker: expected a function, but got ${describe(worker)}`);
  const wanted = count === undefined ? defaultThreads() : whole(count, 'the number of threads', where);
  if (wanted < 1) refuse(where, `expects a positive integer, but got ${wanted}`);
  const change = last.then(() => changeTo(Math.min(wanted, MAX_THREADS), worker));
  last = change.catch(() => {});
  return change;
}

/**
 * The current number of threads that compute `forward`, including the calling one.
 * @see https://pytorch.org/docs/stable/generated/torch.get_num_threads.html
 * @example
 * import { getNumThreads } from 'convnd/threads';
 * console.log(getNumThreads()); // 1
 */
export function getNumThreads(): number {
  return 1 + (runningPool.current?.pool.started ?? 0);
}

async function changeTo(count: number, make: () => WorkerLike): Promise<number> {
  endThreads();
  losses = 0;
  requestThreads({ count, make });
  // an AudioWorklet has no timers and can't start threads
  if (count === 1 || typeof globalThis.setTimeout !== 'function') return 1;
  await init();
  const engine = heap();
  sharedModule ??= await sharedLayers();
  const memory = isShared(engine.memory.buffer) ? engine.memory : newSharedMemory(engine.usage.total);
  if (!memory) return 1;
  const pool = new Pool(memory, sharedModule, count - 1, make);
  try {
    if ((await pool.ready) > 0) {
      if (engine.memory !== memory) moveTo(engine, memory, sharedModule, sharedBytes);
      copiers.current = copyShared;
      usePool(engine, pool);
      return getNumThreads();
    }
  } catch (error) {
    pool.close();
    if (!(error instanceof RangeError)) {
      // forwardAsync would fail in the same way
      requestThreads(undefined);
      throw error;
    }
  }
  pool.close();
  return 1;
}

/** Compiles the layers' module for shared memory. */
async function sharedLayers(): Promise<WebAssembly.Module> {
  const bytes = layersBytes();
  if (bytes) return compileAsync(sharedBytes(bytes));
  throw new Error('setNumThreads: this host starts no threads, and compiles no module at run time (workerd)');
}

/** Divides calls among the threads of a pool from now on. */
function usePool(engine: Engine, pool: Pool): void {
  const runner = new SharedRunner(engine, pool, () => replacePool(engine, pool));
  runningPool.current = { pool, runner };
  runners.current = runner;
}

/** Ends all threads except this one. */
function endThreads(): void {
  runners.current = thisThread;
  runningPool.current?.pool.close();
  runningPool.current?.runner.release();
  runningPool.current = undefined;
}

/** Abandons a pool that lost a thread, and the memory that the lost thread may still write to. A new pool replaces it when it is ready. */
function replacePool(engine: Engine, { module, count, make }: Pool): void {
  endThreads();
  const memory = newSharedMemory(engine.usage.total);
  if (!memory) {
    moveTo(engine, newMemory(), engine.module!, (bytes) => bytes);
    return;
  }
  moveTo(engine, memory, module, sharedBytes);
  if (++losses > MAX_LOSSES) return;
  const pool = new Pool(memory, module, count, make);
  const change = last.then(async () => {
    // unless setNumThreads was called in the meantime
    if ((await pool.ready) > 0 && !runningPool.current && engine.memory === memory) usePool(engine, pool);
    else pool.close();
  });
  last = change.catch(() => {});
}
