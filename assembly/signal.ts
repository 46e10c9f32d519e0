// The entries of the second module, which transforms and sums signals: src/spectrum/entries.ts declares the same names. It imports the
// memory of the first one and has no data of its own, so that neither needs to know where the other's lie.

export { areFinite, integerSquares, round } from './fft/numbers';
export { spread } from './fft/rows';
export { factors, transform, transformRows } from './fft/transform';
export { rows, stage } from './signal/direct';
export { closeUp } from './signal/stage';
export {
  windowSumsAcross32,
  windowSumsAcross64,
  windowSumsDown32,
  windowSumsDown64,
} from './signal/window-sums';
