// Messages: what is sent to a thread of the pool, and what it answers. All else is said in shared memory.

/** The only one that is sent to it. */
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

/** What a thread says once it takes part. */
export interface Answer {
  readonly ready?: true;
}
