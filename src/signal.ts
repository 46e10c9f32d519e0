// convnd/signal: correlation and convolution of signals, in SciPy's and MATLAB's words.

export { correlate } from './signal/correlate.js';
