// Padding: what stands outside an input, and how far it may reach.

/** The kinds of padding, as torch names them. */
export const paddingModes = ['zeros', 'reflect', 'replicate', 'circular'] as const;

/** What stands outside the input. */
export type PaddingMode = (typeof paddingModes)[number];

/** Whether a value names a kind of padding. */
export function isPaddingMode(value: unknown): value is PaddingMode {
  return paddingModes.includes(value as PaddingMode);
}

/** The most padding that one side of an axis of this size may have: a mirrored or repeated input ends. */
export function mostPadding(size: number, mode: PaddingMode): number {
  if (mode === 'reflect') return size - 1; // the first element itself is not repeated
  if (mode === 'circular') return size;
  return Number.POSITIVE_INFINITY;
}

/** The input position that is read at position `x`; -1 for a zero, and for an `x` beyond the most padding there may be. */
export function inputPositionAt(x: number, size: number, mode: PaddingMode): number {
  if (x >= 0 && x < size) return x;
  if (mode === 'zeros') return -1;
  if (mode === 'replicate') return x < 0 ? 0 : size - 1;
  const mirrored = mode === 'reflect' ? (x < 0 ? -x : 2 * (size - 1) - x) : x < 0 ? x + size : x - size;
  return mirrored >= 0 && mirrored < size ? mirrored : -1;
}
