// A pass of a mixed-radix FFT in float64, for one factor of the length (Stockham's algorithm, which needs no reordering). With
// n = radix · m the remaining length, and `inner` numbers that share each index:
//
//   y[q + inner · (radix · p + j)] = w^(p·j) · Σ_k ω^(j·k) · x[q + inner · (p + m · k)]      w = e^(-2πi/n), ω = e^(-2πi/radix)
//
// What remains are `radix` times as many transforms of length m. The table has ω^k for each k, then w^(p·j) for each p
// and for j from 1: real and imaginary parts in turn. Processes pairs of q.

import { splat } from '../vectors';

/** y = (re + i·im) · the complex number at an address */
// @ts-ignore: decorator
@inline
function storeProduct(y: usize, apart: usize, re: v128, im: v128, factor: usize): void {
  const c = splat<f64>(factor);
  const s = splat<f64>(factor + 8);
  v128.store(y, f64x2.sub(f64x2.mul(re, c), f64x2.mul(im, s)));
  v128.store(y + apart, f64x2.add(f64x2.mul(re, s), f64x2.mul(im, c)));
}

/** Real parts are at x and y, imaginary parts `im` bytes after them. `inner` is even. */
export function dftPass(x: usize, y: usize, im: usize, table: usize, radix: i32, m: i32, inner: i32): void {
  const row = (<usize>inner) << 3;
  const far = row * m;
  const roots = table;
  table += (<usize>radix) << 4;
  for (let p = 0; p < m; p++) {
    const end = x + row;
    if (radix == 4) pass4(x, y, im, table, far, row);
    else passOther(x, y, im, table, far, row, radix, roots);
    x = end;
    y += row * radix;
    table += (radix - 1) << 4;
  }
}

function pass4(x: usize, y: usize, im: usize, table: usize, far: usize, row: usize): void {
  for (const end = x + row; x < end; x += 16) {
    const b = x + far;
    const c = b + far;
    const d = c + far;
    const ar = v128.load(x);
    const ai = v128.load(x + im);
    const cr = v128.load(c);
    const ci = v128.load(c + im);
    const er = f64x2.add(ar, cr);
    const ei = f64x2.add(ai, ci);
    const fr = f64x2.sub(ar, cr);
    const fi = f64x2.sub(ai, ci);
    const br = v128.load(b);
    const bi = v128.load(b + im);
    const dr = v128.load(d);
    const di = v128.load(d + im);
    const gr = f64x2.add(br, dr);
    const gi = f64x2.add(bi, di);
    const hr = f64x2.sub(bi, di); // h = -i · (b - d)
    const hi = f64x2.sub(dr, br);
    v128.store(y, f64x2.add(er, gr));
    v128.store(y + im, f64x2.add(ei, gi));
    let to = y + row;
    storeProduct(to, im, f64x2.add(fr, hr), f64x2.add(fi, hi), table);
    to += row;
    storeProduct(to, im, f64x2.sub(er, gr), f64x2.sub(ei, gi), table + 16);
    to += row;
    storeProduct(to, im, f64x2.sub(fr, hr), f64x2.sub(fi, hi), table + 32);
    y += 16;
  }
}

/**
 * Radix 2 or odd: sums and differences of elements k and radix - k, times a matrix of cosines and one of sines. The second element of radix 2
 * is its own opposite, so its roots are halved.
 */
function passOther(
  x: usize,
  y: usize,
  im: usize,
  table: usize,
  far: usize,
  row: usize,
  radix: i32,
  roots: usize,
): void {
  for (const end = x + row; x < end; x += 16) {
    for (let j = 0; j <= radix >> 1; j++) {
      let er = v128.load(x);
      let ei = v128.load(x + im);
      let dr = f64x2.splat(0);
      let di = dr;
      let b = x;
      let c = x + far * radix;
      for (let k = 1, turn = j; k <= radix >> 1; k++) {
        b += far;
        c -= far;
        const br = v128.load(b);
        const bi = v128.load(b + im);
        const cr = v128.load(c);
        const ci = v128.load(c + im);
        const root = roots + ((<usize>turn) << 4);
        const cosine = splat<f64>(root);
        const sine = splat<f64>(root + 8);
        er = f64x2.add(er, f64x2.mul(cosine, f64x2.add(br, cr)));
        ei = f64x2.add(ei, f64x2.mul(cosine, f64x2.add(bi, ci)));
        dr = f64x2.add(dr, f64x2.mul(sine, f64x2.sub(bi, ci)));
        di = f64x2.add(di, f64x2.mul(sine, f64x2.sub(br, cr)));
        turn += j;
        if (turn >= radix) turn -= radix;
      }
      if (j == 0) {
        v128.store(y, er);
        v128.store(y + im, ei);
      } else {
        const factor = table + ((<usize>j) << 4) - 16;
        const to = y + row * j;
        storeProduct(to, im, f64x2.sub(er, dr), f64x2.add(ei, di), factor);
        const other = y + row * (radix - j);
        const last = table + ((<usize>(radix - j)) << 4) - 16;
        storeProduct(other, im, f64x2.add(er, dr), f64x2.sub(ei, di), last);
      }
    }
    y += 16;
  }
}
