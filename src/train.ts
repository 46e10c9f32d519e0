// convnd/train: backpropagation through layers and functionals, losses and optimizers.

export {} from './engine/wasm.js';
export {} from './train/wasm.js';

// The wasm texts are imported first: at the start of a bundle they compress 2 KB smaller than in the middle of the code.

export type { NestedArray, Shape, Tensor, TensorLike } from './core/tensor.js';
export type { ActivationName } from './layers/activation.js';
export type { AnyLayer } from './layers/any-layer.js';
export type { FunctionalOptions, FunctionalTransposeOptions } from './problem/options.js';
export type { Rank, Sizes } from './problem/sizes.js';
export { type BackwardOptions, backward } from './train/backward.js';
export {
  gelu,
  hardswish,
  leakyRelu,
  relu,
  relu6,
  sigmoid,
  silu,
  tanh,
} from './train/functions/activations.js';
export { type AddOptions, add } from './train/functions/add.js';
export {
  type BinaryCrossEntropyOptions,
  binaryCrossEntropyWithLogits,
} from './train/functions/binary-cross-entropy.js';
export { cat } from './train/functions/cat.js';
export { type CrossEntropyOptions, crossEntropy } from './train/functions/cross-entropy.js';
export {
  type HuberOptions,
  huberLoss,
  l1Loss,
  mseLoss,
  type SmoothL1Options,
  smoothL1Loss,
} from './train/functions/losses.js';
export { mul } from './train/functions/mul.js';
export { narrow } from './train/functions/narrow.js';
export type { LossOptions, Reduction } from './train/functions/reduction.js';
export * as grad from './train/gradients/grad.js';
export type { GradOptions } from './train/gradients/grad-conv.js';
export type { GradTransposeOptions } from './train/gradients/grad-conv-transpose.js';
export { Adam, type AdamOptions, AdamW } from './train/optimizers/adam.js';
export { type ClipGradNormOptions, clipGradNorm, clipGradValue } from './train/optimizers/clip.js';
export { CosineAnnealingLR } from './train/optimizers/cosine-annealing-lr.js';
export type { GivenGroup, GivenParams, ParamGroup } from './train/optimizers/groups.js';
export { LambdaLR } from './train/optimizers/lambda-lr.js';
export type { Optimizer } from './train/optimizers/optimizer.js';
export type { OptimizerState } from './train/optimizers/optimizer-state.js';
export { RMSprop, type RMSpropOptions } from './train/optimizers/rmsprop.js';
export type { Scheduled, Scheduler, SchedulerState } from './train/optimizers/scheduler.js';
export { SGD, type SGDOptions } from './train/optimizers/sgd.js';
export { StepLR } from './train/optimizers/step-lr.js';
export { custom, detach } from './train/tape/custom.js';
export { record } from './train/tape/record.js';
export type { Recorded, RecordedBackwardOptions } from './train/tape/recorded.js';
