// Recomputable: whether a call can be computed once more that was given up in its midst.

import type { Tensor } from '../core/tensor.js';
import { placeOf } from '../engine/address.js';
import { isShared } from '../engine/shared-memory.js';
import { shareNumbers } from '../run/tensors.js';

/**
 * Makes sure that the inputs of a call are still what they were and that its output can be reached.
 * @throws Error if not, with the cause for which the call was given up
 */
export function checkRecomputable(x: Tensor, out: Tensor, add: Tensor | undefined, cause: unknown): void {
  for (const tensor of [x, add])
    if (tensor && shareNumbers(tensor, out))
      throw new Error(
        'a thread was lost while it computed, and the output may have replaced numbers that it is computed from: they are lost too',
        { cause },
      );
  if (placeOf(out) < 0 && isShared(out.data.buffer))
    throw new Error(
      'a thread was lost while it computed, and all tensors have moved to other memory; `out` may be a view of the old one: read data of its resident tensor anew',
      { cause },
    );
}
