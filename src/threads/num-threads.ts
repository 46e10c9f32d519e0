// Number of threads: how it is set, and what happens then: memory becomes shared, threads start, and calls are divided among them.

import { optionsObject, whole } from '../core/arguments.js';
import { describe, refuse, refuseKind } from '../core/errors.js';
import { compileAsync, newMemory } from '../engine/compile.js';
import type { Engine } from '../engine/engine.js';
import { heap } from '../engine/heap.js';
import { isShared, newSharedMemory, sharedBytes } from '../engine/shared-memory.js';
import { init, layersBytes } from '../engine/start.js';
import { runners, thisThread } from '../run/runner.js';
import { defaultThreads, newWorker, type WorkerLike } from './host.js';
import { Pool } from './pool.js';
import { requestedThreads } from './requested-threads.js';
import { runningPool } from './running-pool.js';
import { SharedRunner } from './shared-runner.js';

/** As many as there can be. */
const MOST = 64;

/** Losses of threads after which this one goes on alone: what costs others their life would go on doing so. */
const MOST_LOSSES = 3;

/** Options of `setNumThreads`. */
export interface ThreadsOptions {
  /**
   * Creates the workers if a content security policy forbids Blob URLs: `() => new Worker(url, { type: 'module' })`, with the URL of
   * `convnd/threads/worker`
   */
  readonly worker?: (() => WorkerLike) | undefined;
}

/** the layers' module for shared memory */
let sharedModule: WebAssembly.Module | undefined;
/** how often a thread was lost since somebody set their number */
let losses = 0;
/** one change after another */
let last: Promise<unknown> = Promise.resolve();

const where = () => 'setNumThreads';

/**
 * Sets the number of threads among which `forward` is divided. Every number gives the same bits. Wasm memory becomes shared; existing layers
 * and resident tensors stay valid, but views of the old memory do not: read `data` of a resident tensor again.
 *
 * Idle threads sleep and do not keep a program from exiting; `setNumThreads(1)` ends them. If a thread is lost during a call, memory moves,
 * the call is recomputed with the same bits, and another thread replaces it.
 *
 * Where memory cannot be shared (pages that are not isolated, WebKitGTK, an AudioWorklet), the number stays 1.
 *
 * @param count including this thread; default: the number of cores, at most 8. The maximum is 64
 * @param options.worker creates the workers if a content security policy forbids Blob URLs
 * @returns a promise of the number of threads. It is rejected with a TypeError for anything but an integer and for unknown options, with a
 * RangeError below 1, and with an Error in workerd, which has no threads
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
  const change = last.then(() => changeTo(Math.min(wanted, MOST), worker));
  last = change.catch(() => {});
  return change;
}

/**
 * The number of threads among which `forward` is divided, including this one.
 * @see https://pytorch.org/docs/stable/generated/torch.get_num_threads.html
 * @example
 * import { getNumThreads } from 'convnd/threads';
 * console.log(getNumThreads()); // 1
 */
export function getNumThreads(): number {
  return 1 + (runningPool.current?.pool.started ?? 0);
}

async function changeTo(count: number, make: () => WorkerLike): Promise<number> {
  dismiss();
  losses = 0;
  requestedThreads.threads = { count, make };
  requestedThreads.changed?.();
  // an AudioWorklet has no timers, and starts no threads
  if (count === 1 || typeof globalThis.setTimeout !== 'function') return 1;
  await init();
  const engine = heap();
  sharedModule ??= await sharedLayers();
  const memory = isShared(engine.memory.buffer) ? engine.memory : newSharedMemory(engine.usage.total);
  if (!memory) return 1;
  const pool = new Pool(memory, sharedModule, count - 1, make);
  try {
    if ((await pool.ready) > 0) {
      if (engine.memory !== memory) engine.moveTo(memory, sharedModule, sharedBytes);
      employ(engine, pool);
      return getNumThreads();
    }
  } catch (error) {
    pool.close();
    if (!(error instanceof RangeError)) throw error;
  }
  pool.close();
  return 1;
}

/** The layers' module for shared memory. */
async function sharedLayers(): Promise<WebAssembly.Module> {
  const bytes = layersBytes();
  if (bytes) return compileAsync(sharedBytes(bytes));
  throw new Error('setNumThreads: this host starts no threads, and compiles no module at run time (workerd)');
}

/** Divides calls among a pool from now on. */
function employ(engine: Engine, pool: Pool): void {
  const runner = new SharedRunner(engine, pool, () => startAnew(engine, pool));
  runningPool.current = { pool, runner };
  runners.current = runner;
}

/** Ends all threads but this one. */
function dismiss(): void {
  runners.current = thisThread;
  runningPool.current?.pool.close();
  runningPool.current?.runner.release();
  runningPool.current = undefined;
}

/** Gives up a pool that lost a thread, and the memory into which that may still write. Others take their place when they have started. */
function startAnew(engine: Engine, { module, count, make }: Pool): void {
  dismiss();
  const memory = newSharedMemory(engine.usage.total);
  if (!memory) {
    engine.moveTo(newMemory(), engine.module!, (bytes) => bytes);
    return;
  }
  engine.moveTo(memory, module, sharedBytes);
  if (++losses > MOST_LOSSES) return;
  const pool = new Pool(memory, module, count, make);
  const change = last.then(async () => {
    // somebody may have wanted another number by then
    if ((await pool.ready) > 0 && !runningPool.current && engine.memory === memory) employ(engine, pool);
    else pool.close();
  });
  last = change.catch(() => {});
}
