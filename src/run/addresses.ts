// Addresses: where a block works.

/** Addresses in wasm memory that a block works with. */
export interface Addresses {
  /** where the block's tasks and tables go */
  readonly tables: number;
  readonly scratch: number;
  readonly weights: number;
  readonly bias: number;
  /** the whole input and output, each -1 where it does not lie in wasm memory */
  readonly input: number;
  readonly output: number;
  /** numbers from one image to the next where these are channels of a larger tensor, else -1 */
  readonly inputStep: number;
  readonly outputStep: number;
  /** where outputs go that are copied from there, if not to their place in the scratch; -1 likewise */
  readonly target?: number;
}
