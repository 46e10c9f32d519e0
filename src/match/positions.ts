// Converts between positions (an index for each axis) and flat indices of elements.

/** The position of an element. */
export function positionOf(at: number, shape: readonly number[]): number[] {
  const place = new Array<number>(shape.length);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    place[axis] = at % shape[axis];
    at = Math.floor(at / shape[axis]);
  }
  return place;
}

/** The flat index of the element at a position. */
export function elementOf(place: readonly number[], shape: readonly number[]): number {
  return place.reduce((at, index, axis) => at * shape[axis] + index, 0);
}

/** Flat indices of elements: `counts[axis]` indices along each axis, in row-major order. */
export function elementsOf(
  shape: readonly number[],
  counts: readonly number[],
  indexOf: (i: number, axis: number) => number,
): Int32Array {
  let elements = new Int32Array(1);
  shape.forEach((size, axis) => {
    const indices = new Int32Array(counts[axis]).map((_, i) => indexOf(i, axis));
    const next = new Int32Array(elements.length * indices.length);
    let to = 0;
    for (let i = 0; i < elements.length; i++)
      for (let k = 0; k < indices.length; k++) next[to++] = elements[i] * size + indices[k];
    elements = next;
  });
  return elements;
}

/** The flat indices of the elements of a box at the start of an array. */
export function boxOf(shape: readonly number[], box: readonly number[]): Int32Array {
  return elementsOf(shape, box, (i) => i);
}
