// Butterflies: reduce a polynomial modulo x^m - r to its residues modulo the factors of x^m - r (down), and back (up, unnormalized).
// A complex vector is a vector of real parts at an address, and one of imaginary parts `im` bytes after it.

/**
 * Four parts `apart` bytes from each other, of x^m - r with s^4 = r:
 *
 *   child c = a0 + i^c s a1 + i^2c s^2 a2 + i^3c s^3 a3       12 products, 22 sums
 *
 * V8 moves all loads before the next store, and has 15 registers, six of which hold the factors of a level. So two sums are stored where a1
 * and a3 were, before a0 and a2 are loaded, and reloaded for the imaginary parts: nothing else is spilled. `up4` does the same.
 */
// @ts-ignore: decorator
@inline
export function down4<T>(
  at: usize,
  apart: usize,
  im: usize,
  w1r: v128,
  w1i: v128,
  w2r: v128,
  w2i: v128,
  w3r: v128,
  w3i: v128,
): void {
  const p1 = at + apart;
  const p2 = p1 + apart;
  const p3 = p2 + apart;
  const a1r = v128.load(p1);
  const a1i = v128.load(p1 + im);
  const b1r = v128.sub<T>(v128.mul<T>(a1r, w1r), v128.mul<T>(a1i, w1i));
  const b1i = v128.add<T>(v128.mul<T>(a1r, w1i), v128.mul<T>(a1i, w1r));
  const a3r = v128.load(p3);
  const a3i = v128.load(p3 + im);
  const b3r = v128.sub<T>(v128.mul<T>(a3r, w3r), v128.mul<T>(a3i, w3i));
  const b3i = v128.add<T>(v128.mul<T>(a3r, w3i), v128.mul<T>(a3i, w3r));
  const t2r = v128.add<T>(b1r, b3r);
  const t3i = v128.sub<T>(b1i, b3i);
  v128.store(p1 + im, v128.add<T>(b1i, b3i));
  v128.store(p3 + im, v128.sub<T>(b1r, b3r));
  const a2r = v128.load(p2);
  const a2i = v128.load(p2 + im);
  const b2r = v128.sub<T>(v128.mul<T>(a2r, w2r), v128.mul<T>(a2i, w2i));
  const b2i = v128.add<T>(v128.mul<T>(a2r, w2i), v128.mul<T>(a2i, w2r));
  const a0r = v128.load(at);
  const t0r = v128.add<T>(a0r, b2r);
  const t1r = v128.sub<T>(a0r, b2r);
  v128.store(at, v128.add<T>(t0r, t2r));
  v128.store(p1, v128.sub<T>(t1r, t3i));
  v128.store(p2, v128.sub<T>(t0r, t2r));
  v128.store(p3, v128.add<T>(t1r, t3i));
  const a0i = v128.load(at + im);
  const t0i = v128.add<T>(a0i, b2i);
  const t1i = v128.sub<T>(a0i, b2i);
  const t2i = v128.load(p1 + im);
  const t3r = v128.load(p3 + im);
  v128.store(at + im, v128.add<T>(t0i, t2i));
  v128.store(p1 + im, v128.add<T>(t1i, t3r));
  v128.store(p2 + im, v128.sub<T>(t0i, t2i));
  v128.store(p3 + im, v128.sub<T>(t1i, t3r));
}

