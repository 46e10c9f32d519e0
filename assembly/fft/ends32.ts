// The first and the last level of a row of float32: the four factors of x^m - i become the lanes. Since s = exp(i pi/8), the parts of s squared
// are equal, and those of s cubed are those of s in the other order. So three numbers serve as factors, which leaves registers for the rest.

import { FIRST, POSITION } from './plan';

/** Four vectors with a number of four positions each become the four lanes of these positions, every `POSITION` bytes. */
// @ts-ignore: decorator
@inline
function storeLanes(to: usize, a: v128, b: v128, c: v128, d: v128): void {
  const abLow = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const cdLow = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  v128.store(to, v128.shuffle<f64>(abLow, cdLow, 0, 2));
  v128.store(to, v128.shuffle<f64>(abLow, cdLow, 1, 3), POSITION);
  const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f64>(abHigh, cdHigh, 0, 2), 2 * POSITION);
  v128.store(to, v128.shuffle<f64>(abHigh, cdHigh, 1, 3), 3 * POSITION);
}

/** Reads a row and writes positions. */
export function first32(from: usize, to: usize, bytes: usize, tables: usize): void {
  const part = bytes >> 3;
  const half = bytes >> 1;
  const w1r = v128.load32_splat(tables, FIRST);
  const w1i = v128.load32_splat(tables, FIRST + 4);
  const w2 = v128.load32_splat(tables, FIRST + 8);
  const end = from + part;
  for (; from < end; from += 16) {
    const at1 = from + part;
    const at2 = at1 + part;
    const at3 = at2 + part;
    const a2r = v128.load(at2);
    const a2i = v128.load(at2 + half);
    const b2r = f32x4.mul(f32x4.sub(a2r, a2i), w2);
    const b2i = f32x4.mul(f32x4.add(a2r, a2i), w2);
    const a0r = v128.load(from);
    const a0i = v128.load(from + half);
    const t0r = f32x4.add(a0r, b2r);
    const t0i = f32x4.add(a0i, b2i);
    const t1r = f32x4.sub(a0r, b2r);
    const t1i = f32x4.sub(a0i, b2i);
    const a1r = v128.load(at1);
    const a1i = v128.load(at1 + half);
    const b1r = f32x4.sub(f32x4.mul(a1r, w1r), f32x4.mul(a1i, w1i));
    const b1i = f32x4.add(f32x4.mul(a1r, w1i), f32x4.mul(a1i, w1r));
    const a3r = v128.load(at3);
    const a3i = v128.load(at3 + half);
    const b3r = f32x4.sub(f32x4.mul(a3r, w1i), f32x4.mul(a3i, w1r));
    const b3i = f32x4.add(f32x4.mul(a3r, w1r), f32x4.mul(a3i, w1i));
    const t2r = f32x4.add(b1r, b3r);
    const t2i = f32x4.add(b1i, b3i);
    const t3r = f32x4.sub(b1r, b3r);
    const t3i = f32x4.sub(b1i, b3i);
    storeLanes(to, f32x4.add(t0r, t2r), f32x4.sub(t1r, t3i), f32x4.sub(t0r, t2r), f32x4.add(t1r, t3i));
    storeLanes(to + 16, f32x4.add(t0i, t2i), f32x4.add(t1i, t3r), f32x4.sub(t0i, t2i), f32x4.sub(t1i, t3r));
    to += 4 * POSITION;
  }
}

/** Reads positions and writes a row. */
export function last32(from: usize, to: usize, bytes: usize, tables: usize): void {
  const part = bytes >> 3;
  const half = bytes >> 1;
  const w1r = v128.load32_splat(tables, FIRST);
  const w1i = v128.load32_splat(tables, FIRST + 4);
  const w2 = v128.load32_splat(tables, FIRST + 8);
  const end = to + part;
  for (; to < end; to += 16) {
    const to1 = to + part;
    const to2 = to1 + part;
    const to3 = to2 + part;
    const p0r = v128.load(from);
    const p1r = v128.load(from, POSITION);
    const p2r = v128.load(from, 2 * POSITION);
    const p3r = v128.load(from, 3 * POSITION);
    // lanes 0 and 1, then 2 and 3, of two positions
    const lowR = v128.shuffle<f32>(p0r, p1r, 0, 4, 1, 5);
    const lowR2 = v128.shuffle<f32>(p2r, p3r, 0, 4, 1, 5);
    const highR = v128.shuffle<f32>(p0r, p1r, 2, 6, 3, 7);
    const highR2 = v128.shuffle<f32>(p2r, p3r, 2, 6, 3, 7);
    const v0r = v128.shuffle<f64>(lowR, lowR2, 0, 2);
    const v1r = v128.shuffle<f64>(lowR, lowR2, 1, 3);
    const v2r = v128.shuffle<f64>(highR, highR2, 0, 2);
    const v3r = v128.shuffle<f64>(highR, highR2, 1, 3);
    const u0r = f32x4.add(v0r, v2r);
    const u1r = f32x4.sub(v0r, v2r);
    const u2r = f32x4.add(v1r, v3r);
    const u3r = f32x4.sub(v1r, v3r);
    const p0i = v128.load(from, 16);
    const p1i = v128.load(from, POSITION + 16);
    const p2i = v128.load(from, 2 * POSITION + 16);
    const p3i = v128.load(from, 3 * POSITION + 16);
    const lowI = v128.shuffle<f32>(p0i, p1i, 0, 4, 1, 5);
    const lowI2 = v128.shuffle<f32>(p2i, p3i, 0, 4, 1, 5);
    const highI = v128.shuffle<f32>(p0i, p1i, 2, 6, 3, 7);
    const highI2 = v128.shuffle<f32>(p2i, p3i, 2, 6, 3, 7);
    const v0i = v128.shuffle<f64>(lowI, lowI2, 0, 2);
    const v1i = v128.shuffle<f64>(lowI, lowI2, 1, 3);
    const v2i = v128.shuffle<f64>(highI, highI2, 0, 2);
    const v3i = v128.shuffle<f64>(highI, highI2, 1, 3);
    const u0i = f32x4.add(v0i, v2i);
    const u1i = f32x4.sub(v0i, v2i);
    const u2i = f32x4.add(v1i, v3i);
    const u3i = f32x4.sub(v1i, v3i);
    v128.store(to, f32x4.add(u0r, u2r));
    v128.store(to + half, f32x4.add(u0i, u2i));
    const b2r = f32x4.sub(u0r, u2r);
    const b2i = f32x4.sub(u0i, u2i);
    v128.store(to2, f32x4.mul(f32x4.add(b2r, b2i), w2));
    v128.store(to2 + half, f32x4.mul(f32x4.sub(b2i, b2r), w2));
    const b1r = f32x4.add(u1r, u3i);
    const b1i = f32x4.sub(u1i, u3r);
    v128.store(to1, f32x4.add(f32x4.mul(b1r, w1r), f32x4.mul(b1i, w1i)));
    v128.store(to1 + half, f32x4.sub(f32x4.mul(b1i, w1r), f32x4.mul(b1r, w1i)));
    const b3r = f32x4.sub(u1r, u3i);
    const b3i = f32x4.add(u1i, u3r);
    v128.store(to3, f32x4.add(f32x4.mul(b3r, w1i), f32x4.mul(b3i, w1r)));
    v128.store(to3 + half, f32x4.sub(f32x4.mul(b3i, w1i), f32x4.mul(b3r, w1r)));
    from += 4 * POSITION;
  }
}
