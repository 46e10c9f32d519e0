// convnd/signal: correlation and convolution of signals, in SciPy's and MATLAB's words.

export { correlate } from './signal/correlate.js';
export { type Filtered, type LfilterOptions, lfilter, lfilterZi, type One } from './signal/lfilter.js';
export { type Sepfir2dOptions, sepfir2d } from './signal/sepfir2d.js';
export { type UpfirdnMode, type UpfirdnOptions, upfirdn } from './signal/upfirdn.js';
