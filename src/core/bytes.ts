// Numbers: bytes in whole cache lines, extremes of lists of any length, and combinations of lists.

/** Bytes from one staged channel to the next: a vector more than it has, and not a multiple of 4096, where all channels would meet in one cache set. */
export function channelStride(elements: number): number {
  const bytes = 4 * elements + 16;
  return bytes % 4096 === 0 ? bytes + 16 : bytes;
}

/** Rounds bytes up to whole cache lines. */
export function aligned(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}

/** Of any number of numbers, where Math.max takes only so many. */
export function most(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => Math.max(a, b), 0);
}

export function least(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
}

/** One of each list, in every way, the last list's fastest. */
export function combinations<T>(lists: readonly (readonly T[])[]): T[][] {
  return lists.reduce<T[][]>((all, list) => all.flatMap((some) => list.map((one) => [...some, one])), [[]]);
}
