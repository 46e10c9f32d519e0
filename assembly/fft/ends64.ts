// The first and the last level of a row of float64: x^m - i = (x^(m/2) - s)(x^(m/2) + s), whose two factors become the lanes.
// The parts of s, a root of i, are equal.

import { FIRST, POSITION } from './plan';

/** Reads a row and writes positions. */
export function first64(from: usize, to: usize, bytes: usize, tables: usize): void {
  const quarter = bytes >> 2;
  const w = v128.load64_splat(tables, FIRST);
  const end = from + quarter;
  for (; from < end; from += 16) {
    const at1 = from + quarter;
    const at2 = at1 + quarter;
    const a1r = v128.load(at1);
    const a1i = v128.load(at2 + quarter);
    const br = f64x2.mul(f64x2.sub(a1r, a1i), w);
    const bi = f64x2.mul(f64x2.add(a1r, a1i), w);
    const a0r = v128.load(from);
    const a0i = v128.load(at2);
    const xr = f64x2.add(a0r, br);
    const yr = f64x2.sub(a0r, br);
    v128.store(to, v128.shuffle<f64>(xr, yr, 0, 2));
    v128.store(to, v128.shuffle<f64>(xr, yr, 1, 3), POSITION);
    const xi = f64x2.add(a0i, bi);
    const yi = f64x2.sub(a0i, bi);
    v128.store(to, v128.shuffle<f64>(xi, yi, 0, 2), 16);
    v128.store(to, v128.shuffle<f64>(xi, yi, 1, 3), POSITION + 16);
    to += 2 * POSITION;
  }
}

/** Reads positions and writes a row. */
export function last64(from: usize, to: usize, bytes: usize, tables: usize): void {
  const quarter = bytes >> 2;
  const w = v128.load64_splat(tables, FIRST);
  const end = to + quarter;
  for (; to < end; to += 16) {
    const to1 = to + quarter;
    const to2 = to1 + quarter;
    const p0r = v128.load(from);
    const p0i = v128.load(from, 16);
    const p1r = v128.load(from, POSITION);
    const p1i = v128.load(from, POSITION + 16);
    const v0r = v128.shuffle<f64>(p0r, p1r, 0, 2);
    const v1r = v128.shuffle<f64>(p0r, p1r, 1, 3);
    const v0i = v128.shuffle<f64>(p0i, p1i, 0, 2);
    const v1i = v128.shuffle<f64>(p0i, p1i, 1, 3);
    v128.store(to, f64x2.add(v0r, v1r));
    v128.store(to2, f64x2.add(v0i, v1i));
    const br = f64x2.sub(v0r, v1r);
    const bi = f64x2.sub(v0i, v1i);
    v128.store(to1, f64x2.mul(f64x2.add(br, bi), w));
    v128.store(to2 + quarter, f64x2.mul(f64x2.sub(bi, br), w));
    from += 2 * POSITION;
  }
}
