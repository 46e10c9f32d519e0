// Copies ranges of numbers from one array to another.

type Numbers = Float32Array | Float64Array;

/** Numbers from which on a view and `set` take less time than a loop. */
export const LONG_COPY = 48;

/** Copies all of `from` into `to`, from its number `target` on. */
export type Copier = (from: Numbers, to: Numbers, target: number) => void;

/** How whole arrays and long ranges are copied. A wing may set another way. */
export const copiers: { current: Copier } = { current: (from, to, target) => to.set(from, target) };

/** Copies `count` numbers. Many short ranges, as of strided axes, would take most of their time to create views. */
export function copyRange(from: Numbers, at: number, count: number, to: Numbers, target: number): void {
  if (count < LONG_COPY) for (let i = 0; i < count; i++) to[target + i] = from[at + i];
  else copiers.current(from.subarray(at, at + count), to, target);
}
