// A 1024-bit hash of a parameter, which is certain to change if one element changes, and almost certain if several do. And a test whether
// all elements are finite.

/** Bytes of a vector. */
const VECTOR: usize = 16;

/** Bytes per iteration, one vector for each of eight independent chains, which hides the latency of multiplications. */
const STEP: usize = 8 * VECTOR;

/**
 * Mixes `count` floats into the 128 bytes at `state`. A parameter may be hashed in pieces by several calls, if all pieces except the last
 * have a multiple of 32 floats.
 */
export function fingerprint(state: usize, data: usize, count: i32): void {
  const end = data + ((<usize>count) << 2);
  let a = v128.load(state, 0);
  let b = v128.load(state, 16);
  let c = v128.load(state, 32);
  let d = v128.load(state, 48);
  let e = v128.load(state, 64);
  let f = v128.load(state, 80);
  let g = v128.load(state, 96);
  let h = v128.load(state, 112);
  for (; data + STEP <= end; data += STEP) {
    a = mixed(a, v128.load(data, 0));
    b = mixed(b, v128.load(data, 16));
    c = mixed(c, v128.load(data, 32));
    d = mixed(d, v128.load(data, 48));
    e = mixed(e, v128.load(data, 64));
    f = mixed(f, v128.load(data, 80));
    g = mixed(g, v128.load(data, 96));
    h = mixed(h, v128.load(data, 112));
  }
  for (; data + VECTOR <= end; data += VECTOR) a = mixed(a, v128.load(data));
  for (; data < end; data += 4) a = mixed(a, v128.load32_splat(data));
  v128.store(state, a, 0);
  v128.store(state, b, 16);
  v128.store(state, c, 32);
  v128.store(state, d, 48);
  v128.store(state, e, 64);
  v128.store(state, f, 80);
  v128.store(state, g, 96);
  v128.store(state, h, 112);
}

/** A step of the hash: a bijection of the state for fixed data, and of the data for a fixed state, so that no single change is lost. */
// @ts-ignore: decorator
@inline
function mixed(sum: v128, data: v128): v128 {
  const next = v128.xor(i32x4.mul(sum, i32x4.splat(0x01000193)), data);
  return v128.xor(next, i32x4.shr_u(next, 15));
}

/** Returns 1 if all of `count` floats are finite, else 0. */
export function finite(data: usize, count: i32): i32 {
  // zero times infinity or NaN is NaN, which propagates
  const zero = f32x4.splat(0);
  let sum = zero;
  const end = data + ((<usize>count) << 2);
  for (; data + 16 <= end; data += 16) sum = f32x4.add(sum, f32x4.mul(zero, v128.load(data)));
  for (; data < end; data += 4) sum = f32x4.add(sum, f32x4.mul(zero, v128.load32_splat(data)));
  return v128.any_true(f32x4.ne(sum, sum)) ? 0 : 1;
}
