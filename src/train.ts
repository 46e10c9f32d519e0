// convnd/train: gradients of layers and functionals, and what is done with them.

export type { NestedArray, Shape, Tensor, TensorLike } from './core/tensor.js';
export type { ActivationName } from './layers/activation.js';
export type { FunctionalOptions, FunctionalTransposeOptions, Rank, Sizes } from './problem/options.js';
export { Adam, type AdamOptions, AdamW } from './train/adam.js';
export { type BackwardOptions, backward } from './train/backward.js';
export { type ClipGradNormOptions, clipGradNorm, clipGradValue } from './train/clip.js';
export type { GradOptions, GradTransposeOptions } from './train/grad.js';
export * as grad from './train/grad.js';
export type { GivenGroup, GivenParams, ParamGroup } from './train/groups.js';
export type { Optimizer } from './train/optimizer.js';
export type { OptimizerState } from './train/optimizer-state.js';
export { RMSprop, type RMSpropOptions } from './train/rmsprop.js';
export {
  CosineAnnealingLR,
  LambdaLR,
  type Scheduler,
  type SchedulerState,
  StepLR,
} from './train/scheduler.js';
export { SGD, type SGDOptions } from './train/sgd.js';
