// The exports of the module of gradients. assembly/train.ts defines them; scripts/ship-wasm.mjs keeps only these in the shipped module.

/** Names of the entries. All have the signature (task, workspace, begin, end). */
export const trainEntries = {
  weightPairs: 'items',
  weightPlanes: 'items',
  weightQuads: 'items',
  packChannels: 'items',
  weightPanels: 'items',
  roundSums: 'items',
  maskAndSum: 'items',
} as const;

/** Each entry executes the items `begin` to `end` (exclusive) of a task. `task` and `workspace` are addresses. */
export type TrainEntries = {
  readonly [name in keyof typeof trainEntries]: (
    task: number,
    workspace: number,
    begin: number,
    end: number,
  ) => void;
};
