// convnd/train: gradients of layers and functionals, and what is done with them.

export type { NestedArray, Shape, Tensor, TensorLike } from './core/tensor.js';
export type { ActivationName } from './layers/activation.js';
export type { FunctionalOptions, FunctionalTransposeOptions, Rank, Sizes } from './problem/options.js';
export { leakyRelu, relu, relu6, sigmoid, tanh } from './train/activations.js';
export { Adam, type AdamOptions, AdamW } from './train/adam.js';
export { type AddOptions, add } from './train/add.js';
export { type AnyLayer, type BackwardOptions, backward } from './train/backward.js';
export {
  type BinaryCrossEntropyOptions,
  binaryCrossEntropyWithLogits,
} from './train/binary-cross-entropy.js';
export { cat } from './train/cat.js';
export { type ClipGradNormOptions, clipGradNorm, clipGradValue } from './train/clip.js';
export { type CrossEntropyOptions, crossEntropy } from './train/cross-entropy.js';
export { custom, detach } from './train/custom.js';
export type { GradOptions, GradTransposeOptions } from './train/grad.js';
export * as grad from './train/grad.js';
export type { GivenGroup, GivenParams, ParamGroup } from './train/groups.js';
export {
  type HuberOptions,
  huberLoss,
  l1Loss,
  mseLoss,
  type SmoothL1Options,
  smoothL1Loss,
} from './train/losses.js';
export { narrow } from './train/narrow.js';
export type { Optimizer } from './train/optimizer.js';
export type { OptimizerState } from './train/optimizer-state.js';
export { record } from './train/record.js';
export type { Recorded, RecordedBackwardOptions } from './train/recorded.js';
export type { LossOptions, Reduction } from './train/reduction.js';
export { RMSprop, type RMSpropOptions } from './train/rmsprop.js';
export {
  CosineAnnealingLR,
  LambdaLR,
  type Scheduler,
  type SchedulerState,
  StepLR,
} from './train/scheduler.js';
export { SGD, type SGDOptions } from './train/sgd.js';
