// The entries of the second module, which transforms and sums signals: src/spectrum/entries.ts declares the same names. It imports the
// memory of the first one and has no data of its own, so that neither needs to know where the other's lie.

export { correlateRows64 } from './signal/rows64';
export {
  windowSumsAcross32,
  windowSumsAcross64,
  windowSumsDown32,
  windowSumsDown64,
} from './signal/window-sums';
