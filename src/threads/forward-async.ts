// forwardAsync: forward of a layer, computed on other threads while this one goes on.

import { optionsObject } from '../core/arguments.js';
import { describe, refuse, refuseKind, type Where } from '../core/errors.js';
import { product } from '../core/lists.js';
import type { Tensor, TensorLike } from '../core/tensor.js';
import { checkOut, inputTensor, outputOf } from '../layers/call.js';
import { callOptions, epilogueOf, type TransposeForwardOptions } from '../layers/epilogue.js';
import { insideOf } from '../layers/inside.js';
import type { Layer } from '../layers/layer.js';
import { recording } from '../layers/recording.js';
import { computeAsync, type Watch } from './compute-async.js';

/** Options of `forwardAsync`: those of the layer's `forward`, and two more. */
export interface ForwardAsyncOptions extends TransposeForwardOptions {
  /** aborts the call: the promise is rejected with its reason, and nothing more is written to `out`, which may hold a part of the result */
  signal?: AbortSignal | undefined;
  /** called with the completed share, above 0 and up to 1, whenever a part of the output is ready. An exception in it aborts the call */
  progress?: ((share: number) => void) | undefined;
}

/**
 * Computes `layer.forward(x, options)` on other threads, with bit-identical results. A page stays responsive, and other calls may be made
 * meanwhile, also of the same layer. The output is cut into parts that several workers compute, each in its own memory. This thread only
 * copies inputs, with their margins, and results. It needs neither shared memory nor configuration.
 *
 * The layer is used as it is now: it may be changed or disposed of before the promise is settled. `x`, `out` and `options.add` are read
 * and written until then, so do not touch them.
 *
 * There are as many workers as the machine has cores, at most 8, or as many as were given to `setNumThreads`. They start with the first
 * call. A worker that ends is replaced, and its part recomputed. If no worker can be started, the parts are computed on this thread, each
 * in its own task. These calls block: layers with non-finite weights, non-finite results of Winograd's algorithm, and layers that
 * `layersUseFft` computes.
 *
 * @param layer any convolution layer
 * @param x (batch, channels, ...sizes) or (channels, ...sizes), as for `forward`
 * @param options those of `forward`, and `signal` and `progress`. `out` must not share memory with `x`, which is read until the end
 * @returns a promise of the output. It is rejected with what `forward` would throw, with the reason of `signal`, with what `progress`
 * throws, with a RangeError if memory is insufficient, and with an Error if workers fail repeatedly, or if all workers of a call end
 * unexpectedly after the layer was changed or disposed of and its weights had been sent by an earlier call
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Conv2d.html
 * @example
 * import { Conv2d, tensor } from 'convnd';
 * import { forwardAsync } from 'convnd/threads';
 * const conv = new Conv2d(3, 16, 3, { padding: 1 });
 * const x = tensor(new Float32Array(3 * 64 * 64), [1, 3, 64, 64]);
 * const y = await forwardAsync(conv, x, { activation: 'relu' });
 * console.log(y.shape.join()); // 1,16,64,64
 * // a call can be aborted
 * const giveUp = new AbortController();
 * const shares: number[] = [];
 * const other = forwardAsync(conv, x, { signal: giveUp.signal, progress: (share) => shares.push(share) });
 * giveUp.abort();
 * console.log(await other.catch((error) => error.name), shares.length); // AbortError 0
 */
export async function forwardAsync(
  layer: Layer,
  x: TensorLike,
  options?: ForwardAsyncOptions,
): Promise<Tensor> {
  const inside = insideOf(layer);
  if (!inside)
    throw new TypeError(`forwardAsync: expected a layer of this copy of convnd, got ${describe(layer)}`);
  const where: Where = () => String(layer);
  optionsObject(options, [...callOptions(inside.spec.options.transposed), 'signal', 'progress'], where);
  const watch = watchOf(options, where);
  watch.signal?.throwIfAborted();
  const epilogue = epilogueOf(options, where);
  const input = inputTensor(x, where);
  const call = inside.callOf(input.shape, options);
  if (recording.recorder)
    refuse(
      where,
      'record: forwardAsync has no gradient, and its output is not there before record ends: use forward',
    );
  if (options?.out !== undefined) checkOut(options.out, call.outputShape, input, where);
  const out = outputOf(call, options?.out, epilogue, where);
  if (product(out.shape) === 0) watch.progress?.(1);
  else await computeAsync(call.prepared, inside.parameters.current(), { x: input, out, epilogue }, watch);
  return out;
}

/** @throws TypeError for a `signal` that is not an AbortSignal, or a `progress` that is not a function */
function watchOf(options: ForwardAsyncOptions | undefined, where: Where): Watch {
  const { signal, progress } = options ?? {};
  if (signal !== undefined && typeof (signal as Partial<AbortSignal> | null)?.throwIfAborted !== 'function')
    refuseKind(where, `signal: expected an AbortSignal, but got ${describe(signal)}`);
  if (progress !== undefined && typeof progress !== 'function')
    refuseKind(where, `progress: expected a function, but got ${describe(progress)}`);
  return { signal, progress };
}
