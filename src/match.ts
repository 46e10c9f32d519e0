// convnd/match: finding a pattern in a picture, a signal or a volume, in OpenCV's and scikit-image's words.

export {} from './match/wasm.js';
export {} from './spectrum/wasm.js';

// The wasm texts are imported first: at the start of a bundle they compress 0.8 KB smaller than in the middle of the code.

export type { NestedArray, Shape, Tensor, TensorLike } from './core/tensor.js';
export { type Filter2dOptions, filter2d, sepFilter2d } from './match/filter2d.js';
export type { MaskLike, NestedMask } from './match/mask.js';
export {
  type CrossCorrelateMaskedOptions,
  crossCorrelateMasked,
} from './match/masked/cross-correlate-masked.js';
export type { MatchMethod, MatchOptions, Precision } from './match/options.js';
export { type FindOptions, findMatches } from './match/peaks/find-matches.js';
export { type Peak, type PeakOptions, peakLocalMax } from './match/peaks/peaks.js';
export {
  type PhaseCrossCorrelationOptions,
  phaseCrossCorrelation,
  type Registration,
} from './match/phase-cross-correlation/phase-cross-correlation.js';
export { matchTemplate, matchTemplates } from './match/template/match-template.js';
export type { BorderName } from './sums/borders/names.js';
export type { Dtype, NumberArray, Samples, SamplesLike } from './sums/samples.js';
