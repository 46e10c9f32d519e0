// Worker: a thread of the pool. It plans nothing: it gets a compiled module and a memory, takes chunks of jobs, and carries out calls that
// are sent to it. This file is bundled into a text that starts as a module and as a script, so it exports nothing.

import {
  ASLEEP,
  BEGIN,
  BELL,
  CHUNKS,
  DESK,
  DONE,
  END,
  ENTRY,
  EXPECTING,
  edgeOf,
  FAILED,
  MAIL,
  STATE,
  TAKEN,
  TASK,
  WAITING,
  wordOf,
} from './control.js';
import { type Errand, OwnMemory } from './errand.js';
import type { Start, StartOwn, Work } from './messages.js';

/** Loads of the job's word before a thread sleeps, about ten microseconds; and while a job is near. */
const SPINS = 2000;
const EXPECTING_SPINS = 20_000;

type Entry = (task: number, desk: number, begin: number, end: number) => void;

type Message = Start | StartOwn | Work | Errand;

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

/** where a thread has one, it does errands there and nothing else */
let own: OwnMemory | undefined;
let entries: Entry[] = [];
/** the control words, where memory is shared */
let control: Int32Array | undefined;
let me = 0;
/** messages that were heard since the start */
let heard = 0;

function start({ module, memory, names, control: buffer, thread }: Start): void {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  entries = names.map((name) => exports[name] as Entry);
  control = buffer && new Int32Array(buffer);
  me = thread;
  port.postMessage({ ready: true });
}

function startAlone({ module }: StartOwn): void {
  own = new OwnMemory(module);
  port.postMessage({ ready: true });
}

/** Takes part in jobs, and sleeps when there are none, until a message was sent. */
function serve(words: Int32Array): void {
  const mail = wordOf(me, MAIL);
  const asleep = wordOf(me, ASLEEP);
  let spins = 0;
  while (Atomics.load(words, mail) === heard) {
    const state = Atomics.load(words, STATE);
    if ((state & 255) > 0) {
      if (Atomics.compareExchange(words, STATE, state, state - 1) === state) work(words, state & 255);
      spins = 0;
      continue;
    }
    if (++spins < (Atomics.load(words, EXPECTING) ? EXPECTING_SPINS : SPINS)) continue;
    const bell = Atomics.load(words, BELL);
    Atomics.store(words, asleep, 1);
    // what came since the bell was read rings it
    if ((Atomics.load(words, STATE) & 255) === 0 && Atomics.load(words, mail) === heard)
      Atomics.wait(words, BELL, bell);
    Atomics.store(words, asleep, 0);
    spins = 0;
  }
}

/** Computes the chunk that was taken when so many were left. The job stays as it is until all of its chunks are done. */
function work(words: Int32Array, left: number): void {
  const chunks = words[CHUNKS];
  const chunk = chunks - left;
  const begin = edgeOf(words[BEGIN], words[END], chunk, chunks);
  const end = edgeOf(words[BEGIN], words[END], chunk + 1, chunks);
  entries[words[ENTRY]](words[TASK], words[wordOf(me, DESK)], begin, end);
  words[wordOf(me, TAKEN)]++;
  Atomics.add(words, DONE, 1);
  if (Atomics.load(words, WAITING)) Atomics.notify(words, DONE);
}

/** Carries out calls, and answers. */
function carryOut({ id, calls }: Work): void {
  try {
    for (const [entry, task, desk, begin, end] of calls) entries[entry](task, desk, begin, end);
    port.postMessage({ id });
  } catch (error) {
    port.postMessage({ id, error: String(error) });
  }
}

function hear(message: Message): void {
  if ('module' in message) {
    if (message.memory) start(message);
    else startAlone(message);
  } else if ('writes' in message) {
    const result = own!.do(message);
    port.postMessage(result, result.buffer ? [result.buffer] : []);
  } else {
    heard++;
    carryOut(message);
  }
  if (!control) return;
  try {
    // returns to let the host's own loop bring a message that is on its way
    serve(control);
  } catch (error) {
    // the main thread may wait, and hears nothing else
    Atomics.store(control, FAILED, 1);
    throw error;
  }
}

if (port.on) port.on('message', hear);
else port.onmessage = ({ data }) => hear(data);
