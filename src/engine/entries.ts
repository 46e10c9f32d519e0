// The exports of the layers' module and their signatures. assembly/conv.ts defines them; scripts/ship-wasm.mjs keeps only these in the
// shipped module.

/** The signatures of entries. */
interface Signatures {
  /** @returns an address */
  address: () => number;
  /** Executes the items `begin` to `end` (exclusive) of a task. `task` and `workspace` are addresses. */
  items: (task: number, workspace: number, begin: number, end: number) => void;
  /** Mixes `count` numbers at `data` into `state`. */
  numbers: (state: number, data: number, count: number) => void;
  /** @returns 1 if the predicate holds for all `count` numbers at `data`, else 0 */
  holds: (data: number, count: number) => number;
}

/** Name → signature. */
export const entries = {
  heapBase: 'address',
  stage: 'items',
  pack: 'items',
  packWinograd: 'items',
  gemm: 'items',
  direct: 'items',
  directRows: 'items',
  inside: 'items',
  winograd: 'items',
  depthwisePlanes: 'items',
  depthwiseLanes: 'items',
  depthwiseRows: 'items',
  depthwiseLongRows: 'items',
  interleave: 'items',
  finish: 'items',
  fingerprint: 'numbers',
  finite: 'holds',
} as const satisfies Record<string, keyof Signatures>;

/** Names of the entries that execute tasks. */
export type TaskEntry = {
  [name in keyof typeof entries]: (typeof entries)[name] extends 'items' ? name : never;
}[keyof typeof entries];

/** The exports of an instance. */
export type Entries = { readonly [name in keyof typeof entries]: Signatures[(typeof entries)[name]] };
