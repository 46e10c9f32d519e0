// The result of measuring a runtime on a layer.

/** The result of a runtime on one layer in one process: rounds of [median, minimum] milliseconds, or the reason why there are none. */
export interface Outcome {
  readonly rounds: readonly (readonly [median: number, least: number])[];
  /** Largest error as a fraction of the allowed error. */
  readonly error?: number;
  readonly failure?: string;
}
