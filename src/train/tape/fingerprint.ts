// Fingerprint: by which a tensor that backward needs is known to be what it was when it was recorded.

import { FLOAT_BYTES, WORD_BYTES } from '../../core/bytes.js';
import type { Tensor } from '../../core/tensor.js';
import type { Engine } from '../../engine/engine.js';
import { engine } from '../../engine/start.js';
import { FINGERPRINT_BYTES, fingerprint } from '../../run/fingerprint.js';
import { gapless } from '../tensors/gapless.js';

/** Words of a fingerprint. */
const WORDS = FINGERPRINT_BYTES / WORD_BYTES;

/** Numbers that are copied into wasm memory at a time: they stay in the first cache. */
const PIECE = 4096;

/** 1024 bits of the numbers of a tensor. A list: a typed array of its size has memory of its own, which takes longer to get and to collect. */
export type Fingerprint = readonly number[];

/** The fingerprint of a tensor's numbers as they are now. */
export function fingerprintOf(tensor: Tensor): Fingerprint {
  return gapless([tensor], (dense) => {
    const running = engine();
    const first = take(running, dense);
    const print = new Array<number>(WORDS);
    for (let word = 0; word < WORDS; word++) print[word] = running.i32[first + word];
    return print;
  });
}

/** Whether a tensor's numbers are what they were when a fingerprint was taken. */
export function matchesFingerprint(tensor: Tensor, print: Fingerprint): boolean {
  return gapless([tensor], (dense) => {
    const running = engine();
    const first = take(running, dense);
    for (let word = 0; word < WORDS; word++) if (print[word] !== running.i32[first + word]) return false;
    return true;
  });
}

/** Takes the fingerprint of a tensor; gives the first of its words in memory. */
function take(running: Engine, tensor: Tensor): number {
  const state = running.reserve(FINGERPRINT_BYTES + FLOAT_BYTES * PIECE, 'a fingerprint');
  // read after memory may have grown, which detaches the views of resident tensors
  fingerprint(running, tensor.data, state, state + FINGERPRINT_BYTES, PIECE);
  return state / WORD_BYTES;
}
