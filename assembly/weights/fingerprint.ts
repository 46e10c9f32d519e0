// Fingerprint: 128 bits that change when any one number of a parameter changes, and almost surely when several do. And whether all
// of its numbers are finite.

/** Mixes `count` floats into the 16 bytes at `state`; returns 1 when they differ from what stood there. */
export function fingerprint(state: usize, data: usize, count: i32): i32 {
  // Each step is a bijection of the running value and of the data, so a single change can't be lost.
  const prime = i32x4.splat(0x01000193);
  let sum = i32x4.splat(count ^ 0x811c9dc5);
  const end = data + ((<usize>count) << 2);
  while (data + 16 <= end) {
    sum = v128.xor(i32x4.mul(sum, prime), v128.load(data));
    sum = v128.xor(sum, i32x4.shr_u(sum, 15));
    data += 16;
  }
  while (data < end) {
    sum = v128.xor(i32x4.mul(sum, prime), v128.load32_splat(data));
    data += 4;
  }
  const old = v128.load(state);
  v128.store(state, sum);
  return v128.any_true(v128.xor(old, sum)) ? 1 : 0;
}

/** Returns 1 when all of `count` floats are finite, else 0. */
export function finite(data: usize, count: i32): i32 {
  // zero times an infinity or NaN is NaN, and stays so
  const zero = f32x4.splat(0);
  let sum = zero;
  const end = data + ((<usize>count) << 2);
  for (; data + 16 <= end; data += 16) sum = f32x4.add(sum, f32x4.mul(zero, v128.load(data)));
  for (; data < end; data += 4) sum = f32x4.add(sum, f32x4.mul(zero, v128.load32_splat(data)));
  return v128.any_true(f32x4.ne(sum, sum)) ? 0 : 1;
}
