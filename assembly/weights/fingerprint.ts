// Fingerprint: 128 bits that change when any one number of a parameter changes, and almost surely when several do.

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
