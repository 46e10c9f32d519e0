// The result of measuring a runtime on a layer.

/** What a runtime did on one layer in one process: rounds of [median, least] milliseconds, or why there are none. */
export interface Outcome {
  readonly rounds: readonly (readonly [median: number, least: number])[];
  /** Largest error as a share of what is allowed. */
  readonly error?: number;
  readonly failure?: string;
}
