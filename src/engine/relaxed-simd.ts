// Replaces multiply and add by f32x4.relaxed_madd in the bytes of a module, if the JavaScript engine supports relaxed SIMD.
//
// Such a module ends with a custom section `madd0` (scripts/multiply-adds.mjs): one bit for each byte sequence that reads as f32x4.mul or
// f32x4.add, set if the product is the first operand of the sum; the last byte is the number of bytes of this bitmap. On a stack machine
// the mul can be replaced by nops and the add by relaxed_madd, which has three bytes as well. The section is then renamed `madd1`.

/** Whether multiply-adds may be fused. */
export type RelaxedSimd = 'auto' | 'never';

/** The value of `settings.relaxedSimd`, and whether a module has been compiled with it. */
export const relaxedSimd: { preference: RelaxedSimd; used: boolean } = { preference: 'auto', used: false };

const VECTOR = 0xfd;
const ADD = 0xe4;
const MULTIPLY = 0xe6;
const NOPS = [1, 1, 1];
const MULTIPLY_ADD = [VECTOR, 0x85, 2];

/** The name of the custom section in the shipped module, and with fused multiply-adds. */
const PLAIN = 'madd0';
export const FUSED = 'madd1';

/** The bytes to compile: with fused multiply-adds if the setting and the JavaScript engine allow it, else unchanged. */
export function suited(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  relaxedSimd.used = true;
  return relaxedSimd.preference === 'auto' && hasRelaxedSimd() ? fused(bytes) : bytes;
}

/** Chooses between two precompiled modules, on hosts that can't compile. The import would have failed without relaxed SIMD. */
export function suitedModule(plain: WebAssembly.Module, fused: WebAssembly.Module): WebAssembly.Module {
  relaxedSimd.used = true;
  return relaxedSimd.preference === 'auto' ? fused : plain;
}

/** The bytes with fused multiply-adds, regardless of what the engine supports; unchanged if there is no `madd0` section. */
export function fused(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const end = bytes.length - 1;
  const begin = end - bytes[end];
  const name = begin - PLAIN.length;
  if (String.fromCharCode(...bytes.subarray(name, begin)) !== PLAIN) return bytes;
  const result = new Uint8Array(bytes); // not slice(), which copies nothing if bytes is a Buffer
  result[begin - 1]++; // renames PLAIN to FUSED
  for (let at = 0, place = 0; at < name; at++) {
    const code = bytes[at + 1];
    if (bytes[at] !== VECTOR || bytes[at + 2] !== 1 || (code !== ADD && code !== MULTIPLY)) continue;
    if ((bytes[begin + (place >> 3)] >> (place & 7)) & 1) result.set(code === ADD ? MULTIPLY_ADD : NOPS, at);
    place++;
  }
  return result;
}

/** Whether the engine validates a function of `unreachable`, `f32x4.relaxed_madd` and `drop`. */
function hasRelaxedSimd(): boolean {
  return !!globalThis.WebAssembly?.validate(
    Uint8Array.of(
      ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0],
      ...[10, 9, 1, 7, 0, 0, ...MULTIPLY_ADD, 26, 11],
    ),
  );
}
