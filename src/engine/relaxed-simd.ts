// Relaxed SIMD: bytes of a module in, the same module with fused multiply-adds out, where this JavaScript engine knows them.
//
// A module that has multiply-adds ends with a section `madd0`: a bit for each place that reads as f32x4.mul or f32x4.add, set where
// the product is the first operand of the sum (scripts/multiply-adds.mjs), and in the last byte how many bytes these bits take. As operands
// lie on a stack, a product can be left out and its sum be f32x4.relaxed_madd instead, in the same three bytes. The section is then
// called `madd1`.

/** Whether multiply-adds may be fused. */
export type RelaxedSimd = 'auto' | 'never';

/** What `settings.relaxedSimd` says, and whether a module has been made by it. */
export const relaxedSimd: { preference: RelaxedSimd; used: boolean } = { preference: 'auto', used: false };

const VECTOR = 0xfd;
const ADD = 0xe4;
const MULTIPLY = 0xe6;
const NOTHING = [1, 1, 1];
const MULTIPLY_ADD = [VECTOR, 0x85, 2];

/** The name of the section as it is shipped, and with fused multiply-adds. */
const PLAIN = 'madd0';
export const FUSED = 'madd1';

/** The bytes that this engine is to compile: as they are, or with fused multiply-adds. Bytes of anything else come back as they are. */
export function suited(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  relaxedSimd.used = true;
  return relaxedSimd.preference === 'auto' && hasRelaxedSimd() ? fused(bytes) : bytes;
}

/** The module that is to run of the two that there are, where bytes can't be compiled. What could be imported can run. */
export function suitedModule(plain: WebAssembly.Module, fused: WebAssembly.Module): WebAssembly.Module {
  relaxedSimd.used = true;
  return relaxedSimd.preference === 'auto' ? fused : plain;
}

/** The bytes with fused multiply-adds, whatever this engine knows. */
export function fused(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const end = bytes.length - 1;
  const begin = end - bytes[end];
  const name = begin - PLAIN.length;
  if (String.fromCharCode(...bytes.subarray(name, begin)) !== PLAIN) return bytes;
  const made = new Uint8Array(bytes); // a copy: slice of a Buffer is none
  made[begin - 1]++; // FUSED
  for (let at = 0, place = 0; at < name; at++) {
    const code = bytes[at + 1];
    if (bytes[at] !== VECTOR || bytes[at + 2] !== 1 || (code !== ADD && code !== MULTIPLY)) continue;
    if ((bytes[begin + (place >> 3)] >> (place & 7)) & 1) made.set(code === ADD ? MULTIPLY_ADD : NOTHING, at);
    place++;
  }
  return made;
}

/** Whether this engine has WebAssembly, and compiles a function that says `unreachable`, `f32x4.relaxed_madd` and `drop`. */
function hasRelaxedSimd(): boolean {
  return !!globalThis.WebAssembly?.validate(
    Uint8Array.of(
      ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0],
      ...[10, 9, 1, 7, 0, 0, ...MULTIPLY_ADD, 26, 11],
    ),
  );
}
