// The entries of the module of signals and their signatures. assembly/signal.ts exports them; scripts/ship-wasm.mjs reads this list and removes
// all other exports. Addresses are byte offsets in the engine's memory.

/**
 * Sums of all windows of a length along an axis, in float64; assembly/signal/window-sums.ts has the layouts. `lines` is the number of columns
 * (adjacent) or of rows (`step` bytes apart); `ends` is scratch memory with 64 bytes for each element of a window.
 */
type WindowSums = (
  signal: number,
  output: number,
  ends: number,
  length: number,
  count: number,
  step: number,
  outputStep: number,
  lines: number,
) => void;

/** Stages an operand in the order in which sums read it; assembly/signal/stage.ts has the layout of the table. */
type Stage = (
  levels: number,
  depth: number,
  from: number,
  to: number,
  group: number,
  constant: number,
  isSingle: number,
) => void;

/** Computes rows of `length` bytes; assembly/signal/rows.ts has the layouts of the tables. */
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

/** The module's exports. */
export interface SignalEntries {
  /** Float32 input, along at least two adjacent columns. */
  readonly windowSumsDown32: WindowSums;
  /** Float64 input, along columns. */
  readonly windowSumsDown64: WindowSums;
  /** Float32 input, along rows. */
  readonly windowSumsAcross32: WindowSums;
  /** Float64 input, along rows. */
  readonly windowSumsAcross64: WindowSums;
  stage: Stage;
  rows: Rows;
  /** Makes lines of `length` bytes that are `pitch` bytes apart contiguous: `blocks` times `lines`, with blocks `step` bytes apart. */
  closeUp(address: number, blocks: number, lines: number, step: number, pitch: number, length: number): void;
  /** Transforms a block of rows and planes in place, as a `Transform` says (assembly/fft/plan.ts). */
  transform(transform: number, at: number): void;
  /** Prepares the spectrum of a `Transform` for products, in place. */
  factors(transform: number): void;
  /** Transforms `count` one-row blocks that are `step` bytes apart, from the last to the first. */
  transformRows(transform: number, from: number, to: number, count: number, step: number): void;
  /** Σ x² of `count` numbers; Infinity if a number is not an integer. */
  integerSquares(at: number, count: number, isSingle: number): number;
  /** Rounds `count` numbers to integers. */
  round(at: number, count: number, isSingle: number): void;
  /** Moves rows that are `step` bytes apart to places that are `pitch` bytes apart, at an offset of `before` bytes; assembly/fft/rows.ts. */
  spread(address: number, rows: number, step: number, length: number, pitch: number, before: number): void;
  /** @returns 1 if all of `count` numbers are finite, else 0 */
  areFinite(at: number, count: number, isSingle: number): number;
}

/** The names of the entries, as scripts read them. */
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
