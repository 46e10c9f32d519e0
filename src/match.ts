// convnd/match: finding a pattern in a picture, a signal or a volume, in OpenCV's and scikit-image's words.

export { matchTemplate } from './match/match-template.js';
