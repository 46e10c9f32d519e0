// resident: copies tensors into wasm memory.

import { optionsObject } from '../core/arguments.js';
import { copiers } from '../core/copy.js';
import { describe } from '../core/errors.js';
import { asTensor, attached, type Shape, type TensorLike } from '../core/tensor.js';
import { copyNumbers } from './address.js';
import { ResidentTensor } from './resident-tensor.js';

/** A contiguous copy. Allocates before reading the source, because growth detaches views. */
function copyOf(tensor: ResidentTensor): ResidentTensor {
  const copy = new ResidentTensor(tensor.shape);
  copyNumbers(tensor, copy.data);
  return copy;
}

/** Whether a value looks like a shape: an array of two to five positive integers. */
function isSizes(values: unknown): boolean {
  return (
    Array.isArray(values) &&
    values.length > 1 &&
    values.length < 6 &&
    values.every((size) => Number.isInteger(size) && size > 0)
  );
}

/**
 * Copies a tensor into wasm memory, where layers read and write it without copies. Worthwhile for chains of layers, especially cheap
 * layers on large maps.
 *
 * @param values a tensor to copy, or `{ shape }` for a tensor of zeros
 * @returns the new tensor
 * @throws TypeError if `values` is neither, has other properties beside `shape` but no data, or is an ambiguous list like [1, 3, 8, 8];
 * RangeError for invalid sizes, or if there is not enough memory
 * @example
 * import { Conv2d, resident, tensor } from 'convnd';
 * const first = new Conv2d(1, 8, 3, { padding: 1 });
 * const second = new Conv2d(8, 1, 3, { padding: 1 });
 * const x = resident(tensor(new Float32Array(64), [1, 1, 8, 8]));
 * const hidden = resident({ shape: [1, 8, 8, 8] });
 * const y = second.forward(first.forward(x, { out: hidden, activation: 'relu' }));
 * console.log(y.shape.join()); // 1,1,8,8
 */
export function resident(values: TensorLike | { shape: Shape }): ResidentTensor {
  if (isSizes(values))
    throw new TypeError(
      `resident: ${describe(values)} may be a shape or numbers; { shape: ${describe(values)} } makes zeros of that shape, ` +
        'tensor(…) makes a tensor of these numbers',
    );
  if (typeof values === 'object' && values !== null && !('data' in values) && 'shape' in values) {
    // `{ values, shape }` would make zeros
    optionsObject(values, ['shape'], () => 'resident');
    const zeros = new ResidentTensor(values.shape);
    zeros.data.fill(0);
    return zeros;
  }
  if (values instanceof ResidentTensor) return copyOf(values);
  const given = asTensor(values, 'resident');
  const tensor = new ResidentTensor(given.shape);
  // `data` is read after the allocation, which may have grown the memory
  copiers.current(attached(given), tensor.data, 0);
  return tensor;
}
