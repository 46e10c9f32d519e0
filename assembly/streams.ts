// The exports of the module of streams, declared in src/signal/entries.ts. It imports the memory of the layers' module and has no static
// data.

export { finish32 } from './streams/finish';
export { add32, add64, firRows32, firRows64 } from './streams/fir';
export { multiplyAdd32, multiplyAdd64 } from './streams/spectra';
