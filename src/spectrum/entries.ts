// The entries of the second module, and how they are called. assembly/signal.ts exports them; scripts/ship-wasm.mjs reads this list and
// ships no other export. Addresses are bytes of the engine's memory.

/**
 * Sums of all windows of a length along an axis, in float64; assembly/signal/window-sums.ts has the layouts. `lines` are the columns or
 * the rows that the windows run along, side by side or `step` bytes apart; `ends` is room for 64 bytes for each number of a window.
 */
export type WindowSums = (
  signal: number,
  output: number,
  ends: number,
  length: number,
  count: number,
  step: number,
  outputStep: number,
  lines: number,
) => void;

/** Copies an operand's lines as the sums read them; assembly/signal/stage.ts has the form of the table. */
type Stage = (
  levels: number,
  depth: number,
  from: number,
  to: number,
  group: number,
  constant: number,
  isSingle: number,
) => void;

/** Computes rows of `length` bytes; assembly/signal/rows.ts has the forms of the tables. */
type Rows = (
  levels: number,
  depth: number,
  paired: number,
  groups: number,
  count: number,
  lineStep: number,
  weightStep: number,
  tapStep: number,
  weights: number,
  signal: number,
  out: number,
  length: number,
  isSingle: number,
) => void;

/** What the second module exports. */
export interface SignalEntries {
  /** Of float32, down columns that lie side by side, two at least. */
  readonly windowSumsDown32: WindowSums;
  /** Of float64, down columns. */
  readonly windowSumsDown64: WindowSums;
  /** Of float32, along rows. */
  readonly windowSumsAcross32: WindowSums;
  /** Of float64, along rows. */
  readonly windowSumsAcross64: WindowSums;
  stage: Stage;
  rows: Rows;
  /** Moves lines of `length` bytes, `pitch` bytes apart, next to each other: `blocks` times `lines`, the blocks `step` bytes apart. */
  closeUp(address: number, blocks: number, lines: number, step: number, pitch: number, length: number): void;
  /** Takes one block of rows and planes as a `Transform` says (assembly/fft/plan.ts), in its place. */
  transform(transform: number, at: number): void;
  /** Makes the spectrum that a `Transform` has ready for products, in its place. */
  factors(transform: number): void;
  /** Takes `count` blocks of one row, `step` bytes apart, from the last one on. */
  transformRows(transform: number, from: number, to: number, count: number, step: number): void;
  /** The sum of the squares of `count` numbers; Infinity if one of them is not an integer. */
  integerSquares(at: number, count: number, isSingle: number): number;
  /** Rounds `count` numbers to integers. */
  round(at: number, count: number, isSingle: number): void;
  /** Moves rows that lie `step` bytes apart `before` bytes into places that lie `pitch` bytes apart; assembly/fft/rows.ts. */
  spread(address: number, rows: number, step: number, length: number, pitch: number, before: number): void;
  /** @returns 1 if all of `count` numbers are finite, else 0 */
  areFinite(at: number, count: number, isSingle: number): number;
}

/** Their names, as scripts read them. */
export const signalEntries = [
  'windowSumsDown32',
  'windowSumsDown64',
  'windowSumsAcross32',
  'windowSumsAcross64',
  'stage',
  'rows',
  'closeUp',
  'transform',
  'factors',
  'transformRows',
  'integerSquares',
  'round',
  'spread',
  'areFinite',
] as const satisfies readonly (keyof SignalEntries)[];
