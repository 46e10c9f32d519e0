// Parameter: a tensor that belongs to a layer, and that the layer can see changing.

import { describe, located, refuse, type Where } from '../core/errors.js';
import { product } from '../core/lists.js';
import { allocate, asTensor, checkSizes, sameShape, type Tensor, type TensorLike } from '../core/tensor.js';
import { type HalfArray, isFloat32, isTypedArray, type TypedArray } from '../core/typed-array.js';

/** Fills the values of a parameter. */
export type Draw = (values: Float32Array) => void;

/** The values, without handing them out: reading `data` would count as that. inside.ts says who may use it. */
export let valuesOf: (parameter: Parameter) => Float32Array;

/** Whether somebody was handed the array and may write into it at any time. */
export let isExposed: (parameter: Parameter) => boolean;

/** The values, to be written into at once: the layer packs them again, and does not compare them in every call from then on. */
export let writableValuesOf: (parameter: Parameter) => Float32Array;

/** Is told before values are handed out for the first time, if anybody wants to know what they were until then. */
export const exposure: { watcher: ((values: Tensor, parameter: Parameter) => void) | undefined } = {
  watcher: undefined,
};

/** Draws other values: now where there are some, else when they are first needed. */
export let redraw: (parameter: Parameter, draw: Draw) => void;

/**
 * Weight or bias of a layer.
 *
 * `data` is the layer's own array: writing into it changes the layer. From the moment it was first read, the layer looks at the
 * values before every forward (a fingerprint, about 0.25 ms for a million numbers), so a change can't be missed.
 *
 * @example
 * import { Conv1d } from 'convnd';
 * const conv = new Conv1d(1, 1, 1, { bias: false });
 * conv.weight.data[0] = 3;
 * console.log(conv.forward([[1, 2]]).data.join()); // 3,6
 */
export class Parameter implements Tensor {
  /** sizes, outermost first */
  readonly shape: number[];
  /** whether `backward` of convnd/train computes a gradient for it; default true */
  requiresGrad = true;
  /** the same, whatever somebody writes into `shape`. (Frozen, it would make `product` slower for everybody: 1.15 of a small call) */
  readonly #sizes: readonly number[];
  readonly #where: Where | undefined;
  /** none before they are first needed */
  #values: Float32Array | undefined;
  /** what fills them then */
  #draw: Draw | undefined;
  /** whether somebody has the array: whoever reads `data`, or gave it */
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
      if (parameter.#values) draw((parameter.#values = parameter.#room()));
      else parameter.#draw = draw;
      parameter.#version++;
    };
  }

  /**
   * @param data the values in C order; they are not copied
   * @param shape sizes, outermost first
   * @throws TypeError if `data` is no Float32Array, or `shape` no array
   * @throws RangeError if a size is not a whole number from 0 to 2^31 - 1, or the sizes do not multiply to the data's length
   */
  constructor(data: Float32Array, shape: number[]);
  /**
   * Of a layer, whose name `where` gives: the values are drawn when they are first needed.
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
    }
    this.shape = [...shape];
    this.#sizes = [...shape];
  }

  /**
   * The values, live: in C order, as long as the shape says.
   * @throws RangeError if there is not enough memory for them, or their memory was given away
   */
  get data(): Float32Array {
    const values = this.#ready();
    if (!this.#exposed) exposure.watcher?.({ data: values, shape: this.shape }, this);
    this.#exposed = true;
    return values;
  }

  /**
   * Takes over values as `copy` does, where torch would share them.
   * @throws as `copy`
   */
  set data(values: TypedArray | HalfArray | TensorLike) {
    this.copy(values);
  }

  /** Another number after every change but those in `data`. */
  get version(): number {
    return this.#version;
  }

  /** The gradient, as `backward` of convnd/train left it, or null. */
  get grad(): Tensor | null {
    return this.#grad;
  }

  /**
   * Takes a gradient of the parameter's shape, or null for none.
   * @throws RangeError if the shapes differ
   * @throws TypeError if it is no tensor
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
   * Takes over the values of a tensor of the same shape, as torch's `copy_`, or of a typed array, which is taken to have that shape.
   * @throws RangeError if the shapes differ
   * @throws TypeError if `values` is neither
   */
  copy(values: TypedArray | HalfArray | TensorLike): void {
    const given = isTypedArray(values) ? { data: values, shape: this.#sizes } : values;
    const { data, shape } = asTensor(given, 'parameter', this.#where);
    if (!sameShape(shape, this.#sizes)) {
      refuse(
        this.#where,
        `parameter: expected values of shape ${describe(this.#sizes)}, got a tensor of shape ${describe(shape)}`,
      );
    }
    const room = this.#room();
    room.set(data);
    this.#values = room;
    this.#draw = undefined;
    this.#version++;
  }

  /** The values, drawn by now. */
  #ready(): Float32Array {
    if (this.#draw) {
      const room = this.#room();
      this.#draw(room);
      this.#values = room;
      this.#draw = undefined;
    }
    const values = this.#values!;
    if (values.length === 0 && product(this.#sizes) > 0)
      refuse(this.#where, 'parameter: its buffer is detached, so that its values are lost; assign others');
    return values;
  }

  /** Memory for the values: where they are, or new where there is none or it was given away. */
  #room(): Float32Array {
    const sizes = [...this.#sizes];
    if (this.#values?.length === product(sizes)) return this.#values;
    return allocate(sizes, () => located(`a parameter of shape ${describe(sizes)}`, this.#where)).data;
  }
}
