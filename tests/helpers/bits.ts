// Bits: results that must be the same to the last one.

/** The first place where two results differ in a bit, or -1. wasm doesn't say which bits a NaN has: these are alike. */
export function differingPlace(got: Float32Array, wanted: Float32Array): number {
  const [a, b] = [got, wanted].map((list) => new Uint32Array(list.buffer, list.byteOffset, list.length));
  for (let i = 0; i < a.length; i++)
    if (a[i] !== b[i] && !(Number.isNaN(got[i]) && Number.isNaN(wanted[i]))) return i;
  return -1;
}
