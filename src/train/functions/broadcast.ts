// Broadcasting of shapes, by the rules of torch and NumPy.

import { refuse, type Where } from '../../core/errors.js';
import { product } from '../../core/lists.js';
import { type Shape, sameShape } from '../../core/tensor.js';

/**
 * The broadcast shape of two tensors: shapes are aligned at the last axis, and a size of 1 is repeated.
 * @throws RangeError with torch's message if they can't be broadcast
 */
export function commonShape(a: Shape, b: Shape, where: Where): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const one = a[axis - rank + a.length] ?? 1;
    const other = b[axis - rank + b.length] ?? 1;
    if (one !== other && one !== 1 && other !== 1)
      refuse(
        where,
        `The size of tensor a (${one}) must match the size of tensor b (${other}) at non-singleton dimension ${axis}`,
      );
    return one === 1 ? other : one;
  });
}

/** For each element of a broadcast shape, the index of the tensor's element; undefined if the shapes are equal. */
export function stretched(from: Shape, to: Shape): Int32Array | undefined {
  if (sameShape(from, to)) return undefined;
  const places = new Int32Array(product(to));
  const sizes = [...new Array<number>(to.length - from.length).fill(1), ...from];
  let inner = 1;
  let step = 1;
  for (let axis = to.length - 1; axis >= 0; axis--) {
    const stride = sizes[axis] === 1 ? 0 : step;
    for (let at = 1; at < to[axis]; at++)
      for (let i = 0; i < inner; i++) places[at * inner + i] = places[i] + at * stride;
    inner *= to[axis];
    step *= sizes[axis];
  }
  return places;
}