/** Back from `down4`, four times as large. */
// @ts-ignore: decorator
@inline
export function up4<T>(
  at: usize,
  apart: usize,
  im: usize,
  w1r: v128,
  w1i: v128,
  w2r: v128,
  w2i: v128,
  w3r: v128,
  w3i: v128,
): void {
  const p1 = at + apart;
  const p2 = p1 + apart;
  const p3 = p2 + apart;
  const v0r = v128.load(at);
  const v2r = v128.load(p2);
  const u0r = v128.add<T>(v0r, v2r);
  const v1r = v128.load(p1);
  const v3r = v128.load(p3);
  const u2r = v128.add<T>(v1r, v3r);
  v128.store(at, v128.add<T>(u0r, u2r));
  v128.store(p1, v128.sub<T>(v0r, v2r));
  v128.store(p3, v128.sub<T>(v1r, v3r));
  const b2r = v128.sub<T>(u0r, u2r);
  const v0i = v128.load(at + im);
  const v2i = v128.load(p2 + im);
  const u0i = v128.add<T>(v0i, v2i);
  const u1i = v128.sub<T>(v0i, v2i);
  const v1i = v128.load(p1 + im);
  const v3i = v128.load(p3 + im);
  const u2i = v128.add<T>(v1i, v3i);
  const u3i = v128.sub<T>(v1i, v3i);
  v128.store(at + im, v128.add<T>(u0i, u2i));
  const b2i = v128.sub<T>(u0i, u2i);
  v128.store(p2, v128.add<T>(v128.mul<T>(b2r, w2r), v128.mul<T>(b2i, w2i)));
  v128.store(p2 + im, v128.sub<T>(v128.mul<T>(b2i, w2r), v128.mul<T>(b2r, w2i)));
  const u1r = v128.load(p1);
  const u3r = v128.load(p3);
  const b1r = v128.add<T>(u1r, u3i);
  const b1i = v128.sub<T>(u1i, u3r);
  v128.store(p1, v128.add<T>(v128.mul<T>(b1r, w1r), v128.mul<T>(b1i, w1i)));
  v128.store(p1 + im, v128.sub<T>(v128.mul<T>(b1i, w1r), v128.mul<T>(b1r, w1i)));
  const b3r = v128.sub<T>(u1r, u3i);
  const b3i = v128.add<T>(u1i, u3r);
  v128.store(p3, v128.add<T>(v128.mul<T>(b3r, w3r), v128.mul<T>(b3i, w3i)));
  v128.store(p3 + im, v128.sub<T>(v128.mul<T>(b3i, w3r), v128.mul<T>(b3r, w3i)));
}

/** Two parts, of x^m - r with s^2 = r: a0 + s a1 and a0 - s a1. */
// @ts-ignore: decorator
@inline
export function down2<T>(at: usize, apart: usize, im: usize, wr: v128, wi: v128): void {
  const p1 = at + apart;
  const a1r = v128.load(p1);
  const a1i = v128.load(p1 + im);
  const br = v128.sub<T>(v128.mul<T>(a1r, wr), v128.mul<T>(a1i, wi));
  const bi = v128.add<T>(v128.mul<T>(a1r, wi), v128.mul<T>(a1i, wr));
  const a0r = v128.load(at);
  const a0i = v128.load(at + im);
  v128.store(at, v128.add<T>(a0r, br));
  v128.store(at + im, v128.add<T>(a0i, bi));
  v128.store(p1, v128.sub<T>(a0r, br));
  v128.store(p1 + im, v128.sub<T>(a0i, bi));
}

/** Back from `down2`, twice as large. */
// @ts-ignore: decorator
@inline
export function up2<T>(at: usize, apart: usize, im: usize, wr: v128, wi: v128): void {
  const p1 = at + apart;
  const v0r = v128.load(at);
  const v0i = v128.load(at + im);
  const v1r = v128.load(p1);
  const v1i = v128.load(p1 + im);
  v128.store(at, v128.add<T>(v0r, v1r));
  v128.store(at + im, v128.add<T>(v0i, v1i));
  const br = v128.sub<T>(v0r, v1r);
  const bi = v128.sub<T>(v0i, v1i);
  v128.store(p1, v128.add<T>(v128.mul<T>(br, wr), v128.mul<T>(bi, wi)));
  v128.store(p1 + im, v128.sub<T>(v128.mul<T>(bi, wr), v128.mul<T>(br, wi)));
}

