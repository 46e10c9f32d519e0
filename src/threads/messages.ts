// The first message to a worker, and its answer. After that, a thread of the pool communicates through shared memory, and a worker with
// its own memory gets a WorkRequest per message.

/** The only message to a thread of the pool. */
export interface Start {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** names of the module's entries; a job refers to an entry by its index */
  readonly names: readonly string[];
  /** the control words */
  readonly control: SharedArrayBuffer;
  /** its number, from 0 */
  readonly thread: number;
}

/** The first message to a worker with its own memory. All others are requests. */
export interface StartOwn {
  readonly module: WebAssembly.Module;
  readonly memory?: undefined;
}

/** Sent by a worker when it is ready. */
export interface Answer {
  readonly ready?: true;
}
