// convnd/train: gradients of layers and functionals, and what is done with them.

export type { NestedArray, Shape, Tensor, TensorLike } from './core/tensor.js';
export type { ActivationName } from './layers/activation.js';
export type { FunctionalOptions, FunctionalTransposeOptions, Rank, Sizes } from './problem/options.js';
export { type BackwardOptions, backward } from './train/backward.js';
export type { GradOptions, GradTransposeOptions } from './train/grad.js';
export * as grad from './train/grad.js';
