// Fingerprints of parameters, by which is noticed that they changed. Numbers are looked at piece by piece: a piece is copied and read
// while it is in a cache. Those in wasm memory are not copied.

import { FLOAT_BYTES, WORD_BYTES } from '../core/bytes.js';
import type { Engine } from '../engine/engine.js';

/** Bytes of a fingerprint, as assembly/weights/fingerprint.ts has it. */
export const FINGERPRINT_BYTES = 128;

/** What the chains of a fingerprint begin with, beside the count. */
const SEED = 0x811c9dc5;

/**
 * Takes the fingerprint of numbers; where there are none it is one too.
 * @param state where it goes
 * @param scratch where pieces of `most` numbers are copied to
 */
export function fingerprint(
  engine: Engine,
  numbers: Float32Array | null,
  state: number,
  scratch: number,
  most: number,
): void {
  const { i32, exports } = engine;
  const word = state / WORD_BYTES;
  i32.fill((numbers?.length ?? 0) ^ SEED, word, word + FINGERPRINT_BYTES / WORD_BYTES);
  eachPiece(engine, numbers, scratch, most, (address, count) => exports.fingerprint(state, address, count));
}

/** Whether numbers are all finite, looked at likewise. */
export function areFinite(
  engine: Engine,
  numbers: Float32Array | null,
  scratch: number,
  most: number,
): boolean {
  let all = true;
  eachPiece(engine, numbers, scratch, most, (address, count) => {
    all &&= engine.exports.finite(address, count) !== 0;
  });
  return all;
}

/** Visits numbers where they lie in wasm memory, or piece by piece where they are copied to. */
function eachPiece(
  { f32 }: Engine,
  numbers: Float32Array | null,
  scratch: number,
  most: number,
  visit: (address: number, count: number) => void,
): void {
  if (!numbers) return;
  const count = numbers.length;
  if (numbers.buffer === f32.buffer) visit(numbers.byteOffset, count);
  else
    for (let at = 0; at < count; at += most) {
      const piece = count > most ? numbers.subarray(at, at + most) : numbers;
      f32.set(piece, scratch / FLOAT_BYTES);
      visit(scratch, piece.length);
    }
}

/** Whether `words` words of fingerprints differ from those that are kept, which they then replace. */
export function differs({ i32 }: Engine, kept: number, given: number, words: number): boolean {
  const [first, other] = [kept / WORD_BYTES, given / WORD_BYTES];
  let changed = false;
  for (let word = 0; word < words; word++) if (i32[first + word] !== i32[other + word]) changed = true;
  if (changed) i32.copyWithin(first, other, other + words);
  return changed;
}
