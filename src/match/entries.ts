// The entries of the matching module and their signatures. assembly/match.ts exports them; scripts/ship-wasm.mjs reads this list and removes
// all other exports. Addresses are byte offsets in the engine's memory.

/** Sums and sums of squares of all windows down each of at least eight columns; assembly/match/window-moments.ts. */
type WindowMoments = (
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

/** Writes (x − centre) · scale and its squares, in float64. If the address of squares is 0, they are not written. */
type Centre = (
  signal: number,
  count: number,
  centre: number,
  scale: number,
  output: number,
  squares: number,
) => void;

/** The module's exports. */
export interface MatchEntries {
  /** For (x − centre) · scale in float32; `ends` is a scratch area with 128 bytes for each row of a window. */
  readonly windowMomentsDown32: WindowMoments;
  readonly centre32: Centre;
  readonly centre64: Centre;
  /** From float32 to float32, rounded once; in place if the addresses are equal. */
  centreIn32(signal: number, count: number, centre: number, scale: number, output: number): void;
  /** Writes five float64 numbers: minimum, maximum, Σ(x − first), Σ(x − first)², and 1 if all numbers are integers, else 0. */
  rangeAndSums32(signal: number, count: number, first: number, output: number): void;
  rangeAndSums64(signal: number, count: number, first: number, output: number): void;
  /**
   * For windows of n numbers (`count`): (n Σx² − (Σx)²) / n and Σx², stored for the first channel and added for the others. With the last
   * channel, variances that are not positive or below share · Σx² + limit become -1, except a 0 if `isZeroSure`. Rounds up to pairs of
   * windows.
   * @returns 1 if some result is -1
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
   * Products over the square roots of float64 squares, clamped to -1 … 1: 0 where the square is 0, -2 where it is negative. `isSingle` and
   * `toSingle`: products and output are float32, else float64. Rounds up to pairs of windows.
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
   * Products over the square roots of variances, to float32: `addVariances` and `quotients` in one pass, for a single channel. `parameters`
   * points to the parameters, whose layout is in assembly/match/quotients.ts. `isSingle`: products are float32, else float64. Variances
   * are an intermediate result, which may overwrite the sums. Rounds up to fours of windows.
   * @returns 1 if some score is -2
   */
  coefficients(
    sums: number,
    squares: number,
    products: number,
    isSingle: number,
    variances: number,
    output: number,
    windows: number,
    parameters: number,
  ): number;
  /**
   * Scores of windows of integers whose sums are exact in 32 bits, row by row; assembly/match/integer-scores.ts has the layouts.
   * `isSingle`: products are float32, else float64.
   * @returns 1 if some score is -2
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
    parameters: number,
  ): number;
  /** A pass of an FFT; assembly/match/dft-pass.ts has the formula and the table. `inner` is even. */
  dftPass(x: number, y: number, im: number, table: number, radix: number, m: number, inner: number): void;
}

/** The names of the entries, as scripts read them. */
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
  'dftPass',
] as const satisfies readonly (keyof MatchEntries)[];
