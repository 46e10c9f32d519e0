// convnd/match: finding a pattern in a picture, a signal or a volume, in OpenCV's and scikit-image's words.

export type { MaskLike, NestedBooleans } from './match/cover.js';
export { type CrossCorrelateMaskedOptions, crossCorrelateMasked } from './match/cross-correlate-masked.js';
export { matchTemplate } from './match/match-template.js';
export {
  type PhaseCrossCorrelationOptions,
  phaseCrossCorrelation,
  type Registration,
} from './match/phase-cross-correlation.js';
