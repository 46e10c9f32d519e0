// Fingerprints of parameters, which show that values changed. Numbers are read piece by piece: a piece is copied into wasm memory and read
// while it is in a cache. Numbers in wasm memory are not copied.

import { FLOAT_BYTES, WORD_BYTES } from '../core/bytes.js';
import type { Engine } from '../engine/engine.js';

/** Bytes of a fingerprint, as assembly/weights/fingerprint.ts has it. */
export const FINGERPRINT_BYTES = 128;

/** The initial value of the chains of a fingerprint, combined with the count. */
const SEED = 0x811c9dc5;

/**
 * Computes the fingerprint of numbers. Missing numbers (null) have a fingerprint too.
 * @param state the address that it is written to
 * @param scratch where pieces of `most` numbers are copied to
 */
export function fingerprint(
  engine: Engine,
  numbers: Float32Array | null,
  state: number,
  scratch: number,
  most: number,
): void {
  const { i32, entries } = engine;
  const word = state / WORD_BYTES;
  i32.fill((numbers?.length ?? 0) ^ SEED, word, word + FINGERPRINT_BYTES / WORD_BYTES);
  eachPiece(engine, numbers, scratch, most, (address, count) => entries.fingerprint(state, address, count));
}

/** Whether all numbers are finite. They are read in the same way. */
export function areFinite(
  engine: Engine,
  numbers: Float32Array | null,
  scratch: number,
  most: number,
): boolean {
  let all = true;
  eachPiece(engine, numbers, scratch, most, (address, count) => {
    all &&= engine.entries.finite(address, count) !== 0;
  });
  return all;
}

/** Visits numbers in place if they are in wasm memory, or else copies of their pieces. */
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

/** Whether fingerprints of `words` words differ from those that are kept; if so, they replace them. */
export function differs({ i32 }: Engine, kept: number, given: number, words: number): boolean {
  const [first, other] = [kept / WORD_BYTES, given / WORD_BYTES];
  let changed = false;
  for (let word = 0; word < words; word++) if (i32[first + word] !== i32[other + word]) changed = true;
  if (changed) i32.copyWithin(first, other, other + words);
  return changed;
}
