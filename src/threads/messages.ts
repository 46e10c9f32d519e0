// Messages: what is sent to a thread first, and what it answers. To a thread of the pool all else is said in shared memory; to one with a
// memory of its own, in requests.

/** The only one to a thread that takes part in jobs. */
export interface Start {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** names of the module's entries, by whose place a job says which one it calls */
  readonly names: readonly string[];
  /** the control words */
  readonly control: SharedArrayBuffer;
  /** its number, from 0 on */
  readonly thread: number;
}

/** The first one to a thread that gets a memory of its own. All others are requests. */
export interface StartOwn {
  readonly module: WebAssembly.Module;
  readonly memory?: undefined;
}

/** What a thread says once it takes part. */
export interface Answer {
  readonly ready?: true;
}
