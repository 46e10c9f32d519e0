// Twins: how a module is spelt as a text whose functions are there for float32 and for float64: scripts/ship-wasm.mjs encodes, the carriers
// of those modules decode.
//
// Such functions differ little but in their instructions, of which the arithmetic ones have codes that lie 12 apart. So the text is in
// pieces by turns: in the second and every other one, arithmetic of float64 is spelt as that of float32. A web server's compression then
// finds the same function twice: the module of signals takes 0.9 KB less.

import { decode, encode } from './module-text.js';

/** What stands before a vector instruction. */
const VECTOR = 253;
/** The codes of arithmetic, from the absolute value on: of float32 first, of float64 behind them. */
const SINGLE = 0xe0;
const DOUBLE = 0xec;
const CODES = 12;

/** Between two pieces; the spelling of a byte has no such letter. */
const TURN = '!';

/** Whether bytes have a code of arithmetic there, whose codes begin with that one. */
const isCode = (bytes: Uint8Array, at: number, first: number): boolean =>
  bytes[at] >= first && bytes[at] < first + CODES;

/** Puts codes of one type in the place of the other's. The engine finds vector instructions faster than a loop that is not compiled yet. */
function exchange(bytes: Uint8Array, from: number, to: number): void {
  for (let at = bytes.indexOf(VECTOR) + 1; at > 0; at = bytes.indexOf(VECTOR, at) + 1)
    if (isCode(bytes, at, from)) bytes[at] += to - from;
}

/** The text of any bytes. */
export function encodeTwins(bytes: Uint8Array): string {
  const pieces: string[] = [];
  let begin = 0;
  const end = (at: number) => {
    const piece = Uint8Array.from(bytes.subarray(begin, at));
    if (pieces.length % 2 === 1) exchange(piece, DOUBLE, SINGLE);
    pieces.push(encode(piece));
    begin = at;
  };
  // what reads as the other type begins a piece, so none has codes of both
  for (let i = 1; i < bytes.length; i++)
    if (bytes[i - 1] === VECTOR && isCode(bytes, i, pieces.length % 2 === 0 ? DOUBLE : SINGLE)) end(i - 1);
  end(bytes.length);
  return pieces.join(TURN);
}

/** The bytes of a text. */
export function decodeTwins(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  let count = 0;
  for (const [i, piece] of text.split(TURN).entries()) {
    const decoded = decode(piece);
    if (i % 2 === 1) exchange(decoded, SINGLE, DOUBLE);
    bytes.set(decoded, count);
    count += decoded.length;
  }
  return bytes.slice(0, count);
}
