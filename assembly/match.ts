// The entries of the module of matching: src/match/entries.ts declares the same names. It imports the memory of the layers' module and has
// no data of its own.

export { centre32, centre64, centreIn32 } from './match/centre';
export { dftPass } from './match/dft-pass';
export { wholeCoefficients } from './match/integer-scores';
export {
  coefficients,
  quotients,
} from './match/quotients';
export { addVariances, rangeAndSums32, rangeAndSums64 } from './match/scores';
export { windowMomentsDown32 } from './match/window-moments';
