// convnd/match: finding a pattern in a picture, a signal or a volume, in OpenCV's and scikit-image's words.

export { type Filter2dOptions, filter2d, sepFilter2d } from './match/filter2d.js';
export { matchTemplate } from './match/match-template.js';
