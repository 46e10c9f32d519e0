// The entries of the second module, and how they are called. assembly/signal.ts exports them; scripts/ship-wasm.mjs reads this list and
// ships no other export. Addresses are bytes of the engine's memory.

/** Copies an operand's lines as the sums read them; assembly/signal/stage.ts has the form of the table. */
type Stage = (
  levels: number,
  depth: number,
  from: number,
  to: number,
  group: number,
  constant: number,
) => void;

/** Computes rows; assembly/signal/rows.ts has the forms of the tables. */
type Rows = (
  levels: number,
  depth: number,
  segments: number,
  count: number,
  tapStep: number,
  weights: number,
  signal: number,
  out: number,
  length: number,
) => void;

/** What the second module exports. */
export interface SignalEntries {
  stage32: Stage;
  stage64: Stage;
  rows32: Rows;
  rows64: Rows;
  /** Moves lines of `length` bytes, `pitch` bytes apart, next to each other, into the same place. */
  closeUp(address: number, lines: number, pitch: number, length: number): void;
}

/** Their names, as scripts read them. */
export const signalEntries = [
  'stage32',
  'stage64',
  'rows32',
  'rows64',
  'closeUp',
] as const satisfies readonly (keyof SignalEntries)[];
