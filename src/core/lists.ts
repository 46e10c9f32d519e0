// Lists: extremes, sums and products of numbers, and combinations of lists.

/** The largest of some numbers, none below 0; 0 of none. For lists of any length, where Math.max takes only so many arguments. */
export function most(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => Math.max(a, b), 0);
}

/** The smallest of some numbers; infinity of none. For lists of any length, where Math.min takes only so many arguments. */
export function least(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
}

/** The sum of some numbers. */
export function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

/**
 * The product of some numbers, 1 of none: of a shape, the number of its elements. A loop, as every call asks for it, and one by index:
 * after a frozen array V8 11.3 would allocate an iterator and its results for every other.
 */
export function product(numbers: readonly number[]): number {
  let result = 1;
  for (let i = 0; i < numbers.length; i++) result *= numbers[i];
  return result;
}

/** All ways to take one item of each list. The item of the last list changes fastest. */
export function combinations<T>(lists: readonly (readonly T[])[]): T[][] {
  return lists.reduce<T[][]>((all, list) => all.flatMap((some) => list.map((one) => [...some, one])), [[]]);
}
