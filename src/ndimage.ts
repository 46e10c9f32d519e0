// convnd/ndimage: filters of signals, pictures and volumes, in the words of scipy.ndimage.

export {} from './spectrum/wasm.js';

// The wasm text is imported first: at the start of a bundle it compresses 0.6 KB smaller than in the middle of the code.

export type { NestedArray, Shape, Tensor, TensorLike } from './core/tensor.js';
export type { PerAxis } from './ndimage/axes.js';
export type { AxesOptions, FilterOptions, ModeOptions, ModesOptions } from './ndimage/call.js';
export {
  type Correlate1dOptions,
  type CorrelateOptions,
  convolve,
  convolve1d,
  correlate,
  correlate1d,
} from './ndimage/correlate.js';
export {
  type DerivativeOptions,
  type LaplaceOptions,
  laplace,
  prewitt,
  sobel,
} from './ndimage/derivative.js';
export {
  type Gaussian1dOptions,
  type GaussianOptions,
  gaussianFilter,
  gaussianFilter1d,
} from './ndimage/gaussian.js';
export {
  type GaussianDerivativeOptions,
  gaussianGradientMagnitude,
  gaussianLaplace,
} from './ndimage/gaussian-derivatives.js';
export type { Extent } from './ndimage/gaussian-passes.js';
export type { NdimageMode } from './ndimage/modes.js';
export {
  type Uniform1dOptions,
  type UniformOptions,
  uniformFilter,
  uniformFilter1d,
} from './ndimage/uniform.js';
export type { Dtype, NumberArray, Samples, SamplesLike } from './sums/samples.js';
