// Row terms: which terms of a row of outputs meet rows of inputs. The table has their byte offsets, the first and the end, for each row.

/** Bytes of the range of a row. */
export const RANGE_BYTES: usize = 8;

/** How many terms are in a range. */
// @ts-ignore: decorator
@inline
export function termsIn(range: usize): i32 {
  return (load<i32>(range, 4) - load<i32>(range)) >> 2;
}
