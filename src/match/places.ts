// Places: where elements of an array are, by their number, along each axis or in a larger array.

/** Where an element of an array is along each axis. */
export function placeOf(at: number, shape: readonly number[]): number[] {
  const place = new Array<number>(shape.length);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    place[axis] = at % shape[axis];
    at = Math.floor(at / shape[axis]);
  }
  return place;
}

/** The number of the element at a place. */
export function elementOf(place: readonly number[], shape: readonly number[]): number {
  return place.reduce((at, index, axis) => at * shape[axis] + index, 0);
}

/** The numbers of elements of an array, those at each of `counts[axis]` indices along each axis, the last axis fastest. */
export function elementsOf(
  shape: readonly number[],
  counts: readonly number[],
  indexOf: (i: number, axis: number) => number,
): Int32Array {
  let elements = new Int32Array(1);
  shape.forEach((size, axis) => {
    const indices = Int32Array.from({ length: counts[axis] }, (_, i) => indexOf(i, axis));
    const next = new Int32Array(elements.length * indices.length);
    let to = 0;
    for (let i = 0; i < elements.length; i++)
      for (let k = 0; k < indices.length; k++) next[to++] = elements[i] * size + indices[k];
    elements = next;
  });
  return elements;
}

/** The numbers of the elements of a box that begins at the first element of an array. */
export function boxOf(shape: readonly number[], box: readonly number[]): Int32Array {
  return elementsOf(shape, box, (i) => i);
}
