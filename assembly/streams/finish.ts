// The epilogue of a layer that is computed by FFT: bias and activation.

/**
 * Adds the bias to `rows` rows of `count` numbers that are `pitch` bytes apart, then computes min(max(x, 0), most) + slope · min(x, 0). With a
 * slope of 1 and an infinite `most` there is no activation.
 * @returns 1 if all results are finite, else 0
 */
export function finish32(
  at: usize,
  rows: i32,
  count: i32,
  pitch: usize,
  bias: f32,
  slope: f32,
  most: f32,
): i32 {
  const biases = f32x4.splat(bias);
  const slopes = f32x4.splat(slope);
  const mosts = f32x4.splat(most);
  const zero = f32x4.splat(0);
  // zero times infinity or NaN is NaN, which propagates
  let sum = zero;
  let rest: f32 = 0;
  for (; rows > 0; rows--, at += pitch) {
    const end = at + ((<usize>count) << 2);
    let p = at;
    for (; p + 16 <= end; p += 16) {
      const x = f32x4.add(v128.load(p), biases);
      const y = f32x4.add(f32x4.min(f32x4.max(x, zero), mosts), f32x4.mul(f32x4.min(x, zero), slopes));
      v128.store(p, y);
      sum = f32x4.add(sum, f32x4.mul(x, zero));
    }
    for (; p < end; p += 4) {
      const x = load<f32>(p) + bias;
      store<f32>(p, min(max(x, <f32>0), most) + min(x, <f32>0) * slope);
      rest += x * <f32>0;
    }
  }
  const lanes =
    f32x4.extract_lane(sum, 0) +
    f32x4.extract_lane(sum, 1) +
    f32x4.extract_lane(sum, 2) +
    f32x4.extract_lane(sum, 3);
  return i32(lanes + rest == 0);
}
