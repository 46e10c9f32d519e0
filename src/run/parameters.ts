// Parameters: what a convolution is computed with, as its owner has it.

/** Weight and bias as their owner has them. */
export interface Parameters {
  readonly weight: Float32Array;
  readonly bias: Float32Array | null;
  /** another number whenever values were replaced */
  readonly version: number;
  /** somebody holds the arrays and may write into them: look at the values themselves */
  readonly exposed: boolean;
}
