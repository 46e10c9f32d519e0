// Centring: (x − origin) · scale and its square, written to where sums read them.
//
// Processes pairs of numbers, and an odd last number alone.

import { narrow, pair } from '../vectors';

// @ts-ignore: decorator
@inline
function centre<T>(x: usize, count: i32, origin: f64, scale: f64, to: usize, squares: usize): void {
  const c = f64x2.splat(origin);
  const s = f64x2.splat(scale);
  const distance = squares - to;
  const end = to + ((<usize>(count & ~1)) << 3);
  for (; to < end; to += 16) {
    const d = f64x2.mul(f64x2.sub(pair<T>(x), c), s);
    v128.store(to, d);
    if (squares != 0) v128.store(to + distance, f64x2.mul(d, d));
    x += 2 * sizeof<T>();
  }
  if (count & 1) {
    const d = (<f64>load<T>(x) - origin) * scale;
    store<f64>(to, d);
    if (squares != 0) store<f64>(to + distance, d * d);
  }
}

/** Float32 input. Squares are not written if their address is 0. */
export function centre32(x: usize, count: i32, origin: f64, scale: f64, to: usize, squares: usize): void {
  centre<f32>(x, count, origin, scale, to, squares);
}

/** From float32 to float32, rounded once; in place if the addresses are equal. */
export function centreIn32(x: usize, count: i32, origin: f64, scale: f64, to: usize): void {
  const end = to + ((<usize>(count & ~3)) << 2);
  const shift = origin * scale;
  // multiplying by a power of two is exact, so only the subtraction rounds
  const isPower = reinterpret<u64>(scale) << 12 == 0 && <f64>(<f32>scale) == scale;
  if (isPower && <f64>(<f32>shift) == shift) {
    const c = f32x4.splat(<f32>shift);
    const s = f32x4.splat(<f32>scale);
    for (; to < end; to += 16) {
      v128.store(to, f32x4.sub(f32x4.mul(v128.load(x), s), c));
      x += 16;
    }
  }
  const c = f64x2.splat(origin);
  const s = f64x2.splat(scale);
  for (; to < end; to += 16) {
    const a = f64x2.mul(f64x2.sub(pair<f32>(x), c), s);
    const b = f64x2.mul(f64x2.sub(pair<f32>(x + 8), c), s);
    v128.store(to, narrow(a, b));
    x += 16;
  }
  for (let i = 0; i < (count & 3); i++) {
    store<f32>(to, <f32>((<f64>load<f32>(x) - origin) * scale));
    x += 4;
    to += 4;
  }
}

/** Float64 input. */
export function centre64(x: usize, count: i32, origin: f64, scale: f64, to: usize, squares: usize): void {
  centre<f64>(x, count, origin, scale, to, squares);
}
