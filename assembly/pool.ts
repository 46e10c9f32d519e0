// The exports of the module of pooling, declared in src/pool/entries.ts. It imports the memory of the layers' module and has no static
// data.

export { poolMax, poolSum } from './pool/pool';
