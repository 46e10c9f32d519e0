// Arrays of a function's values at every position.

export function sampled(
  shape: number[],
  at: (position: number[]) => number,
): { data: Float64Array; shape: number[] } {
  const data = Float64Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => {
    const position = shape.map(() => 0);
    for (let axis = shape.length - 1, rest = i; axis >= 0; axis--) {
      position[axis] = rest % shape[axis];
      rest = Math.floor(rest / shape[axis]);
    }
    return at(position);
  });
  return { data, shape };
}
