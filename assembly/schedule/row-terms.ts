// The table of row terms: for each row of outputs, the byte range of the terms that read rows of inputs rather than padding.

/** Bytes of the range of a row. */
export const RANGE_BYTES: usize = 8;

/** The number of terms in a range. */
// @ts-ignore: decorator
@inline
export function termsIn(range: usize): i32 {
  return (load<i32>(range, 4) - load<i32>(range)) >> 2;
}
