// The entries of the module that the library calls, and how. assembly/conv.ts exports them; scripts/ship-wasm.mjs reads this
// list and ships no other export.

/** How an entry is called. */
interface Signatures {
  /** @returns an address */
  address: () => number;
  /** Computes the items `begin` to `end` of the plan whose record lies at an address. */
  items: (plan: number, begin: number, end: number) => void;
  /** @returns 1 if `count` numbers at `data` are others than those that `state` remembers, else 0 */
  changed: (state: number, data: number, count: number) => number;
}

/** Name → signature. */
export const entries = {
  heapBase: 'address',
  stage: 'items',
  pack: 'items',
  gemm: 'items',
  direct: 'items',
  winograd: 'items',
  depthwise: 'items',
  interleave: 'items',
  clamp: 'items',
  leakyRelu: 'items',
  fingerprint: 'changed',
} as const satisfies Record<string, keyof Signatures>;

/** The functions of those names. */
export type Entries = { readonly [name in keyof typeof entries]: Signatures[(typeof entries)[name]] };
