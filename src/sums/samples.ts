// Samples: float32 or float64 arrays with a shape, the common type of signals and pictures.

import { isIterable } from '../core/arguments.js';
import { refuse, type Where } from '../core/errors.js';
import { type Foreign, hasNoStrides, inCOrder, numbersOf as numbersIn } from '../core/foreign.js';
import {
  asTensor,
  checkSizes,
  countOfSizes,
  fromNested,
  type NestedArray,
  type TensorLike,
} from '../core/tensor.js';
import { ofBaseClass, viewName } from '../core/typed-array.js';
import { refuseComplex } from './complex.js';

/** The type of a result and of its sums. */
export type Dtype = 'float32' | 'float64';

/** The typed array of a type. */
export type NumberArray<D extends Dtype = Dtype> = D extends 'float64' ? Float64Array : Float32Array;

/** The typed array of a type in a buffer that is not shared, as TypeScript 5.7 requires for `AudioBuffer.copyToChannel` and transfer lists. */
export type OwnArray<D extends Dtype = Dtype> = D extends 'float64'
  ? ReturnType<typeof Float64Array.of>
  : ReturnType<typeof Float32Array.of>;

/** Numbers in C order (the last axis varies fastest) and their shape. A `Tensor`, plain or resident, is `Samples` of float32. */
export interface Samples<D extends Dtype = Dtype> {
  /** the numbers: a Float32Array, or a Float64Array for `dtype: 'float64'` */
  readonly data: NumberArray<D>;
  /** sizes, outermost first */
  readonly shape: number[];
}

/** Accepted as samples: a tensor of any kind, nested arrays, or a typed array as one axis. */
export type SamplesLike = TensorLike | Samples | ArrayLike<number>;

/**
 * Converts an argument to samples of a type. Data that already fit are not copied, and a resident tensor stays where it is.
 * @throws TypeError for anything but numeric data, and for complex numbers; RangeError if shape and data do not match
 */
export function asSamples<D extends Dtype>(
  given: SamplesLike,
  dtype: D,
  name: string,
  where?: Where,
): Samples<D> {
  refuseComplex(given, name, where);
  const like = oneAxis(given);
  if (dtype === 'float32') return asTensor(like as TensorLike, name, where) as Samples<D>;
  return inDouble(like, name, where) as Samples<D>;
}

/** A typed array without a shape is a signal with one axis. */
function oneAxis(given: SamplesLike): SamplesLike {
  if (!ArrayBuffer.isView(given)) return given;
  const data = given as unknown as Float32Array;
  return { data, shape: [data.length] };
}

function inDouble(given: SamplesLike, name: string, where?: Where): Samples<'float64'> {
  if (typeof given === 'number' || Array.isArray(given))
    return fromNested(given as NestedArray, Float64Array, name, where);
  // other values are rejected by asTensor
  const tensor = Object(given) as Foreign & { shape?: unknown; dims?: unknown };
  const { dims, shape: sizes = dims } = tensor;
  const data = doublesOf(tensor, name, where);
  if (data && isIterable(sizes)) {
    const shape = [...sizes];
    countOfSizes(shape, name, where);
    const ordered = hasNoStrides(tensor) ? data : inCOrder(data, shape, tensor, name, where);
    checkSizes(ordered, shape, name, where);
    return { data: ordered, shape };
  }
  const { data: rounded, shape } = asTensor(given as TensorLike, name, where);
  return { data: new Float64Array(rounded), shape };
}

/** The numbers of a tensor whose type is wider than float32; undefined for others. */
function doublesOf(tensor: Foreign, name: string, where?: Where): Float64Array | undefined {
  const data = tensor.data as Float64Array;
  const kind = viewName(data);
  if (kind === 'Float64Array') return ofBaseClass(data, Float64Array);
  const isWide = Array.isArray(data) ? data.every((x) => typeof x === 'number') : kind && WIDE.test(kind);
  if (!isWide) return undefined;
  // rejects unsupported types, for any length
  numbersIn(data.slice(0, 0), tensor, name, where);
  return Float64Array.from(data, Number);
}

/** Integer types that float32 cannot hold exactly. */
const WIDE = /^(?:Int|Uint|BigInt|BigUint)(?:32|64)Array$/;

/**
 * A new array of zeros.
 * @throws RangeError with the number of bytes if memory is insufficient
 */
export function numbersOf<D extends Dtype>(count: number, dtype: D, where?: Where): OwnArray<D> {
  const kind = dtype === 'float64' ? Float64Array : Float32Array;
  try {
    return new kind(count) as OwnArray<D>;
  } catch {
    refuse(where, `not enough memory: ${kind.BYTES_PER_ELEMENT * count} bytes for ${count} numbers`);
  }
}

/** The type of an array, which may come from another realm. */
export function dtypeIn(numbers: NumberArray): Dtype {
  return viewName(numbers) === 'Float64Array' ? 'float64' : 'float32';
}

/**
 * Samples filled with zeros.
 * @throws RangeError if a size exceeds 2^31 - 1, which no function accepts as an input, or if memory is insufficient
 */
export function zeros<D extends Dtype>(shape: readonly number[], dtype: D, where?: Where): Samples<D> {
  return { data: numbersOf(countOfSizes(shape, 'result', where), dtype, where), shape: [...shape] };
}

/** The same numbers with another shape. `data` is a getter, because growing memory detaches the views of resident tensors. */
export function withShape<D extends Dtype>(samples: Pick<Samples<D>, 'data'>, shape: number[]): Samples<D> {
  return {
    get data() {
      return samples.data;
    },
    shape,
  };
}
