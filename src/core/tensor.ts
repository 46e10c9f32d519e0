// Tensors are plain: a Float32Array and a shape. Everything that other code may hand over is brought into that form here.

import { isShapeLike, LARGEST_SIZE, listOf } from './arguments.js';
import { FLOAT_BYTES } from './bytes.js';
import { asList, describe, refuse, refuseKind, type Where } from './errors.js';
import { type Foreign, inOrder, isPlain, numbersOf } from './foreign.js';
import { product } from './lists.js';
import { type HalfArray, isFloat32, isTypedArray, type TypedArray, toFloat32 } from './typed-array.js';

/** Sizes of a tensor, outermost first. */
export type Shape = readonly number[];

/** Nested arrays of numbers, such as `[[1, 2], [3, 4]]`; the innermost may be typed arrays. */
export type NestedArray = number | readonly (NestedArray | TypedArray | HalfArray)[];

/** Numbers in C order (the last axis varies fastest) and their shape. It needs no disposal. */
export interface Tensor {
  /** the numbers */
  readonly data: Float32Array;
  /** sizes, outermost first, as (batch, channels, height, width) */
  readonly shape: number[];
}

/** Accepted as a tensor: those of convnd and of other libraries (`shape` or `dims`), and nested arrays. */
export type TensorLike =
  | (Foreign & { readonly data: TypedArray | HalfArray | readonly number[]; readonly shape: Shape })
  | (Foreign & { readonly data: TypedArray | HalfArray | readonly number[]; readonly dims: Shape })
  | NestedArray;

/**
 * Makes a tensor. A `Float32Array` is wrapped, not copied; everything else is converted to float32.
 *
 * @param data a typed array, nested arrays, or a tensor of this or another library
 * @param shape sizes, outermost first; without it the data's own, or one axis
 * @throws TypeError if `data` has another type, or nested arrays are ragged
 * @throws RangeError if a size is not an integer from 0 to 2^31 - 1, or the sizes do not multiply to the data's length
 * @example
 * import { tensor } from 'convnd';
 * const image = tensor(new Float32Array(3 * 4 * 5), [1, 3, 4, 5]);
 * const kernel = tensor([[1, 0, -1]]);
 * console.log(image.shape.join(), kernel.shape.join()); // 1,3,4,5 1,3
 */
export function tensor(data: TypedArray | HalfArray | TensorLike, shape?: Shape): Tensor {
  const sizes = shape ? listOf(shape, 'tensor') : undefined;
  if (isTypedArray(data)) return checked(toFloat32(data), sizes ?? [data.length], 'tensor');
  const given = asTensor(data, 'tensor');
  return sizes ? checked(given.data, sizes, 'tensor') : given;
}

/**
 * Brings what a caller handed over into the plain form; a fitting Float32Array is not copied.
 * @param name what errors call it
 * @param where the layer or function it was handed to, where errors should say so
 */
export function asTensor(given: TensorLike, name: string, where?: Where): Tensor {
  if (typeof given === 'number' || Array.isArray(given))
    return fromNested(given as NestedArray, Float32Array, name, where);
  if (typeof given !== 'object' || given === null || !('data' in given)) {
    refuseKind(
      where,
      `${name}: expected a tensor ({ data, shape }), a typed array with a shape or nested arrays, got ${describe(given)}`,
    );
  }
  const shape: unknown = 'shape' in given ? given.shape : 'dims' in given ? given.dims : undefined;
  if (!isShapeLike(shape))
    refuseKind(where, `${name}: expected a tensor with a shape, got ${describe(given)}`);
  const data: unknown = given.data;
  const plain = isPlain(given);
  if (plain && isFloat32(data) && Array.isArray(shape) && 'shape' in given) {
    checkSizes(data, shape, name, where);
    return given as Tensor;
  }
  if (!isTypedArray(data) && !isNumbers(data)) {
    refuseKind(where, `${name}: expected data in a typed array, got ${describe(data)}`);
  }
  const sizes = Array.from(shape);
  const numbers = numbersOf(data, given, name, where);
  if (!plain) countOfSizes(sizes, name, where);
  return checked(plain ? numbers : inOrder(numbers, sizes, given, name, where), sizes, name, where);
}

/** Whether two shapes are the same. */
export function sameShape(a: Shape, b: Shape): boolean {
  if (a.length !== b.length) return false;
  for (let axis = 0; axis < a.length; axis++) if (a[axis] !== b[axis]) return false;
  return true;
}

