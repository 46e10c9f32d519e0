// Activation: what is applied to the outputs of a block, while they are still in a cache.

/** The wasm entry of an activation, and what it takes beside the numbers: a slope, or the most that passes. */
export interface Activation {
  readonly entry: 'clamp' | 'leakyRelu';
  readonly operand: number;
}
