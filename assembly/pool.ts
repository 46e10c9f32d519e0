// The entries of the module of pooling: src/pool/entries.ts declares the same names. It imports the memory of the layers' module and has
// no data of its own.

export { poolMax, poolSum } from './pool/pool';
