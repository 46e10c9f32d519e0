// Messages: what is sent to a thread of the pool, and what it answers.

/** The first one. */
export interface Start {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** names of the module's entries, by whose place a job says which one it calls */
  readonly names: readonly string[];
  /** the control words, where memory is shared */
  readonly control: SharedArrayBuffer | undefined;
  /** its number, from 0 on */
  readonly thread: number;
}

/** The first one to a thread that gets a memory of its own. All others are errands. */
export interface StartOwn {
  readonly module: WebAssembly.Module;
  readonly memory?: undefined;
}

/** Calls to carry out. */
export interface Work {
  readonly id: number;
  readonly calls: readonly (readonly [
    entry: number,
    task: number,
    desk: number,
    begin: number,
    end: number,
  ])[];
}

/** What a thread says. */
export interface Answer {
  /** once it has started */
  readonly ready?: true;
  /** of the work that is done, or failed */
  readonly id?: number;
  readonly error?: string;
}
