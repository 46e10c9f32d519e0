// The entries of the module of matching: src/match/entries.ts declares the same names. It imports the memory of the layers' module and has
// no data of its own.

export {
  coefficients32,
  coefficients64,
  quotients32,
  quotients64,
  quotientsTo64,
} from './match/quotients';
export { addVariances, rangeAndSums32, rangeAndSums64 } from './match/scores';
export { windowMomentsDown32 } from './match/window-moments';
