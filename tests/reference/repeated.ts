// Repeated: pictures that are larger by whole numbers, as torch's interpolate makes them with mode 'nearest'.

import { product } from './reference.js';

/** The larger picture: each element so often along each of the last axes. */
export function repeated(
  x: ArrayLike<number>,
  shape: readonly number[],
  upsample: readonly number[],
): Float64Array {
  const factors = [...shape.slice(0, -upsample.length).map(() => 1), ...upsample];
  const sizes = shape.map((size, axis) => size * factors[axis]);
  return Float64Array.from({ length: product(sizes) }, (_, i) => {
    let rest = i;
    let at = 0;
    let step = 1;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      at += step * Math.floor((rest % sizes[axis]) / factors[axis]);
      rest = Math.floor(rest / sizes[axis]);
      step *= shape[axis];
    }
    return x[at];
  });
}
