// Parameter: the weight or bias of a layer, with lazy initialisation, a version counter and a gradient.

import { describe, located, refuse, type Where } from '../core/errors.js';
import { product } from '../core/lists.js';
import { allocate, asTensor, checkSizes, sameShape, type Tensor, type TensorLike } from '../core/tensor.js';
import { isFloat32, isTypedArray } from '../core/typed-array.js';

/** Fills a new parameter with its initial values. */
export type Draw = (values: Float32Array) => void;

/** The values, for reading inside the library. Unlike `data` it does not mark the parameter as exposed (see internals.ts). */
export let valuesOf: (parameter: Parameter) => Float32Array;

/** Whether user code has the array, and may write to it at any time. */
export let isExposed: (parameter: Parameter) => boolean;

/** The values, for an immediate write inside the library: increments the version, so that the layer repacks the weight once. */
export let writableValuesOf: (parameter: Parameter) => Float32Array;

/** The parameter of each array that user code has: a tensor with the same array is that parameter in another shape. */
export const owners = new WeakMap<object, Parameter>();

/** Called before `data` is first read, so that a recorder can note the values before user code may change them. */
export const exposure: { watcher: ((values: Tensor, parameter: Parameter) => void) | undefined } = {
  watcher: undefined,
};

/** Draws new values: now if there are values, else when they are first needed. */
export let redraw: (parameter: Parameter, draw: Draw) => void;

/**
 * The weight or the bias of a layer.
 *
 * `data` is the layer's own array: writing to it changes the layer. Once `data` has been read, every forward computes a fingerprint of
 * the values (about 0.25 ms for a million numbers), so that writes are never missed.
 *
 * Several parameters may be made of one array. Each has a gradient of its own, as in torch; a tensor with that array counts as the parameter
 * that was made last.
 *
 * @example
 * import { Conv1d } from 'convnd';
 * const conv = new Conv1d(1, 1, 1, { bias: false });
 * conv.weight.data[0] = 3;
 * console.log(conv.forward([[1, 2]]).data.join()); // 3,6
 */
export class Parameter implements Tensor {
  /** the sizes, outermost first; frozen */
  declare readonly shape: number[];
  /** whether `backward` of convnd/train computes its gradient; default true */
  requiresGrad = true;
  /** `shape` for the library: a frozen list would make `product` slower everywhere, 1.15 of a small call */
  readonly #sizes: readonly number[];
  readonly #where: Where | undefined;
  /** undefined until they are first needed */
  #values: Float32Array | undefined;
  /** pending initialisation of `#values` */
  #draw: Draw | undefined;
  /** whether user code has the array: it read `data`, or passed it to the constructor */
  #exposed = false;
  #version = 0;
  #grad: Tensor | null = null;

