// Integer division, for addresses.

/** a / b, with fast paths for the common results 0 and a, since a division is slow: 1.05 for n1 g384 c384 f384 i14x14 k3x3 p1x1. */
// @ts-ignore: decorator
@inline
export function quotient(a: i32, b: i32): i32 {
  return a < b ? 0 : b == 1 ? a : a / b;
}
