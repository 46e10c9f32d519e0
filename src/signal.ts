// convnd/signal: correlation and convolution of signals, in SciPy's and MATLAB's words.

export {} from './signal/wasm.js';
export {} from './spectrum/wasm.js';

// The wasm texts are imported first: at the start of a bundle they compress 0.9 KB smaller than in the middle of the code.

export type { NestedArray, Shape, Tensor, TensorLike } from './core/tensor.js';
export { type ChooseOptions, chooseConvMethod, type MethodChoice } from './signal/choose.js';
export { convolve, fftconvolve, oaconvolve } from './signal/convolve.js';
export { convolve2d, correlate2d, type PlanarOptions } from './signal/convolve2d.js';
export { correlate } from './signal/correlate.js';
export { type CorrelateTemplateOptions, correlateTemplate } from './signal/correlate-template.js';
export type { FirBlock, FirOutput } from './signal/fir-filter/block.js';
export {
  type FirCoefficients,
  FirFilter,
  type FirFilterOptions,
  type ProcessOptions,
} from './signal/fir-filter/fir-filter.js';
export { correlationLags, type LagRange, type Lags } from './signal/lags.js';
export { layersUseFft } from './signal/layer-fft/layers-use-fft.js';
export { type Filtered, type LfilterOptions, lfilter, lfilterZi } from './signal/lfilter.js';
export type { Mode } from './signal/modes.js';
export type {
  ConvolveOptions,
  CorrelateOptions,
  MethodOptions,
  ResultOptions,
  SizeOptions,
} from './signal/options.js';
export { type Sepfir2dOptions, sepfir2d } from './signal/sepfir2d.js';
export { type UpfirdnMode, type UpfirdnOptions, upfirdn } from './signal/upfirdn.js';
export type { Extension } from './signal/upfirdn-extension.js';
export { type Lagged, type XcorrOptions, xcorr, xcov } from './signal/xcorr.js';
export type { Scale } from './signal/xcorr-scale.js';
export type { BorderName } from './sums/borders/names.js';
export type { Method } from './sums/request.js';
export type { Dtype, NumberArray, OwnArray, Samples, SamplesLike } from './sums/samples.js';
