// Strides of arrays in C order.

/** The distance between elements of each axis in C order, in numbers; elements of the last axis have `group` numbers. */
export function stepsOf(sizes: readonly number[], group = 1): number[] {
  const steps = sizes.map(() => group);
  for (let i = sizes.length - 2; i >= 0; i--) steps[i] = steps[i + 1] * sizes[i + 1];
  return steps;
}
