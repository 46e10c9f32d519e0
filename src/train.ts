// convnd/train: what layers learn with.

export { Adam, type AdamOptions, AdamW } from './train/adam.js';
export { type ClipGradNormOptions, clipGradNorm, clipGradValue } from './train/clip.js';
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
