// Maximum, minimum, sum and product of lists, and combinations of lists.

/** The maximum of non-negative numbers; 0 for an empty list. Unlike Math.max(...list) it works for lists of any length. */
export function most(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => Math.max(a, b), 0);
}

/** The minimum of a list; infinity for an empty one. Unlike Math.min(...list) it works for lists of any length. */
export function least(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
}

/** The sum of a list. */
export function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

/**
 * The product of a list; for a shape, the number of elements. Used in every call, so it is an index loop: with for-of, once V8 11.3 has
 * seen a frozen array, it allocates an iterator and its results.
 */
export function product(numbers: readonly number[]): number {
  let result = 1;
  for (let i = 0; i < numbers.length; i++) result *= numbers[i];
  return result;
}

/** The Cartesian product of lists. The item of the last list changes fastest. */
export function combinations<T>(lists: readonly (readonly T[])[]): T[][] {
  return lists.reduce<T[][]>((all, list) => all.flatMap((some) => list.map((one) => [...some, one])), [[]]);
}
