// Transforms a row of N real numbers x as N/2 complex numbers z[j] = x[j] + i x[j + N/2], the residue of x modulo t^(N/2) - i. Products of
// such residues are products of the real polynomials modulo t^N + 1, negacyclic convolutions.

import { all3 } from './butterfly';
import { first32, last32 } from './ends32';
import { first64, last64 } from './ends64';
import { FORWARD, factorBytes, HALVES, INVERSE, POSITION, PRODUCT, THIRD, TREES, Transform } from './plan';
import { walk } from './tree';

/** Transforms a row, multiplies it, and transforms it back to `to`; or a part of that. `spectrum` is that of the row. */
export function row<T>(transform: Transform, from: usize, to: usize, spectrum: usize): void {
  const tables = transform.tables;
  const mode = transform.mode;
  const work = mode == PRODUCT ? transform.work : spectrum;
  const bytes = <usize>transform.length * sizeof<T>();
  const positions = <i32>(bytes / POSITION);
  if (mode != INVERSE) {
    if (sizeof<T>() == 4) first32(from, work, bytes, tables);
    else first64(from, work, bytes, tables);
  }
  if ((positions & (positions - 1)) == 0) {
    walk<T>(work, positions, load<usize>(tables, TREES), 0, 0, spectrum, mode);
  } else {
    const third = bytes / 3;
    if (mode != INVERSE) thirds<T>(work, third, tables, true);
    for (let k: usize = 0; k < 3; k++) {
      const tree = load<usize>(tables + 4 * k, TREES + 4);
      walk<T>(work + k * third, positions / 3, tree, 0, 0, spectrum + k * factorBytes(third), mode);
    }
    if (mode != FORWARD) thirds<T>(work, third, tables, false);
  }
  if (mode != FORWARD) {
    if (sizeof<T>() == 4) last32(work, to, bytes, tables);
    else last64(work, to, bytes, tables);
  }
}

/** The level that divides in three, `apart` bytes from each other. */
function thirds<T>(at: usize, apart: usize, tables: usize, down: bool): void {
  const w1r = v128.load(tables, THIRD);
  const w1i = v128.load(tables, THIRD + 16);
  const w2r = v128.load(tables, THIRD + 32);
  const w2i = v128.load(tables, THIRD + 48);
  const half = v128.load_splat<T>(tables, HALVES);
  const sine = v128.load_splat<T>(tables, HALVES + sizeof<T>());
  all3<T>(at, at + apart, POSITION, apart, 16, w1r, w1i, w2r, w2i, half, sine, down);
}
