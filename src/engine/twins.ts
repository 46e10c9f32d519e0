// A text encoding for modules whose functions exist for float32 and for float64: scripts/ship-wasm.mjs encodes, carried.ts of those
// modules decodes.
//
// The float64 version of a function differs mainly in its opcodes, and f64x2 arithmetic opcodes are those of f32x4 plus 12. So the text
// alternates between float32 and float64 pieces, and in the latter, f64x2 opcodes are written as those of f32x4. gzip then finds the
// same function twice: the module of signals takes 0.9 KB less.

import { decode, encode } from './module-text.js';

/** The prefix of vector instructions. */
const VECTOR = 253;
/** The first arithmetic opcode (abs) of f32x4 and of f64x2, and their number. */
const SINGLE = 0xe0;
const DOUBLE = 0xec;
const CODES = 12;

/** Separates pieces; module-text.ts does not use this character. */
const SEPARATOR = '!';

/** Whether there is an arithmetic opcode of the type whose opcodes begin with `first`. */
const isCode = (bytes: Uint8Array, at: number, first: number): boolean =>
  bytes[at] >= first && bytes[at] < first + CODES;

/** Replaces the opcodes of one type by those of the other. `indexOf` is faster than a loop that is not optimised yet. */
function exchange(bytes: Uint8Array, from: number, to: number): void {
  for (let at = bytes.indexOf(VECTOR) + 1; at > 0; at = bytes.indexOf(VECTOR, at) + 1)
    if (isCode(bytes, at, from)) bytes[at] += to - from;
}

/** Encodes any bytes. */
export function encodeTwins(bytes: Uint8Array): string {
  const pieces: string[] = [];
  let begin = 0;
  const end = (at: number) => {
    const piece = Uint8Array.from(bytes.subarray(begin, at));
    if (pieces.length % 2 === 1) exchange(piece, DOUBLE, SINGLE);
    pieces.push(encode(piece));
    begin = at;
  };
  // an opcode of the other type begins a new piece, so that no piece has both
  for (let i = 1; i < bytes.length; i++)
    if (bytes[i - 1] === VECTOR && isCode(bytes, i, pieces.length % 2 === 0 ? DOUBLE : SINGLE)) end(i - 1);
  end(bytes.length);
  return pieces.join(SEPARATOR);
}

/** Decodes what `encodeTwins` returns. */
export function decodeTwins(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  let count = 0;
  for (const [i, piece] of text.split(SEPARATOR).entries()) {
    const decoded = decode(piece);
    if (i % 2 === 1) exchange(decoded, SINGLE, DOUBLE);
    bytes.set(decoded, count);
    count += decoded.length;
  }
  return bytes.slice(0, count);
}