  static {
    valuesOf = (parameter) => parameter.#ready();
    isExposed = (parameter) => parameter.#exposed;
    writableValuesOf = (parameter) => {
      const values = parameter.#ready();
      parameter.#version++;
      return values;
    };
    redraw = (parameter, draw) => {
      if (parameter.#values) draw((parameter.#values = parameter.#storage()));
      else parameter.#draw = draw;
      parameter.#version++;
    };
  }

  /**
   * @param data the values in C order; not copied
   * @param shape the sizes, outermost first
   * @throws TypeError if `data` is not a Float32Array or `shape` is not an array
   * @throws RangeError if a size is not a whole number from 0 to 2^31 - 1, or the sizes do not multiply to the data's length
   */
  constructor(data: Float32Array, shape: number[]);
  /**
   * For layers: the values are drawn when they are first needed. `where` names the layer in error messages.
   * @internal
   */
  constructor(draw: Draw, shape: number[], where: Where);
  constructor(data: Float32Array | Draw, shape: number[], where?: Where) {
    if (where) {
      this.#draw = data as Draw;
      this.#where = where;
    } else {
      if (!isFloat32(data))
        throw new TypeError(`parameter: expected data in a Float32Array, got ${describe(data)}`);
      if (!Array.isArray(shape))
        throw new TypeError(`parameter: expected a shape like [8, 3, 3, 3], got ${describe(shape)}`);
      checkSizes(data, shape, 'parameter');
      this.#values = data;
      this.#exposed = true;
      owners.set(data, this);
    }
    this.#sizes = [...shape];
    Object.defineProperty(this, 'shape', { value: Object.freeze([...shape]), enumerable: true });
    // torch's `weight[0] = 3` and `weight.requires_grad = False` throw instead of adding a property that nothing reads.
    // A subclass may have fields
    if (new.target === Parameter) Object.seal(this);
  }

  /**
   * The values in C order; not a copy.
   * @throws RangeError if there is not enough memory for them, or their buffer is detached
   */
  get data(): Float32Array {
    const values = this.#ready();
    // only the first time, because loops read `data` for each number
    if (!this.#exposed) {
      exposure.watcher?.({ data: values, shape: this.shape }, this);
      owners.set(values, this);
      this.#exposed = true;
    }
    return values;
  }

  /**
   * Copies values, like `copy` (torch would share them).
   * @throws RangeError if the shapes differ
   * @throws TypeError if `values` is neither a tensor nor a typed array
   */
  set data(values: TensorLike) {
    this.copy(values);
  }

  /** Not 'Object', for the reason that `Layer` gives. */
  get [Symbol.toStringTag](): string {
    return 'Parameter';
  }

  /** Changes with every update of the values, except for writes to `data`. */
  get version(): number {
    return this.#version;
  }

  /** The gradient that `backward` of convnd/train computed, or null. */
  get grad(): Tensor | null {
    return this.#grad;
  }

  /**
   * Sets the gradient: a tensor of the parameter's shape, or null.
   * @throws RangeError if the shapes differ
   * @throws TypeError if `given` is neither a tensor nor null
   */
  set grad(given: TensorLike | null) {
    const grad = given === null ? null : asTensor(given, 'grad', this.#where);
    if (grad && !sameShape(grad.shape, this.#sizes)) {
      refuse(
        this.#where,
        `attempting to assign a gradient of size '${describe(grad.shape)}' to a tensor of size '${describe(this.#sizes)}'. ` +
          'Please ensure that the gradient and the tensor are the same size',
      );
    }
    this.#grad = grad;
  }

  /**
   * Copies the values of a tensor of the same shape, like torch's `copy_`, or of a typed array, which is taken to have that shape.
   * @throws RangeError if the shapes differ
   * @throws TypeError if `values` is neither a tensor nor a typed array
   */
  copy(values: TensorLike): void {
    const given = isTypedArray(values) ? { data: values, shape: this.#sizes } : values;
    const { data, shape } = asTensor(given, 'parameter', this.#where);
    if (!sameShape(shape, this.#sizes)) {
      refuse(
        this.#where,
        `parameter: expected values of shape ${describe(this.#sizes)}, got a tensor of shape ${describe(shape)}`,
      );
    }
    const storage = this.#storage();
    storage.set(data);
    this.#values = storage;
    this.#draw = undefined;
    this.#version++;
  }

  /** A tensor whose values are a list, for JSON: the values are not the parameter's own property. */
  toJSON(): { data: number[]; shape: number[] } {
    return { data: Array.from(this.data), shape: this.shape };
  }

  /** The values, initialised if necessary. */
  #ready(): Float32Array {
    if (this.#draw) {
      const storage = this.#storage();
      this.#draw(storage);
      this.#values = storage;
      this.#draw = undefined;
    }
    const values = this.#values!;
    if (values.length === 0 && product(this.#sizes) > 0)
      refuse(this.#where, 'parameter: its buffer is detached and its values are lost; assign new ones');
    return values;
  }

  /** The array for the values: the current one, or a new one if there is none or its buffer is detached. */
  #storage(): Float32Array {
    const sizes = [...this.#sizes];
    if (this.#values?.length === product(sizes)) return this.#values;
    this.#exposed = false;
    return allocate(sizes, () => located(`a parameter of shape ${describe(sizes)}`, this.#where)).data;
  }
}
