// The exports of the module of pooling. assembly/pool.ts defines them; scripts/ship-wasm.mjs keeps only these in the shipped module.

/** Computes the outputs of maps `begin` to `end` (exclusive). `task` is the address of a PoolTask. */
type Pool = (task: number, begin: number, end: number) => void;

/** The exports of an instance. */
export interface PoolEntries {
  /** The maximum of each window. */
  readonly poolMax: Pool;
  /** The mean of each window. */
  readonly poolSum: Pool;
}

/** Names of the entries, for scripts. */
export const poolEntries = ['poolMax', 'poolSum'] as const satisfies readonly (keyof PoolEntries)[];
