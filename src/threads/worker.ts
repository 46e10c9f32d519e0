// The worker's main file. A thread of the pool claims chunks of jobs in shared memory; a worker of forwardAsync executes requests in its
// own memory. Bundled into a string that must run both as a module and as a script, so it exports nothing.

import {
  ASLEEP,
  BEGIN,
  CHUNKS,
  DONE,
  END,
  ENTRY,
  EXPECTING,
  edgeOf,
  FAILED,
  STATE,
  TAKEN,
  TASK,
  threadWord,
  WAITING,
  WAKE_UPS,
  WORKSPACE,
} from './control.js';
import type { Start, StartOwn } from './messages.js';
import { OwnMemory, type WorkRequest } from './work-request.js';

/**
 * Loads of STATE before a thread sleeps, about 40 us; and the loads for which it stays awake while EXPECTING is set, about 0.4 ms: the
 * calling thread copies blocks of plain arrays for up to 0.2 ms between two jobs.
 */
const SPINS = 4000;
const EXPECTING_SPINS = 40_000;

type Entry = (task: number, workspace: number, begin: number, end: number) => void;

type Message = Start | StartOwn | WorkRequest;

interface Port {
  postMessage(message: unknown, transfer?: ArrayBuffer[]): void;
  on?(name: 'message', listener: (data: Message) => void): void;
  onmessage?: (event: { data: Message }) => void;
}

interface Host {
  process?: { getBuiltinModule?(name: string): { parentPort: Port | null } | undefined };
}

const port =
  (globalThis as Host).process?.getBuiltinModule?.('node:worker_threads')?.parentPort ??
  (globalThis as unknown as Port);

/** set in a worker of forwardAsync, undefined in a thread of the pool */
let own: OwnMemory | undefined;
let entries: Entry[] = [];
let me = 0;

/** Claims and computes chunks forever, and sleeps while there are none. */
function serve(words: Int32Array): never {
  const asleep = threadWord(me, ASLEEP);
  let spins = 0;
  let expecting = 0;
  for (;;) {
    const state = Atomics.load(words, STATE);
    if ((state & 255) > 0) {
      if (Atomics.compareExchange(words, STATE, state, state - 1) === state) work(words, state & 255);
      spins = expecting = 0;
      continue;
    }
    if (Atomics.load(words, EXPECTING) && ++expecting < EXPECTING_SPINS) spins = 0;
    if (++spins < SPINS) continue;
    const wakeUps = Atomics.load(words, WAKE_UPS);
    Atomics.store(words, asleep, 1);
    // does not sleep if WAKE_UPS has changed since it was read
    if ((Atomics.load(words, STATE) & 255) === 0) Atomics.wait(words, WAKE_UPS, wakeUps);
    Atomics.store(words, asleep, 0);
    spins = expecting = 0;
  }
}

/** Computes the chunk that was claimed when `left` were unclaimed. The job's words do not change until all its chunks are completed. */
function work(words: Int32Array, left: number): void {
  const chunks = words[CHUNKS];
  const chunk = chunks - left;
  const begin = edgeOf(words[BEGIN], words[END], chunk, chunks);
  const end = edgeOf(words[BEGIN], words[END], chunk + 1, chunks);
  entries[words[ENTRY]](words[TASK], words[threadWord(me, WORKSPACE)], begin, end);
  words[threadWord(me, TAKEN)]++;
  Atomics.add(words, DONE, 1);
  if (Atomics.load(words, WAITING)) Atomics.notify(words, DONE);
}

function start({ module, memory, names, control, thread }: Start): void {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  entries = names.map((name) => exports[name] as Entry);
  me = thread;
  const words = new Int32Array(control);
  port.postMessage({ ready: true });
  try {
    serve(words);
  } catch (error) {
    // the main thread may be spinning in `#await`, where it handles no messages
    Atomics.store(words, FAILED, 1);
    throw error;
  }
}

/** Handles a message: executes a request, or starts. Starting in the pool never returns. */
function hear(message: Message): void {
  if ('writes' in message) {
    const result = own!.do(message);
    port.postMessage(result, result.buffer ? [result.buffer] : []);
  } else if (message.memory) start(message);
  else startAlone(message);
}

function startAlone({ module }: StartOwn): void {
  own = new OwnMemory(module);
  port.postMessage({ ready: true });
}

if (port.on) port.on('message', hear);
else port.onmessage = ({ data }) => hear(data);
