// Padding modes: their names, their limits, and which input positions the padded input copies.

/** Torch's padding modes. */
export const paddingModes = ['zeros', 'reflect', 'replicate', 'circular'] as const;

/** Zeros, the input mirrored at its ends ('reflect'), its end elements repeated ('replicate'), or the input repeated ('circular'). */
export type PaddingMode = (typeof paddingModes)[number];

/** The outside of an input: a padding mode, or 'nothing', where positions outside of the input contribute no products at all. */
export type Outside = PaddingMode | 'nothing';

/** Whether no input elements are copied to the outside. */
export function isBlank(outside: Outside): outside is 'zeros' | 'nothing' {
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

/** Positions `first` to `end` (exclusive) of the padded input: position x copies input position `sign * x + offset`. */
export interface Stretch {
  readonly first: number;
  readonly end: number;
  readonly sign: -1 | 0 | 1;
  readonly offset: number;
}

/** All positions that copy an input, in their order. The others are zero or nothing, also those beyond `mostPadding`. */
export function stretchesOf(size: number, outside: Outside): Stretch[] {
  const input: Stretch = { first: 0, end: size, sign: 1, offset: 0 };
  if (isBlank(outside)) return [input];
  const most = mostPadding(size, outside);
  const last = size - 1;
  const ofMode = {
    reflect: { sign: -1, before: 0, after: 2 * last },
    replicate: { sign: 0, before: 0, after: last },
    circular: { sign: 1, before: size, after: -size },
  } as const;
  const { sign, before, after } = ofMode[outside];
  return [
    { first: -most, end: 0, sign, offset: before },
    input,
    { first: size, end: size + most, sign, offset: after },
  ];
}
