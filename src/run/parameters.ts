// Parameters: the weight and bias of a convolution.

/** Weight and bias in the arrays of their owner. */
export interface Parameters {
  readonly weight: Float32Array;
  readonly bias: Float32Array | null;
  /** changes whenever values are replaced */
  readonly version: number;
  /** the caller may have written to the arrays: changes show only in the values */
  readonly exposed: boolean;
}
