// The entries of the module of pooling, and how they are called. assembly/pool.ts exports them; scripts/ship-wasm.mjs reads this list and
// ships no other export. Addresses are bytes of the engine's memory.

/** Computes the outputs of the maps `begin` to `end`; src/shared/pool-task.ts has the form of the task. */
type Pool = (task: number, begin: number, end: number) => void;

/** What the module exports. */
export interface PoolEntries {
  /** The largest number of each window. */
  readonly poolMax: Pool;
  /** The mean of each window. */
  readonly poolSum: Pool;
}

/** Their names, as scripts read them. */
export const poolEntries = ['poolMax', 'poolSum'] as const satisfies readonly (keyof PoolEntries)[];
