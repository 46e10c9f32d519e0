// Steps: how far the elements of each axis lie apart.

/** Numbers from one element of each axis to the next, in C order; the elements of the last one are so many numbers. */
export function stepsOf(sizes: readonly number[], group = 1): number[] {
  const steps = sizes.map(() => group);
  for (let i = sizes.length - 2; i >= 0; i--) steps[i] = steps[i + 1] * sizes[i + 1];
  return steps;
}
