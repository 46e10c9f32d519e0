// The entries of the module of streams: src/signal/entries.ts declares the same names. It imports the memory of the layers' module and has
// no data of its own.

export { finish32 } from './streams/finish';
export { add32, add64, firRows32, firRows64 } from './streams/fir';
export { multiplyAdd32, multiplyAdd64 } from './streams/spectra';