/** Three parts, of x^m - r with s^3 = r: child k = a0 + w^k s a1 + w^2k s^2 a2, w a cube root of one. */
// @ts-ignore: decorator
@inline
function down3<T>(
  at: usize,
  apart: usize,
  im: usize,
  w1r: v128,
  w1i: v128,
  w2r: v128,
  w2i: v128,
  half: v128,
  sine: v128,
): void {
  const p1 = at + apart;
  const p2 = p1 + apart;
  const a1r = v128.load(p1);
  const a1i = v128.load(p1 + im);
  const b1r = v128.sub<T>(v128.mul<T>(a1r, w1r), v128.mul<T>(a1i, w1i));
  const b1i = v128.add<T>(v128.mul<T>(a1r, w1i), v128.mul<T>(a1i, w1r));
  const a2r = v128.load(p2);
  const a2i = v128.load(p2 + im);
  const b2r = v128.sub<T>(v128.mul<T>(a2r, w2r), v128.mul<T>(a2i, w2i));
  const b2i = v128.add<T>(v128.mul<T>(a2r, w2i), v128.mul<T>(a2i, w2r));
  const sumR = v128.add<T>(b1r, b2r);
  const sumI = v128.add<T>(b1i, b2i);
  const turnR = v128.mul<T>(v128.sub<T>(b1r, b2r), sine);
  const turnI = v128.mul<T>(v128.sub<T>(b1i, b2i), sine);
  const a0r = v128.load(at);
  const a0i = v128.load(at + im);
  v128.store(at, v128.add<T>(a0r, sumR));
  v128.store(at + im, v128.add<T>(a0i, sumI));
  const midR = v128.sub<T>(a0r, v128.mul<T>(sumR, half));
  const midI = v128.sub<T>(a0i, v128.mul<T>(sumI, half));
  v128.store(p1, v128.sub<T>(midR, turnI));
  v128.store(p1 + im, v128.add<T>(midI, turnR));
  v128.store(p2, v128.add<T>(midR, turnI));
  v128.store(p2 + im, v128.sub<T>(midI, turnR));
}

/** Back from `down3`, three times as large. */
// @ts-ignore: decorator
@inline
function up3<T>(
  at: usize,
  apart: usize,
  im: usize,
  w1r: v128,
  w1i: v128,
  w2r: v128,
  w2i: v128,
  half: v128,
  sine: v128,
): void {
  const p1 = at + apart;
  const p2 = p1 + apart;
  const v1r = v128.load(p1);
  const v1i = v128.load(p1 + im);
  const v2r = v128.load(p2);
  const v2i = v128.load(p2 + im);
  const sumR = v128.add<T>(v1r, v2r);
  const sumI = v128.add<T>(v1i, v2i);
  const turnR = v128.mul<T>(v128.sub<T>(v1r, v2r), sine);
  const turnI = v128.mul<T>(v128.sub<T>(v1i, v2i), sine);
  const v0r = v128.load(at);
  const v0i = v128.load(at + im);
  v128.store(at, v128.add<T>(v0r, sumR));
  v128.store(at + im, v128.add<T>(v0i, sumI));
  const midR = v128.sub<T>(v0r, v128.mul<T>(sumR, half));
  const midI = v128.sub<T>(v0i, v128.mul<T>(sumI, half));
  const b1r = v128.add<T>(midR, turnI);
  const b1i = v128.sub<T>(midI, turnR);
  v128.store(p1, v128.add<T>(v128.mul<T>(b1r, w1r), v128.mul<T>(b1i, w1i)));
  v128.store(p1 + im, v128.sub<T>(v128.mul<T>(b1i, w1r), v128.mul<T>(b1r, w1i)));
  const b2r = v128.sub<T>(midR, turnI);
  const b2i = v128.add<T>(midI, turnR);
  v128.store(p2, v128.add<T>(v128.mul<T>(b2r, w2r), v128.mul<T>(b2i, w2i)));
  v128.store(p2 + im, v128.sub<T>(v128.mul<T>(b2i, w2r), v128.mul<T>(b2r, w2i)));
}

/**
 * `down3` or `up3` of vectors that are `step` bytes apart. A function of its own, because rows and columns call it; levels of four have their
 * own loops, because V8 passes vectors on the stack.
 */
export function all3<T>(
  at: usize,
  end: usize,
  step: usize,
  apart: usize,
  im: usize,
  w1r: v128,
  w1i: v128,
  w2r: v128,
  w2i: v128,
  half: v128,
  sine: v128,
  down: bool,
): void {
  if (down) for (; at < end; at += step) down3<T>(at, apart, im, w1r, w1i, w2r, w2i, half, sine);
  else for (; at < end; at += step) up3<T>(at, apart, im, w1r, w1i, w2r, w2i, half, sine);
}
