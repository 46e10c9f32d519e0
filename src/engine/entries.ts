// The entries of the module that the library calls, and how. assembly/conv.ts exports them; scripts/ship-wasm.mjs reads this
// list and ships no other export.

/** How an entry is called. */
interface Signatures {
  /** @returns an address */
  address: () => number;
  /** Carries out the items `begin` to `end` of a task, working in a workspace; both are addresses. */
  items: (task: number, workspace: number, begin: number, end: number) => void;
  /** Mixes `count` numbers at `data` into `state`. */
  numbers: (state: number, data: number, count: number) => void;
  /** @returns 1 if that holds for all of `count` numbers at `data`, else 0 */
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
  depthwiseNarrow: 'items',
  depthwiseRows: 'items',
  depthwiseVectors: 'items',
  depthwiseLongRows: 'items',
  interleave: 'items',
  finish: 'items',
  fingerprint: 'numbers',
  finite: 'holds',
} as const satisfies Record<string, keyof Signatures>;

/** Names of the entries that carry out tasks. */
export type TaskEntry = {
  [name in keyof typeof entries]: (typeof entries)[name] extends 'items' ? name : never;
}[keyof typeof entries];

/** The functions of those names. */
export type Entries = { readonly [name in keyof typeof entries]: Signatures[(typeof entries)[name]] };
