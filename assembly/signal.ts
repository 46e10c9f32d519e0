// The exports of the module of signals (transforms and direct sums), declared in src/spectrum/entries.ts. It imports the memory of the
// layers' module and has no static data, so that the two do not conflict.

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
