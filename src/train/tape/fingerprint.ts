// Fingerprints of tensors, to detect that a tensor was modified between recording and backward.

import { FLOAT_BYTES, WORD_BYTES } from '../../core/bytes.js';
import type { Tensor } from '../../core/tensor.js';
import type { Engine } from '../../engine/engine.js';
import { engine } from '../../engine/start.js';
import { FINGERPRINT_BYTES, fingerprint } from '../../run/fingerprint.js';
import { gapless } from '../tensors/gapless.js';

/** Words of a fingerprint. */
const WORDS = FINGERPRINT_BYTES / WORD_BYTES;

/** Elements that are copied to wasm memory at a time; they stay in the L1 cache. */
const PIECE = 4096;

/** A 1024-bit hash of a tensor. A plain array, because a small typed array has a separate buffer that is slower to allocate and collect. */
export type Fingerprint = readonly number[];

/** The fingerprint of a tensor's current values. */
export function fingerprintOf(tensor: Tensor): Fingerprint {
  return gapless([tensor], (dense) => {
    const running = engine();
    const first = take(running, dense);
    const print = new Array<number>(WORDS);
    for (let word = 0; word < WORDS; word++) print[word] = running.i32[first + word];
    return print;
  });
}

/** Whether a tensor's values still have this fingerprint. */
export function matchesFingerprint(tensor: Tensor, print: Fingerprint): boolean {
  return gapless([tensor], (dense) => {
    const running = engine();
    const first = take(running, dense);
    for (let word = 0; word < WORDS; word++) if (print[word] !== running.i32[first + word]) return false;
    return true;
  });
}

/** Computes the fingerprint of a tensor in wasm memory. Returns the index of its first word. */
function take(running: Engine, tensor: Tensor): number {
  const state = running.reserve(FINGERPRINT_BYTES + FLOAT_BYTES * PIECE, 'a fingerprint');
  // `data` is read after `reserve`, which may grow memory and so detach views
  fingerprint(running, tensor.data, state, state + FINGERPRINT_BYTES, PIECE);
  return state / WORD_BYTES;
}
