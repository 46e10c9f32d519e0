// Direct sums in float64.

/** Adds to each of `count` outputs, eight bytes apart, the sum of `taps` products of kernel and signal, whose taps lie `step` bytes apart. */
export function correlateRows64(
  signal: usize,
  kernel: usize,
  output: usize,
  taps: i32,
  step: isize,
  count: i32,
): void {
  for (let tap = 0; tap < taps; tap++) {
    const factor = f64x2.splat(load<f64>(kernel + ((<usize>tap) << 3)));
    const from = <usize>(<isize>signal + <isize>tap * step);
    let at: usize = 0;
    for (; at < (<usize>(count & ~1)) << 3; at += 16) {
      const sum = f64x2.add(v128.load(output + at), f64x2.mul(factor, v128.load(from + at)));
      v128.store(output + at, sum);
    }
    if (count & 1)
      store<f64>(output + at, load<f64>(output + at) + f64x2.extract_lane(factor, 0) * load<f64>(from + at));
  }
}
