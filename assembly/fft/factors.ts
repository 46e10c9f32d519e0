// Prepares a spectrum for products. Products are computed in parts of two positions, modulo x^2 - r:
//
//   (a0 + a1 x)(h0 + h1 x) = (b + a1 (r h1 - h0)) + (b + a0 (h1 - h0)) x          b = h0 (a0 + a1)
//
// takes a quarter fewer additions than another level down, products of values, and a level up, and reads no node. It has as many additions as
// the four products of the parts, and three quarters of their multiplications.

import { factorBytes, NODE, nodeOf, POSITION, TREES, Transform } from './plan';

/** Prepares a spectrum for products, in place. Its buffer has `factorBytes`. */
export function factorsOf<T>(transform: Transform): void {
  const bytes = <usize>transform.length * sizeof<T>();
  const rows = <usize>(transform.rows * transform.planes);
  const positions = bytes / POSITION;
  const isThreefold = (positions & (positions - 1)) != 0;
  const parts: usize = isThreefold ? 3 : 1;
  // the lowest nodes of a tree have four positions, or two
  const lowest: usize = ctz(positions) & 1 ? 2 : 4;
  const nodes = positions / parts / lowest;
  const depth = <i32>(ctz(nodes) >> 1);
  let from = transform.spectrum + rows * bytes;
  let to = transform.spectrum + rows * factorBytes(bytes);
  // backwards, so that nothing is overwritten before it is read
  for (let part = rows * parts; part-- > 0; ) {
    const trees = transform.tables + (isThreefold ? 4 * (part % 3) + 4 : 0);
    const first = nodeOf(load<usize>(trees, TREES), depth, 0);
    for (let node = first + nodes * NODE; node > first; ) {
      node -= NODE;
      from -= lowest * POSITION;
      to -= factorBytes(lowest * POSITION);
      if (lowest == 2) {
        pair<T>(from, POSITION, to, v128.load(node, 32), v128.load(node, 48));
      } else {
        // values at i s and -i s, then those at s and -s
        const sr = v128.load(node);
        const si = v128.load(node, 16);
        pair<T>(from + POSITION, 2 * POSITION, to + 3 * POSITION, v128.neg<T>(si), sr);
        pair<T>(from, 2 * POSITION, to, sr, si);
      }
    }
  }
}

/**
 * Values at s and -s, h0 + s h1 and h0 - s h1, to h0, h1 - h0 and s^2 h1 - h0 (r = s^2), twice as large, as a level up would make of them.
 */
function pair<T>(from: usize, apart: usize, to: usize, sr: v128, si: v128): void {
  const gr = v128.load(from);
  const gi = v128.load(from, 16);
  const hr = v128.load(from + apart);
  const hi = v128.load(from + apart, 16);
  const dr = v128.sub<T>(gr, hr);
  const di = v128.sub<T>(gi, hi);
  const rr = v128.mul<T>(dr, sr);
  const ii = v128.mul<T>(di, si);
  const ri = v128.mul<T>(dr, si);
  const ir = v128.mul<T>(di, sr);
  const sumR = v128.add<T>(gr, hr);
  const sumI = v128.add<T>(gi, hi);
  v128.store(to, sumR);
  v128.store(to, sumI, 16);
  v128.store(to, v128.sub<T>(v128.add<T>(rr, ii), sumR), 32);
  v128.store(to, v128.sub<T>(v128.sub<T>(ir, ri), sumI), 48);
  v128.store(to, v128.sub<T>(v128.sub<T>(rr, ii), sumR), 64);
  v128.store(to, v128.sub<T>(v128.add<T>(ri, ir), sumI), 80);
}