/**
 * A tensor's numbers.
 * @throws RangeError if they are a view of wasm memory that grew since, which detaches views
 */
export function attached<D extends Float32Array | Float64Array>(tensor: {
  readonly data: D;
  readonly shape: Shape;
}): D {
  const { data, shape } = tensor;
  if (data.length === 0 && product(shape) > 0) {
    throw new RangeError(
      'a tensor is detached: it was a view of wasm memory, which grew; hand over the resident tensor itself, or a copy of its data',
    );
  }
  return data;
}

/**
 * A tensor of zeros.
 * @param purpose says what it is for; called only for the error
 * @throws RangeError that names the bytes and the purpose if memory is insufficient
 */
export function allocate(shape: number[], purpose: () => string): Tensor {
  const count = product(shape);
  try {
    return { data: new Float32Array(count), shape };
  } catch {
    throw new RangeError(`not enough memory: ${FLOAT_BYTES * count} bytes for ${purpose()}`);
  }
}

/**
 * Checks sizes, without data.
 * @returns the number of elements
 * @throws RangeError if a size is not an integer from 0 to 2^31 - 1
 */
export function countOfSizes(shape: Shape, name: string, where?: Where): number {
  let count = 1;
  // by index, as `product`
  for (let axis = 0; axis < shape.length; axis++) {
    const size = shape[axis];
    if (!Number.isInteger(size) || size < 0 || size > LARGEST_SIZE) {
      refuse(
        where,
        `${name}: a size must be a whole number from 0 to ${LARGEST_SIZE}, got shape ${describe(shape)}`,
      );
    }
    count *= size;
  }
  return count;
}

function checked(data: Float32Array, shape: number[], name: string, where?: Where): Tensor {
  checkSizes(data, shape, name, where);
  return { data, shape };
}

/**
 * Checks sizes against the data they are for.
 * @throws RangeError if a size is not an integer from 0 to 2^31 - 1, or they do not multiply to the data's length
 */
export function checkSizes(
  data: Float32Array | Float64Array,
  shape: Shape,
  name: string,
  where?: Where,
): void {
  if (countOfSizes(shape, name, where) === data.length) return;
  const detached = data.length === 0 && data.buffer.byteLength === 0 ? ' (is its buffer detached?)' : '';
  refuse(where, `${name}: shape ${asList(shape)} is invalid for data of ${data.length} elements${detached}`);
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'number');
}

/**
 * Nested arrays as numbers of one type.
 * @throws TypeError if they are ragged or hold anything but numbers, RangeError for more than 64 axes
 */
export function fromNested<A extends Float32Array | Float64Array>(
  nested: NestedArray,
  kind: new (count: number) => A,
  name: string,
  where?: Where,
): { data: A; shape: number[] } {
  const shape = nestedShape(nested, name, where);
  const data = new kind(product(shape));
  let filled = 0;
  const fill = (level: NestedArray | TypedArray | HalfArray, axis: number): void => {
    if (axis === shape.length) {
      if (typeof level !== 'number') {
        refuseKind(where, `${name}: expected a number at depth ${axis}, got ${describe(level)}`);
      }
      data[filled++] = level;
      return;
    }
    const isRow = isTypedArray(level);
    if (!(isRow || Array.isArray(level)) || level.length !== shape[axis]) {
      refuseKind(
        where,
        `${name}: expected arrays of ${shape[axis]} at depth ${axis}, got ${describe(level)}`,
      );
    }
    // a bigint is a number too
    for (const item of level as Iterable<NestedArray>) fill(isRow ? Number(item) : item, axis + 1);
  };
  fill(nested, 0);
  return { data, shape };
}

/** The most axes of nested arrays, as torch's: a list that contains itself has no end. */
const MOST_AXES = 64;

/** The shape that the first item of each level gives. `fromNested` holds all other items to it. */
function nestedShape(nested: NestedArray, name: string, where?: Where): number[] {
  const shape: number[] = [];
  for (
    let level: NestedArray | TypedArray | HalfArray = nested;
    typeof level !== 'number';
    level = level[0]
  ) {
    const isRow = isTypedArray(level);
    if (!(isRow || Array.isArray(level))) {
      refuseKind(where, `${name}: expected numbers in nested arrays, got ${describe(level)}`);
    }
    if (shape.length === MOST_AXES) refuse(where, `${name}: nested arrays have more than ${MOST_AXES} axes`);
    shape.push(level.length);
    if (isRow || level.length === 0) break;
  }
  return shape;
}
