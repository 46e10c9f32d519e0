// Recorded: the tensor that `record` returns, with `backward`.

import { flag, optionsObject } from '../../core/arguments.js';
import { refuse } from '../../core/errors.js';
import type { Disposing } from '../../core/globals.js';
import { product } from '../../core/lists.js';
import { asTensor, type Tensor, type TensorLike } from '../../core/tensor.js';
import { checkGradShape } from '../gradients/grad-output.js';
import type { Source } from './node.js';
import { checkUsed, propagate } from './propagate.js';
import type { Tape } from './tape.js';

/** Options of `backward`. */
export interface RecordedBackwardOptions {
  /** keep the record, so that backward can be called again, like torch's `retain_graph`; default false */
  retain?: boolean | undefined;
  /** allow recorded parameters that the result does not depend on; default false, which throws */
  allowUnused?: boolean | undefined;
}

const where = () => 'backward';

/** The result of `record`: a tensor that can be differentiated. */
export class Recorded implements Tensor, Disposing {
  /** the elements */
  readonly data: Float32Array;
  /** the sizes, outermost first; [] for a loss; frozen */
  readonly shape: number[];
  readonly #tape: Tape;
  #source: Source | undefined;

  /** @internal */
  constructor(tape: Tape, tensor: Tensor) {
    this.#tape = tape;
    this.#source = tape.sourceOf(tensor);
    this.data = tensor.data;
    this.shape = [...tensor.shape];
    // backward reads both
    Object.freeze(this.shape);
    Object.freeze(this);
  }

  /** Not 'Object', for the reason that `Layer` gives. */
  get [Symbol.toStringTag](): string {
    return 'Recorded';
  }

  /**
   * The value of a tensor of one element.
   * @throws RangeError if it does not have exactly one element
   * @see https://pytorch.org/docs/stable/generated/torch.Tensor.item.html
   * @example
   * import { mseLoss, record } from 'convnd/train';
   * console.log(record(() => mseLoss([1, 2], [1, 4])).item()); // 2
   */
  item(): number {
    if (this.data.length !== 1)
      refuse(() => 'item', `a Tensor with ${this.data.length} elements cannot be converted to Scalar`);
    return this.data[0];
  }

  /**
   * Computes the gradients of all parameters that this tensor depends on, and accumulates them in their `grad`. Then frees the record.
   *
   * @param gradOutput the gradient of this tensor, with its shape; default 1 for a tensor of one element
   * @param options.retain keep the record, so that backward can be called again; default false
   * @param options.allowUnused allow recorded parameters that this tensor does not depend on; default false
   * @throws RangeError with torch's message for a gradient of another shape, a second backward, a tensor that depends on no parameter, and
   * for weights or inputs that were modified since they were recorded. Nothing is accumulated then
   * @throws RangeError for recorded parameters that this tensor does not depend on, for example because of a plain loop over data
   * @see https://pytorch.org/docs/stable/generated/torch.Tensor.backward.html
   * @example
   * import { Conv1d } from 'convnd';
   * import { record } from 'convnd/train';
   * const layer = new Conv1d(1, 1, 2, { bias: false });
   * const y = record(() => layer.forward([[1, 2, 4]]));
   * y.backward([[1, 10]]);
   * console.log(layer.weight.grad?.data.join()); // 21,42
   */
  backward(gradOutput?: TensorLike | null, options?: RecordedBackwardOptions): void {
    optionsObject(options, ['retain', 'allowUnused'], where);
    const { retain = false, allowUnused = false } = options ?? {};
    flag(retain, 'retain', where);
    flag(allowUnused, 'allowUnused', where);
    const tape = this.#tape;
    if (tape.isFreed)
      refuse(
        where,
        'Trying to backward through the graph a second time: the first backward frees the record, as does dispose. Call backward(gradOutput, { retain: true }) ' +
          'if you need to backward through it a second time',
      );
    const source = this.#source;
    if (!allowUnused) checkUsed(tape, source);
    if (!source)
      refuse(
        where,
        'element 0 of tensors does not require grad and does not have a grad_fn: call the layers inside record',
      );
    const gradient = this.#gradient(gradOutput);
    propagate(tape, source, gradient);
    if (!retain) this.dispose();
  }

  /**
   * Frees the record without `backward`, for example where a loss is NaN and its batch is skipped. A synchronous loop must call it,
   * because the garbage collector frees records only between tasks.
   * @example
   * import { Conv1d } from 'convnd';
   * import { mseLoss, record } from 'convnd/train';
   * const layer = new Conv1d(1, 1, 1);
   * const loss = record(() => mseLoss(layer.forward([[Number.NaN, 2]]), [[1, 1]]));
   * if (Number.isFinite(loss.item())) loss.backward();
   * else loss.dispose();
   * console.log(layer.weight.grad); // null
   */
  dispose(): void {
    this.#source = undefined;
    this.#tape.free();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #gradient(given: TensorLike | null | undefined): Tensor {
    if (given === undefined || given === null) {
      if (product(this.shape) !== 1) refuse(where, 'grad can be implicitly created only for scalar outputs');
      return { data: new Float32Array([1]), shape: [...this.shape] };
    }
    const gradient = asTensor(given, 'gradOutput', where);
    checkGradShape(gradient.shape, this.shape, where);
    return gradient;
  }
}
