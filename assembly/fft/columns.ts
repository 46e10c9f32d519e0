// The levels of the transform along the axes other than rows. They apply the same operation to all elements of a row, so a level is a pass
// over rows. The recursion ends with a single row or plane, which is transformed while it is in a cache.

import { all3, down2, down4, up2, up4 } from './butterfly';
import {
  FIRST,
  FORWARD,
  factorBytes,
  HALVES,
  INVERSE,
  nodeOf,
  PRODUCT,
  THIRD,
  TREES,
  Transform,
} from './plan';
import { row } from './row';

/** Transforms a whole block. The rows of its spectrum are contiguous. */
export function block<T>(transform: Transform, at: usize): void {
  axis<T>(transform, at, transform.spectrum, transform.planes, transform.rows);
}

/** Transforms what is below the levels of an axis: the rows of a plane, or a single row. `unit` is the number of rows of an item. */
function below<T>(transform: Transform, at: usize, spectrum: usize, unit: i32): void {
  if (unit > 1) axis<T>(transform, at, spectrum, unit, 1);
  else row<T>(transform, at, at, spectrum);
}

/** Transforms an axis of `items` items, planes or rows. Its root is i, as for rows, so it uses the same tables. */
function axis<T>(transform: Transform, at: usize, spectrum: usize, items: i32, unit: i32): void {
  if (items == 1) {
    below<T>(transform, at, spectrum, unit);
    return;
  }
  const tables = transform.tables;
  const mode = transform.mode;
  const radix = sizeof<T>() == 4 ? 4 : 2;
  const part = items / radix;
  if (mode != INVERSE) first<T>(transform, at, part * unit, true);
  for (let lane = 0; lane < radix; lane++) {
    const own = at + <usize>(lane * part * unit) * rowBytes<T>(transform);
    const ownSpectrum = spectrum + <usize>(lane * part * unit) * spectrumBytes<T>(transform);
    const offset = <usize>lane * sizeof<T>();
    if ((part & (part - 1)) == 0) {
      node<T>(transform, own, ownSpectrum, part, unit, load<usize>(tables, TREES) + offset, 0, 0);
    } else {
      const third = part / 3;
      if (mode != INVERSE) thirds<T>(transform, own, third * unit, offset, true);
      for (let k = 0; k < 3; k++) {
        const tree = load<usize>(tables + <usize>k * 4, TREES + 4) + offset;
        const rows = <usize>(k * third * unit);
        node<T>(
          transform,
          own + rows * rowBytes<T>(transform),
          ownSpectrum + rows * spectrumBytes<T>(transform),
          third,
          unit,
          tree,
          0,
          0,
        );
      }
      if (mode != FORWARD) thirds<T>(transform, own, third * unit, offset, false);
    }
  }
  if (mode != FORWARD) first<T>(transform, at, part * unit, false);
}

/** The items below a node of a tree; the node's address includes the lane. */
function node<T>(
  transform: Transform,
  at: usize,
  spectrum: usize,
  items: i32,
  unit: i32,
  tree: usize,
  depth: i32,
  index: usize,
): void {
  if (items == 1) {
    below<T>(transform, at, spectrum, unit);
    return;
  }
  const mode = transform.mode;
  const factors = nodeOf(tree, depth, index);
  const radix = items == 2 ? 2 : 4;
  const part = items / radix;
  if (mode != INVERSE) {
    if (radix == 2) level2<T>(transform, at, unit, factors + 32, 16, true);
    else level4<T>(transform, at, part * unit, factors, 16, true);
  }
  const bytes = <usize>(part * unit);
  for (let c: usize = 0; c < <usize>radix; c++)
    node<T>(
      transform,
      at + c * bytes * rowBytes<T>(transform),
      spectrum + c * bytes * spectrumBytes<T>(transform),
      part,
      unit,
      tree,
      depth + 1,
      4 * index + c,
    );
  if (mode != FORWARD) {
    if (radix == 2) level2<T>(transform, at, unit, factors + 32, 16, false);
    else level4<T>(transform, at, part * unit, factors, 16, false);
  }
}

// @ts-ignore: decorator
@inline
function rowBytes<T>(transform: Transform): usize {
  return <usize>transform.length * sizeof<T>();
}

/** Distance in bytes between the spectra of rows, or between their factors. */
function spectrumBytes<T>(transform: Transform): usize {
  const bytes = rowBytes<T>(transform);
  return transform.mode == PRODUCT ? factorBytes(bytes) : bytes;
}

function first<T>(transform: Transform, at: usize, rows: i32, down: bool): void {
  const factors = transform.tables + FIRST;
  if (sizeof<T>() == 4) level4<T>(transform, at, rows, factors, sizeof<T>(), down);
  else level2<T>(transform, at, rows, factors, sizeof<T>(), down);
}

/** A level with a single node, and parts of `rows` rows. Its factors are `step` bytes apart. */
function level4<T>(t: Transform, at: usize, rows: i32, factors: usize, step: usize, down: bool): void {
  const bytes = rowBytes<T>(t);
  const apart = <usize>rows * bytes;
  const im = bytes >> 1;
  const w1r = v128.load_splat<T>(factors);
  const w1i = v128.load_splat<T>(factors + step);
  const w2r = v128.load_splat<T>(factors + 2 * step);
  const w2i = v128.load_splat<T>(factors + 3 * step);
  const w3r = v128.load_splat<T>(factors + 4 * step);
  const w3i = v128.load_splat<T>(factors + 5 * step);
  for (; rows > 0; rows--) {
    const end = at + im;
    if (down) for (let p = at; p < end; p += 16) down4<T>(p, apart, im, w1r, w1i, w2r, w2i, w3r, w3i);
    else for (let p = at; p < end; p += 16) up4<T>(p, apart, im, w1r, w1i, w2r, w2i, w3r, w3i);
    at += bytes;
  }
}

function level2<T>(t: Transform, at: usize, rows: i32, factors: usize, step: usize, down: bool): void {
  const bytes = rowBytes<T>(t);
  const apart = <usize>rows * bytes;
  const im = bytes >> 1;
  const wr = v128.load_splat<T>(factors);
  const wi = v128.load_splat<T>(factors + step);
  for (; rows > 0; rows--) {
    const end = at + im;
    if (down) for (let p = at; p < end; p += 16) down2<T>(p, apart, im, wr, wi);
    else for (let p = at; p < end; p += 16) up2<T>(p, apart, im, wr, wi);
    at += bytes;
  }
}

function thirds<T>(t: Transform, at: usize, rows: i32, lane: usize, down: bool): void {
  const bytes = rowBytes<T>(t);
  const apart = <usize>rows * bytes;
  const im = bytes >> 1;
  const factors = t.tables + THIRD + lane;
  const w1r = v128.load_splat<T>(factors);
  const w1i = v128.load_splat<T>(factors, 16);
  const w2r = v128.load_splat<T>(factors, 32);
  const w2i = v128.load_splat<T>(factors, 48);
  const half = v128.load_splat<T>(t.tables, HALVES);
  const sine = v128.load_splat<T>(t.tables, HALVES + sizeof<T>());
  for (; rows > 0; rows--) {
    all3<T>(at, at + im, 16, apart, im, w1r, w1i, w2r, w2i, half, sine, down);
    at += bytes;
  }
}
