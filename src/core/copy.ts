// Copies ranges of numbers from one array to another.

/** Numbers from which on a view and `set` take less time than a loop. */
export const LONG_COPY = 48;

/** Copies `count` numbers. Many short ranges, as of strided axes, would take most of their time to create views. */
export function copyRange(
  from: Float32Array | Float64Array,
  at: number,
  count: number,
  to: Float32Array | Float64Array,
  target: number,
): void {
  if (count < LONG_COPY) for (let i = 0; i < count; i++) to[target + i] = from[at + i];
  else to.set(from.subarray(at, at + count), target);
}
