// forwardAsync: computes a layer's forward on workers, without blocking the calling thread.

import { optionsObject } from '../core/arguments.js';
import { describe, refuse, refuseKind, type Where } from '../core/errors.js';
import { product } from '../core/lists.js';
import type { Tensor, TensorLike } from '../core/tensor.js';
import { checkOut, inputTensor, outputOf } from '../layers/call.js';
import { callOptions, epilogueOf, type TransposeForwardOptions } from '../layers/epilogue.js';
import { insideOf } from '../layers/internals.js';
import type { Layer } from '../layers/layer.js';
import { recording } from '../layers/recording.js';
import { computeAsync, type Watch } from './compute-async.js';

/** Options of `forwardAsync`: those of the layer's `forward`, `signal` and `progress`. */
export interface ForwardAsyncOptions extends TransposeForwardOptions {
  /** aborts the call: the promise rejects with the signal's reason, and `out`, which may be incomplete, is no longer written to */
  signal?: AbortSignal | undefined;
  /** called with the completed fraction, above 0 and up to 1, as parts of the output arrive. If it throws, the call is aborted */
  progress?: ((share: number) => void) | undefined;
}

/**
 * Computes `layer.forward(x, options)` on workers, without blocking the calling thread. The result is bitwise the same. The output is
 * divided into parts; the calling thread only copies each part's inputs to a worker and its outputs back. Needs no shared memory and no
 * setup. Several calls may be in progress at once, even of the same layer.
 *
 * The call uses the parameters that the layer has now: the layer may be modified or disposed before the promise settles. Do not modify
 * `x`, `out` or `options.add` until then.
 *
 * There are as many workers as cores, at most 8, or as many as `setNumThreads` was asked for. They start with the first call. A lost
 * worker is replaced and its part recomputed. If no worker can be started, each part is computed on the calling thread in a separate
 * task. Three kinds of calls are computed on the calling thread in one task: layers with non-finite weights, calls of Winograd's
 * algorithm with non-finite results, and calls that `layersUseFft` computes by FFT.
 *
 * @param layer any convolution layer
 * @param x the input, (batch, channels, ...sizes) or (channels, ...sizes), as for `forward`
 * @param options the options of `forward`, `signal` and `progress`. `out` must not overlap `x`, which is read until the end
 * @returns a promise of the output. It rejects with the errors of `forward`, the reason of `signal`, the error of `progress`, a RangeError
 * if there is not enough memory, and an Error if workers keep failing, or if all workers that had the weights are lost after the layer
 * was modified
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Conv2d.html
 * @example
 * import { Conv2d, tensor } from 'convnd';
 * import { forwardAsync } from 'convnd/threads';
 * const conv = new Conv2d(3, 16, 3, { padding: 1 });
 * const x = tensor(new Float32Array(3 * 64 * 64), [1, 3, 64, 64]);
 * const y = await forwardAsync(conv, x, { activation: 'relu' });
 * console.log(y.shape.join()); // 1,16,64,64
 * // an aborted call
 * const controller = new AbortController();
 * const fractions: number[] = [];
 * const progress = (fraction: number) => fractions.push(fraction);
 * const aborted = forwardAsync(conv, x, { signal: controller.signal, progress });
 * controller.abort();
 * console.log(await aborted.catch((error) => error.name), fractions.length); // AbortError 0
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
  optionsObject(options, [...callOptions(inside.spec.options.kind), 'signal', 'progress'], where);
  const watch = watchOf(options, where);
  watch.signal?.throwIfAborted();
  const epilogue = epilogueOf(options, where);
  const input = inputTensor(x, where);
  const call = inside.callOf(input.shape, options);
  if (recording.recorder)
    refuse(
      where,
      'record: forwardAsync is not differentiable, because its output is not available before record ends: use forward',
    );
  if (options?.out !== undefined) checkOut(options.out, call.outputShape, input, where);
  const out = outputOf(call, options?.out, epilogue, where);
  if (product(out.shape) === 0) watch.progress?.(1);
  else {
    const parameters = inside.parameters.current();
    await computeAsync(call.prepared, { input, output: out, parameters, epilogue }, watch);
  }
  return out;
}

/** @throws TypeError if `signal` is not an AbortSignal or `progress` is not a function */
function watchOf(options: ForwardAsyncOptions | undefined, where: Where): Watch {
  const { signal, progress } = options ?? {};
  if (signal !== undefined && typeof (signal as Partial<AbortSignal> | null)?.throwIfAborted !== 'function')
    refuseKind(where, `signal: expected an AbortSignal, but got ${describe(signal)}`);
  if (progress !== undefined && typeof progress !== 'function')
    refuseKind(where, `progress: expected a function, but got ${describe(progress)}`);
  return { signal, progress };
}
