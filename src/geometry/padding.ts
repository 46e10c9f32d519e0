// Padding modes: their names, their limits, and the input position that each padded position copies.

/** Torch's padding modes. */
export const paddingModes = ['zeros', 'reflect', 'replicate', 'circular'] as const;

/** Zeros, the input mirrored at its ends ('reflect'), its end elements repeated ('replicate'), or the input repeated ('circular'). */
export type PaddingMode = (typeof paddingModes)[number];

/** The outside of an input: a padding mode, or 'nothing', where positions outside of the input contribute no products at all. */
export type Outside = PaddingMode | 'nothing';

/** Whether no input elements are copied to the outside. */
export function isBlank(outside: Outside): boolean {
  return outside === 'zeros' || outside === 'nothing';
}

/** Whether a value is the name of a padding mode. */
export function isPaddingMode(value: unknown): value is PaddingMode {
  return paddingModes.includes(value as PaddingMode);
}

/** The most padding on one side of an axis: 'reflect' and 'circular' may use the input once. */
export function mostPadding(size: number, mode: PaddingMode): number {
  if (mode === 'reflect') return size - 1; // the end element itself is not repeated
  if (mode === 'circular') return size;
  return Number.POSITIVE_INFINITY;
}

/** The input position that position `x` copies, which may be outside of the input; -1 for zero or nothing, and beyond `mostPadding`. */
export function inputPositionAt(x: number, size: number, outside: Outside): number {
  if (x >= 0 && x < size) return x;
  if (isBlank(outside)) return -1;
  if (outside === 'replicate') return x < 0 ? 0 : size - 1;
  const last = size - 1;
  const mirrored = x < 0 ? -x : 2 * last - x;
  const wrapped = x < 0 ? x + size : x - size;
  const source = outside === 'reflect' ? mirrored : wrapped;
  return source >= 0 && source < size ? source : -1;
}
