// Fingerprint: by which a tensor that backward needs is known to be what it was when it was recorded.

import { FLOAT_BYTES, WORD_BYTES } from '../../core/bytes.js';
import type { Tensor } from '../../core/tensor.js';
import { engine } from '../../engine/start.js';
import { fingerprint, PRINT_BYTES } from '../../run/fingerprint.js';
import { gapless } from '../tensors/gapless.js';

/** Numbers that are copied into wasm memory at a time: they stay in the first cache. */
const PIECE = 4096;

/** 1024 bits of the numbers of a tensor. */
export type Print = Int32Array;

/** The fingerprint of a tensor's numbers as they are now. */
export function printOf(tensor: Tensor): Print {
  return gapless([tensor], printOfDense);
}

function printOfDense(tensor: Tensor): Print {
  const running = engine();
  const state = running.reserve(PRINT_BYTES + FLOAT_BYTES * PIECE, 'a fingerprint');
  // read after memory may have grown, which detaches the views of resident tensors
  fingerprint(running, tensor.data, state, state + PRINT_BYTES, PIECE);
  const first = state / WORD_BYTES;
  return running.i32.slice(first, first + PRINT_BYTES / WORD_BYTES);
}

/** Whether two tensors were the same when their fingerprints were taken. */
export function samePrint(one: Print, other: Print): boolean {
  for (let word = 0; word < one.length; word++) if (one[word] !== other[word]) return false;
  return true;
}
