// Sums of products of spectra. A position has a vector of real parts and one of imaginary parts.

/** Bytes of a position. */
const POSITION: usize = 32;

/**
 * Adds the products of `count` spectra of blocks with the spectra of `count` kernels to a sum. Kernels have a stride of `step` bytes; blocks,
 * from newest to oldest, a stride of -`step`. Processes a part of `bytes` bytes of each spectrum.
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

/** Four products at a time, so that the sum is loaded, stored and rounded a quarter as often. */
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
  for (; count >= 4; count -= 4) {
    for (let at: usize = 0; at < bytes; at += POSITION) {
      let a = block + at;
      let h = kernel + at;
      let ar = v128.load(a);
      let ai = v128.load(a, 16);
      let hr = v128.load(h);
      let hi = v128.load(h, 16);
      let re = v128.sub<T>(v128.mul<T>(ar, hr), v128.mul<T>(ai, hi));
      let im = v128.add<T>(v128.mul<T>(ar, hi), v128.mul<T>(ai, hr));
      a -= step;
      h += step;
      ar = v128.load(a);
      ai = v128.load(a, 16);
      hr = v128.load(h);
      hi = v128.load(h, 16);
      re = v128.add<T>(re, v128.sub<T>(v128.mul<T>(ar, hr), v128.mul<T>(ai, hi)));
      im = v128.add<T>(im, v128.add<T>(v128.mul<T>(ar, hi), v128.mul<T>(ai, hr)));
      a -= step;
      h += step;
      ar = v128.load(a);
      ai = v128.load(a, 16);
      hr = v128.load(h);
      hi = v128.load(h, 16);
      let otherRe = v128.sub<T>(v128.mul<T>(ar, hr), v128.mul<T>(ai, hi));
      let otherIm = v128.add<T>(v128.mul<T>(ar, hi), v128.mul<T>(ai, hr));
      a -= step;
      h += step;
      ar = v128.load(a);
      ai = v128.load(a, 16);
      hr = v128.load(h);
      hi = v128.load(h, 16);
      otherRe = v128.add<T>(otherRe, v128.sub<T>(v128.mul<T>(ar, hr), v128.mul<T>(ai, hi)));
      otherIm = v128.add<T>(otherIm, v128.add<T>(v128.mul<T>(ar, hi), v128.mul<T>(ai, hr)));
      re = v128.add<T>(re, otherRe);
      im = v128.add<T>(im, otherIm);
      v128.store(sum + at, v128.add<T>(v128.load(sum + at), re));
      v128.store(sum + at, v128.add<T>(v128.load(sum + at, 16), im), 16);
    }
    block -= 4 * step;
    kernel += 4 * step;
  }
  for (; count > 0; count--) {
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
    block -= step;
    kernel += step;
  }
}
