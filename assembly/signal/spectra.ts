// Sums of products of spectra, whose positions are a vector of real parts and one of imaginary parts.

/** Bytes of a position. */
const POSITION: usize = 32;

/**
 * Adds to a sum the products of `count` spectra of blocks with those of as many kernels. The kernels' spectra lie `step` bytes apart, and
 * the blocks', of which each is older than the one before, `step` bytes down. Addresses are those of a part of `bytes` bytes in each.
 */
export function multiplyAdd32(
  sum: usize,
  block: usize,
  kernel: usize,
  step: usize,
  count: i32,
  bytes: usize,
): void {
  multiplyAdd<f32>(sum, block, kernel, step, count, bytes);
}

/** The same in float64. */
export function multiplyAdd64(
  sum: usize,
  block: usize,
  kernel: usize,
  step: usize,
  count: i32,
  bytes: usize,
): void {
  multiplyAdd<f64>(sum, block, kernel, step, count, bytes);
}

/** Two products at a time, so that the sum is loaded and stored half as often. */
// @ts-ignore: decorator
@inline
function multiplyAdd<T>(
  sum: usize,
  block: usize,
  kernel: usize,
  step: usize,
  count: i32,
  bytes: usize,
): void {
  for (; count >= 2; count -= 2) {
    for (let at: usize = 0; at < bytes; at += POSITION) {
      const a = block + at;
      const h = kernel + at;
      const ar = v128.load(a);
      const ai = v128.load(a, 16);
      const hr = v128.load(h);
      const hi = v128.load(h, 16);
      let re = v128.add<T>(v128.load(sum + at), v128.mul<T>(ar, hr));
      let im = v128.add<T>(v128.load(sum + at, 16), v128.mul<T>(ar, hi));
      re = v128.sub<T>(re, v128.mul<T>(ai, hi));
      im = v128.add<T>(im, v128.mul<T>(ai, hr));
      const br = v128.load(a - step);
      const bi = v128.load(a - step, 16);
      const gr = v128.load(h + step);
      const gi = v128.load(h + step, 16);
      re = v128.add<T>(re, v128.mul<T>(br, gr));
      im = v128.add<T>(im, v128.mul<T>(br, gi));
      v128.store(sum + at, v128.sub<T>(re, v128.mul<T>(bi, gi)));
      v128.store(sum + at, v128.add<T>(im, v128.mul<T>(bi, gr)), 16);
    }
    block -= 2 * step;
    kernel += 2 * step;
  }
  if (count == 0) return;
  for (let at: usize = 0; at < bytes; at += POSITION) {
    const ar = v128.load(block + at);
    const ai = v128.load(block + at, 16);
    const hr = v128.load(kernel + at);
    const hi = v128.load(kernel + at, 16);
    const re = v128.sub<T>(v128.mul<T>(ar, hr), v128.mul<T>(ai, hi));
    const im = v128.add<T>(v128.mul<T>(ar, hi), v128.mul<T>(ai, hr));
    v128.store(sum + at, v128.add<T>(v128.load(sum + at), re));
    v128.store(sum + at, v128.add<T>(v128.load(sum + at, 16), im), 16);
  }
}
