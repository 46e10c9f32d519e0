// Lists: extremes of lists of any length, and combinations of lists.

/** The largest of any number of numbers from 0 on; 0 of none. Math.max takes only so many. */
export function most(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => Math.max(a, b), 0);
}

/** The smallest of any number of numbers; infinity of none. Math.min takes only so many. */
export function least(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
}

/** One of each list, in every way, the last list's fastest. */
export function combinations<T>(lists: readonly (readonly T[])[]): T[][] {
  return lists.reduce<T[][]>((all, list) => all.flatMap((some) => list.map((one) => [...some, one])), [[]]);
}
