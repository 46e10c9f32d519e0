// Tensors are plain: a Float32Array and a shape. Everything that other code may hand over is brought into that form here.

import { describe } from './errors.js';
import { isTypedArray, type TypedArray, toFloat32 } from './typed-array.js';

/** Sizes of a tensor, outermost first. */
export type Shape = readonly number[];

/** Numbers in arrays of arrays, as `[[1, 2], [3, 4]]`. */
export type NestedArray = number | readonly NestedArray[];

/** Numbers in C order (the last axis runs fastest) and their shape; nothing to dispose. */
export interface Tensor {
  readonly data: Float32Array;
  readonly shape: number[];
}

/** What is taken for a tensor: ours, other libraries' (`shape` or `dims`), or nested arrays. */
export type TensorLike =
  | { readonly data: TypedArray | readonly number[]; readonly shape: Shape }
  | { readonly data: TypedArray | readonly number[]; readonly dims: Shape }
  | NestedArray;

/**
 * Makes a tensor. A `Float32Array` is wrapped, not copied; everything else is converted to float32.
 *
 * @param data a typed array, nested arrays, or a tensor of this or another library
 * @param shape sizes, outermost first; without it the data's own, or one axis
 * @throws TypeError if `data` is of no such kind, or nested arrays are ragged
 * @throws RangeError if a size is not a whole number from 0 to 2^31 - 1, or the sizes do not multiply to the data's length
 * @example
 * import { tensor } from 'convnd';
 * const image = tensor(new Float32Array(3 * 4 * 5), [1, 3, 4, 5]);
 * const kernel = tensor([[1, 0, -1]]);
 * console.log(image.shape.join(), kernel.shape.join()); // 1,3,4,5 1,3
 */
export function tensor(data: TypedArray | TensorLike, shape?: Shape): Tensor {
  if (isTypedArray(data)) return checked(toFloat32(data), shape ? [...shape] : [data.length], 'tensor');
  const given = asTensor(data, 'tensor');
  return shape ? checked(given.data, [...shape], 'tensor') : given;
}

/** Brings what a caller handed over into the plain form; a fitting Float32Array is not copied. */
export function asTensor(given: TensorLike, name: string): Tensor {
  if (typeof given === 'number' || Array.isArray(given)) return fromNested(given as NestedArray, name);
  if (typeof given === 'object' && given !== null && 'data' in given) {
    const shape = 'shape' in given ? given.shape : 'dims' in given ? given.dims : undefined;
    if (shape === undefined || typeof shape !== 'object' || !(Symbol.iterator in shape)) {
      throw new TypeError(`${name}: expected a tensor with a shape, got ${describe(given)}`);
    }
    const data = given.data;
    if (data instanceof Float32Array && Array.isArray(shape) && 'shape' in given) {
      checkSizes(data, shape, name);
      return given as Tensor;
    }
    if (!isTypedArray(data) && !(Array.isArray(data) && data.every((value) => typeof value === 'number'))) {
      throw new TypeError(`${name}: expected data in a typed array, got ${describe(data)}`);
    }
    return checked(toFloat32(data), Array.from(shape), name);
  }
  throw new TypeError(
    `${name}: expected a tensor ({ data, shape }), a typed array with a shape or nested arrays, got ${describe(given)}`,
  );
}

/** The number of elements of a shape. */
export function elements(shape: Shape): number {
  let product = 1;
  for (const size of shape) product *= size;
  return product;
}

/** Whether two shapes are the same. */
export function sameShape(a: Shape, b: Shape): boolean {
  if (a.length !== b.length) return false;
  for (let axis = 0; axis < a.length; axis++) if (a[axis] !== b[axis]) return false;
  return true;
}

/** A tensor of zeros, or the RangeError that names the bytes and what they were for. */
export function allocate(shape: number[], purpose: () => string): Tensor {
  const count = elements(shape);
  try {
    return { data: new Float32Array(count), shape };
  } catch {
    throw new RangeError(`not enough memory: ${count * 4} bytes for ${purpose()}`);
  }
}

function checked(data: Float32Array, shape: number[], name: string): Tensor {
  checkSizes(data, shape, name);
  return { data, shape };
}

function checkSizes(data: Float32Array, shape: Shape, name: string): void {
  let count = 1;
  for (const size of shape) {
    if (!Number.isInteger(size) || size < 0 || size > 0x7fffffff) {
      throw new RangeError(
        `${name}: a size must be a whole number from 0 to 2147483647, got shape [${shape.join(', ')}]`,
      );
    }
    count *= size;
  }
  if (count !== data.length) {
    const detached = data.length === 0 && data.buffer.byteLength === 0 ? ' (is its buffer detached?)' : '';
    throw new RangeError(
      `${name}: shape [${shape.join(', ')}] is invalid for data of ${data.length} elements${detached}`,
    );
  }
}

function fromNested(nested: NestedArray, name: string): Tensor {
  const shape: number[] = [];
  for (let level: NestedArray = nested; typeof level !== 'number'; level = level[0] as NestedArray) {
    if (!Array.isArray(level))
      throw new TypeError(`${name}: expected numbers in nested arrays, got ${describe(level)}`);
    shape.push(level.length);
    if (level.length === 0) break;
  }
  const data = new Float32Array(elements(shape));
  let at = 0;
  const fill = (level: NestedArray, axis: number): void => {
    if (axis === shape.length) {
      if (typeof level !== 'number')
        throw new TypeError(`${name}: expected a number at depth ${axis}, got ${describe(level)}`);
      data[at++] = level;
      return;
    }
    if (!Array.isArray(level) || level.length !== shape[axis]) {
      throw new TypeError(
        `${name}: expected arrays of ${shape[axis]} at depth ${axis}, got ${describe(level)}`,
      );
    }
    for (const item of level) fill(item as NestedArray, axis + 1);
  };
  fill(nested, 0);
  return { data, shape };
}
