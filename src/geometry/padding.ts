// Padding: what stands outside of an input, and how far it may reach.

/** The kinds of padding, as torch names them. */
export const paddingModes = ['zeros', 'reflect', 'replicate', 'circular'] as const;

/** Values outside the input: zeros, the input mirrored at its ends, its end elements repeated, or the input repeated. */
export type PaddingMode = (typeof paddingModes)[number];

/** What a convolution finds outside of its input: a kind of padding, whose numbers are multiplied like any other, or nothing to multiply. */
export type Outside = PaddingMode | 'nothing';

/** Whether only zeros, or nothing, stand outside of an input. */
export function isBlank(outside: Outside): boolean {
  return outside === 'zeros' || outside === 'nothing';
}

/** Whether a value names a kind of padding. */
export function isPaddingMode(value: unknown): value is PaddingMode {
  return paddingModes.includes(value as PaddingMode);
}

/** The most padding that one side of an axis may have: where the input is mirrored or goes round, it is so at most once. */
export function mostPadding(size: number, mode: PaddingMode): number {
  if (mode === 'reflect') return size - 1; // the first element itself is not repeated
  if (mode === 'circular') return size;
  return Number.POSITIVE_INFINITY;
}

/** The input position that is read at a position `x` outside or inside of the input; -1 for a zero or nothing, and beyond the most padding. */
export function inputPositionAt(x: number, size: number, outside: Outside): number {
  if (x >= 0 && x < size) return x;
  if (isBlank(outside)) return -1;
  if (outside === 'replicate') return x < 0 ? 0 : size - 1;
  const last = size - 1;
  const mirrored = x < 0 ? -x : 2 * last - x;
  const goneRound = x < 0 ? x + size : x - size;
  const shown = outside === 'reflect' ? mirrored : goneRound;
  return shown >= 0 && shown < size ? shown : -1;
}
