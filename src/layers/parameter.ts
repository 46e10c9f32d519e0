// Parameter: a tensor that belongs to a layer, and that the layer can see changing.

import { describe } from '../core/errors.js';
import { asTensor, checkSizes, sameShape, type Tensor, type TensorLike } from '../core/tensor.js';

/** The values, without handing them out: reading `data` would count as that. inside.ts says who may use it. */
export let valuesOf: (parameter: Parameter) => Float32Array;

/** Whether somebody was handed the array and may write into it at any time. */
export let isExposed: (parameter: Parameter) => boolean;

/**
 * Weight or bias of a layer.
 *
 * `data` is the layer's own array: writing into it changes the layer. From the moment it was first read, the layer looks at the
 * values before every forward (a fingerprint, about 0.1 ms for a million numbers), so a change can't be missed.
 *
 * @example
 * import { Conv1d } from 'convnd';
 * const conv = new Conv1d(1, 1, 1, { bias: false });
 * conv.weight.data[0] = 3;
 * console.log(conv.forward([[1, 2]]).data.join()); // 3,6
 */
export class Parameter implements Tensor {
  readonly shape: number[];
  readonly #values: Float32Array;
  #exposed = false;
  #version = 0;

  static {
    valuesOf = (parameter) => parameter.#values;
    isExposed = (parameter) => parameter.#exposed;
  }

  /**
   * @param data the values in C order; they are not copied
   * @param shape sizes, outermost first
   * @throws TypeError if `data` is no Float32Array, or `shape` no array
   * @throws RangeError if a size is not a whole number from 0 to 2^31 - 1, or the sizes do not multiply to the data's length
   */
  constructor(data: Float32Array, shape: number[]) {
    if (!(data instanceof Float32Array)) {
      throw new TypeError(`parameter: expected data in a Float32Array, got ${describe(data)}`);
    }
    if (!Array.isArray(shape)) {
      throw new TypeError(`parameter: expected a shape like [8, 3, 3, 3], got ${describe(shape)}`);
    }
    checkSizes(data, shape, 'parameter');
    this.#values = data;
    this.shape = [...shape];
  }

  /** The values, live: in C order, as long as the shape says. */
  get data(): Float32Array {
    this.#exposed = true;
    return this.#values;
  }

  /** Another number after every `copy`. */
  get version(): number {
    return this.#version;
  }

  /**
   * Takes over the values of a tensor of the same shape, as torch's `copy_`.
   * @throws RangeError if the shapes differ
   * @throws TypeError if `values` is no tensor
   */
  copy(values: TensorLike): void {
    const { data, shape } = asTensor(values, 'parameter');
    if (!sameShape(shape, this.shape)) {
      throw new RangeError(
        `parameter: expected values of shape ${describe(this.shape)}, got a tensor of shape ${describe(shape)}`,
      );
    }
    this.#values.set(data);
    this.#version++;
  }
}
