// Checks whether a call that was interrupted by the loss of a thread can be recomputed.

import type { Tensor } from '../core/tensor.js';
import { placeOf } from '../engine/address.js';
import { isShared } from '../engine/shared-memory.js';
import { shareNumbers } from '../run/tensors.js';

/**
 * Checks that the inputs of a call are still intact and that its output is still accessible.
 * @throws Error if not, with the original error as its cause
 */
export function checkRecomputable(x: Tensor, out: Tensor, add: Tensor | undefined, cause: unknown): void {
  for (const tensor of [x, add])
    if (tensor && shareNumbers(tensor, out))
      throw new Error(
        'a thread was lost during a call whose output overlaps its inputs, so some inputs may have been overwritten',
        { cause },
      );
  if (placeOf(out) < 0 && isShared(out.data.buffer))
    throw new Error(
      'a thread was lost during a call, and resident tensors have moved to other memory; `out` is a view of the old memory: read `data` of the resident tensor again',
      { cause },
    );
}
