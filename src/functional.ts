// convnd/functional: torch.nn.functional's convolutions, pooling, fold and unfold. Bundlers keep only the functions a program calls.

export {} from './engine/wasm.js';
export {} from './pool/wasm.js';

// The wasm texts are imported first: at the start of a bundle they compress 0.7 KB smaller than in the middle of the code.

export {
  conv1d,
  conv2d,
  conv3d,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
} from './layers/functional.js';
export { adaptiveAvgPool1d, adaptiveAvgPool2d, adaptiveAvgPool3d } from './pool/adaptive-avg-pool.js';
export { adaptiveMaxPool1d, adaptiveMaxPool2d, adaptiveMaxPool3d } from './pool/adaptive-max-pool.js';
export { avgPool1d, avgPool2d, avgPool3d } from './pool/avg-pool.js';
export { maxPool1d, maxPool2d, maxPool3d } from './pool/max-pool.js';
export { type MaxUnpoolOptions, maxUnpool1d, maxUnpool2d, maxUnpool3d } from './pool/max-unpool.js';
export type {
  AdaptiveMaxIndicesOptions,
  AdaptiveMaxOptions,
  AdaptiveOptions,
  AvgPool1dOptions,
  AvgPoolOptions,
  MaxPoolIndices,
  MaxPoolIndicesOptions,
  MaxPoolOptions,
} from './pool/options.js';
export { fold, type UnfoldOptions, unfold } from './pool/unfold.js';
