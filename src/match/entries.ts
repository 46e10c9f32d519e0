// The entries of the module of matching, and how they are called. assembly/match.ts exports them; scripts/ship-wasm.mjs reads this list and
// ships no other export. Addresses are bytes of the engine's memory.

/** Sums of the numbers of all windows down columns, eight at least, and of their squares; assembly/match/window-moments.ts. */
export type WindowMoments = (
  signal: number,
  sums: number,
  squares: number,
  ends: number,
  length: number,
  count: number,
  step: number,
  outputStep: number,
  columns: number,
  centre: number,
  scale: number,
) => void;

/** What the module exports. */
export interface MatchEntries {
  /** Of (x − centre) · scale in float32; `ends` is room for 128 bytes for each number of a window. */
  readonly windowMomentsDown32: WindowMoments;
  /** Writes (x − centre) · scale and its squares, in float64; no squares if their address is 0. */
  centre32(
    signal: number,
    count: number,
    centre: number,
    scale: number,
    output: number,
    squares: number,
  ): void;
  centre64(
    signal: number,
    count: number,
    centre: number,
    scale: number,
    output: number,
    squares: number,
  ): void;
  /** Of float32 to float32, rounded once; in place if the addresses are equal. */
  centreIn32(signal: number, count: number, centre: number, scale: number, output: number): void;
  /** Writes five float64: the lowest and the highest number, Σ(x − first), Σ(x − first)², and 1 if all are whole, else 0. */
  rangeAndSums32(signal: number, count: number, first: number, output: number): void;
  rangeAndSums64(signal: number, count: number, first: number, output: number): void;
  /**
   * Of windows of n numbers (`count`): (n Σx² − (Σx)²) / n and Σx², written for the first channel, added for others. With the last one
   * those below share · Σx² + limit or not above 0 become -1, but 0 stays if that is sure. Rounds up to pairs.
   * @returns 1 if there is a -1
   */
  addVariances(
    sums: number,
    squares: number,
    variances: number,
    energies: number,
    windows: number,
    count: number,
    isFirst: number,
    isLast: number,
    share: number,
    limit: number,
    isZeroSure: number,
  ): number;
  /**
   * Products over the roots of float64 squares: cut to -1 … 1, 0 for 0, -2 for what is below. Products and what is written are float32 if
   * they are single, else float64. Rounds up to pairs.
   */
  quotients(
    products: number,
    isSingle: number,
    squares: number,
    output: number,
    toSingle: number,
    windows: number,
  ): void;
  /**
   * Products over the roots of windows' variances, to float32, as `addVariances` and `quotients` make them for one channel; the layout
   * of `facts` is in assembly/match/quotients.ts. `isSingle` tells products of float32 from those of float64. Variances are written in
   * between, where the sums are or elsewhere. Rounds up to fours.
   * @returns 1 if there is a -2
   */
  coefficients(
    sums: number,
    squares: number,
    products: number,
    isSingle: number,
    variances: number,
    output: number,
    windows: number,
    facts: number,
  ): number;
  /**
   * Scores of windows of integers whose sums are exact in 32 bits, by rows; assembly/match/integer-scores.ts has the layouts. `isSingle` tells
   * products of float32 from those of float64.
   * @returns 1 if there is a -2
   */
  wholeCoefficients(
    signal: number,
    step: number,
    length: number,
    width: number,
    count: number,
    windows: number,
    products: number,
    isSingle: number,
    pitch: number,
    output: number,
    room: number,
    facts: number,
  ): number;
}

/** Their names, as scripts read them. */
export const matchEntries = [
  'centre32',
  'centre64',
  'centreIn32',
  'windowMomentsDown32',
  'rangeAndSums32',
  'rangeAndSums64',
  'addVariances',
  'coefficients',
  'quotients',
  'wholeCoefficients',
] as const satisfies readonly (keyof MatchEntries)[];
