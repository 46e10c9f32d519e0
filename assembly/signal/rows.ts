// Rows: direct sums of rows of staged operands.
//
//   out[x] = Σ over groups Σ_i Σ_t w[t] · s[x + t · tapStep]         x = 0 .. length - 1
//
//   groups   { lines, taps, signal, weights }[count], all i32. Line i of a group has its contiguous weights w at weights + i · weightStep
//            and its numbers s at signal + i · lineStep, in bytes, relative to the row's addresses
//   levels   { count, signal, weights, out }[depth], all i32: rows, planes, independent sums, outermost first, and distances in bytes
//
// If `paired`, consecutive rows of the last level overlap in all lines but one and are computed together. Loads may extend up to a vector
// past the last number of a sum; stores do not.

import { VECTOR } from '../vectors';
import { ENTRY } from './groups';
import { alone1, alone2, alone4, alone6 } from './row-blocks';
import { pair4 } from './row-pairs';
import { product } from './row-product';
import { shared5 } from './row-shared';

/** Computes all rows from a level on. */
export function rows<T>(
  levels: usize,
  depth: i32,
  paired: bool,
  groups: usize,
  end: usize,
  lineStep: usize,
  weightStep: usize,
  tapStep: usize,
  weights: usize,
  signal: usize,
  out: usize,
  length: usize,
): void {
  if (depth == 0) {
    row<T>(groups, end, lineStep, weightStep, tapStep, weights, signal, out, length);
    return;
  }
  const signalStep = <usize>load<i32>(levels, 4);
  const kernelStep = <usize>load<i32>(levels, 8);
  const outStep = <usize>load<i32>(levels, 12);
  let count = load<i32>(levels);
  if (depth == 1 && paired) {
    for (; count > 1; count -= 2) {
      rowPair<T>(groups, end, lineStep, weightStep, tapStep, weights, signal, out, out + outStep, length);
      signal += 2 * signalStep;
      out += 2 * outStep;
    }
  }
  for (; count > 0; count--) {
    rows<T>(
      levels + ENTRY,
      depth - 1,
      paired,
      groups,
      end,
      lineStep,
      weightStep,
      tapStep,
      weights,
      signal,
      out,
      length,
    );
    signal += signalStep;
    weights += kernelStep;
    out += outStep;
  }
}

/** Computes a row of `length` bytes in blocks. The last blocks are moved back to end with the row. */
function row<T>(
  groups: usize,
  end: usize,
  lineStep: usize,
  weightStep: usize,
  tapStep: usize,
  weights: usize,
  signal: usize,
  out: usize,
  length: usize,
): void {
  let x: usize = 0;
  if (tapStep == sizeof<T>()) {
    if (length <= 2 * sizeof<T>()) {
      for (; x < length; x += sizeof<T>())
        store<T>(out + x, product<T>(groups, end, lineStep, weightStep, weights, signal + x));
      return;
    }
    // the first group has the most taps
    if (length >= 5 * VECTOR && <usize>load<i32>(groups, 4) * sizeof<T>() >= 2 * VECTOR)
      for (; x + 4 * VECTOR < length; x += 5 * VECTOR) {
        const at = min(x, length - 5 * VECTOR);
        shared5<T>(groups, end, lineStep, weightStep, weights, signal + at, out + at);
      }
  }
  if (length >= 6 * VECTOR)
    for (; x + 4 * VECTOR < length; x += 6 * VECTOR) {
      const at = min(x, length - 6 * VECTOR);
      alone6<T>(groups, end, lineStep, weightStep, tapStep, weights, signal + at, out + at);
    }
  if (length >= 4 * VECTOR)
    for (; x + 2 * VECTOR < length; x += 4 * VECTOR) {
      const at = min(x, length - 4 * VECTOR);
      alone4<T>(groups, end, lineStep, weightStep, tapStep, weights, signal + at, out + at);
    }
  if (length >= 2 * VECTOR)
    for (; x + VECTOR < length; x += 2 * VECTOR) {
      const at = min(x, length - 2 * VECTOR);
      alone2<T>(groups, end, lineStep, weightStep, tapStep, weights, signal + at, out + at);
    }
  for (; x < length; x += VECTOR)
    alone1<T>(groups, end, lineStep, weightStep, tapStep, weights, signal + x, out + x, length - x);
}

/** Computes two rows. The second one reads the lines of the first, shifted by one. */
function rowPair<T>(
  groups: usize,
  end: usize,
  lineStep: usize,
  weightStep: usize,
  tapStep: usize,
  weights: usize,
  signal: usize,
  out: usize,
  second: usize,
  length: usize,
): void {
  let x: usize = 0;
  if (length >= 4 * VECTOR)
    for (; x < length; x += 4 * VECTOR) {
      const at = min(x, length - 4 * VECTOR);
      pair4<T>(groups, end, lineStep, weightStep, tapStep, weights, signal + at, out + at, second + at);
    }
  else {
    row<T>(groups, end, lineStep, weightStep, tapStep, weights, signal, out, length);
    row<T>(groups, end, lineStep, weightStep, tapStep, weights, signal + lineStep, second, length);
  }
}
