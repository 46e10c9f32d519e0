// The entries of the third module, all called as entry(task, workspace, begin, end). assembly/train.ts exports them; scripts/ship-wasm.mjs reads
// this list and ships no other export.

/** Their names. */
export const trainEntries = {
  weightPairs: 'items',
  weightPlanes: 'items',
  weightQuads: 'items',
  packChannels: 'items',
  weightPanels: 'items',
  roundSums: 'items',
  maskAndSum: 'items',
} as const;

/** The functions of those names: each carries out the items `begin` to `end` of a task, working in a workspace; both are addresses. */
export type TrainEntries = {
  readonly [name in keyof typeof trainEntries]: (
    task: number,
    workspace: number,
    begin: number,
    end: number,
  ) => void;
};
