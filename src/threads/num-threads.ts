// Number of threads: how it is set, and what happens then: memory becomes shared, threads start, and calls are divided among them.

import { optionsObject, whole } from '../core/arguments.js';
import { refuse } from '../core/errors.js';
import { compileAsync, newMemory } from '../engine/compile.js';
import type { Engine } from '../engine/engine.js';
import { heap } from '../engine/heap.js';
import { newSharedMemory, sharedBytes } from '../engine/shared-memory.js';
import { init, layersBytes } from '../engine/start.js';
import { runners, thisThread } from '../run/runner.js';
import { setHelpers } from './helpers.js';
import { cores, newWorker, type WorkerLike } from './host.js';
import { Pool } from './pool.js';
import { SharedRunner } from './shared-runner.js';
import { threadLine } from './thread-line.js';

/** As many as are taken where nobody says how many, at most; and as many as there can be. */
const MOST_BY_DEFAULT = 8;
const MOST = 64;

/** Losses of threads after which this one goes on alone: what costs others their life would go on doing so. */
const MOST_LOSSES = 3;

/** Options of `setNumThreads`. */
export interface ThreadsOptions {
  /**
   * Makes the workers, where a content policy forbids those of a Blob: `() => new Worker(url, { type: 'module' })`, the address being that
   * of `convnd/threads/worker`
   */
  readonly worker?: () => WorkerLike;
}

/** What there is beside this thread. */
let crew: { readonly pool: Pool; readonly runner: SharedRunner } | undefined;
/** the layers' module for shared memory */
let sharedModule: WebAssembly.Module | undefined;
/** how often a thread was lost since somebody set their number */
let losses = 0;
/** one change after another */
let last: Promise<unknown> = Promise.resolve();

const where = () => 'setNumThreads';

/**
 * Sets how many threads compute.
 *
 * @param count this one counted; default: as many as the machine runs at once, at most 8
 * @returns a promise of how many it got
 * @throws TypeError for what is no whole number or no such option, RangeError for less than 1
 */
export async function setNumThreads(count?: number, options?: ThreadsOptions): Promise<number> {
  optionsObject(options, ['worker'], where);
  const wanted =
    count === undefined ? Math.min(cores(), MOST_BY_DEFAULT) : whole(count, 'the number of threads', where);
  if (wanted < 1) refuse(where, `expects a positive integer, but got ${wanted}`);
  const change = last.then(() => changeTo(Math.min(wanted, MOST), options?.worker ?? newWorker));
  last = change.catch(() => {});
  return change;
}

/** How many threads compute, this one counted. */
export function getNumThreads(): number {
  return 1 + (crew?.pool.started ?? 0);
}

/** What can be seen of a pool: chunks that each thread has done, and how many threads are awake. */
interface Seen {
  readonly pool: { readonly taken: readonly number[]; readonly awake: number };
}

/** The pool; undefined where this thread is alone. Its type must not lead to plans, as that of this file is public. */
export function currentCrew(): Seen | undefined {
  return crew;
}

async function changeTo(count: number, make: () => WorkerLike): Promise<number> {
  dismiss();
  losses = 0;
  setHelpers(count, threadLine(make));
  if (count === 1) return 1;
  const bytes = layersBytes();
  if (!bytes)
    throw new Error(
      'setNumThreads: this host starts no threads, and compiles no module at run time (workerd)',
    );
  await init();
  const engine = heap();
  sharedModule ??= await compileAsync(sharedBytes(bytes));
  const memory = isShared(engine.memory) ? engine.memory : newSharedMemory(engine.usage.total);
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

function isShared({ buffer }: WebAssembly.Memory): boolean {
  return typeof SharedArrayBuffer === 'function' && (buffer as unknown) instanceof SharedArrayBuffer;
}

/** Divides calls among a pool from now on. */
function employ(engine: Engine, pool: Pool): void {
  const runner = new SharedRunner(engine, pool, () => startAnew(engine, pool));
  crew = { pool, runner };
  runners.current = runner;
}

/** Ends all threads but this one. */
function dismiss(): void {
  runners.current = thisThread;
  crew?.pool.close();
  crew?.runner.release();
  crew = undefined;
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
    if ((await pool.ready) > 0 && !crew && engine.memory === memory) employ(engine, pool);
    else pool.close();
  });
  last = change.catch(() => {});
}
