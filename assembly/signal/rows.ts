// Rows: direct sums of rows that lie as they are read.
//
//   out[x] = Σ over segments Σ_t weights[t] · signal[x + offset / size + t · tapStep / size]         x = 0 .. length - 1
//
//   segments   { offset: i32 bytes from the row's signal, taps: i32 }[count]; the weights of all lie one after another
//   levels     { count, signal, weights, out: i32 bytes from one to the next }[depth]: rows, planes, independent sums, the outermost first
//
// Up to a vector past the last element that a sum needs may be read, none is written.

import { madd, splat, storeLanes } from './vectors';

/** Bytes of a vector. */
const VECTOR: usize = 16;

/** Computes all rows from a level on. */
export function rows<T>(
  levels: usize,
  depth: i32,
  segments: usize,
  end: usize,
  tapStep: usize,
  weights: usize,
  signal: usize,
  out: usize,
  length: usize,
): void {
  if (depth == 0) {
    row<T>(segments, end, tapStep, weights, signal, out, length);
    return;
  }
  for (let count = load<i32>(levels); count > 0; count--) {
    rows<T>(levels + 16, depth - 1, segments, end, tapStep, weights, signal, out, length);
    signal += load<i32>(levels, 4);
    weights += load<i32>(levels, 8);
    out += load<i32>(levels, 12);
  }
}

/** Computes a row of `length` bytes: eight vectors at a time, then the rest. */
function row<T>(
  segments: usize,
  end: usize,
  tapStep: usize,
  weights: usize,
  signal: usize,
  out: usize,
  length: usize,
): void {
  if (length <= 2 * sizeof<T>() && tapStep == sizeof<T>()) {
    for (let x: usize = 0; x < length; x += sizeof<T>())
      store<T>(out + x, product<T>(segments, end, weights, signal + x));
    return;
  }
  let x: usize = 0;
  for (; x + 8 * VECTOR <= length; x += 8 * VECTOR)
    eight<T>(segments, end, tapStep, weights, signal + x, out + x);
  for (; x + 4 * VECTOR <= length; x += 4 * VECTOR)
    four<T>(segments, end, tapStep, weights, signal + x, out + x);
  for (; x + 2 * VECTOR <= length; x += 2 * VECTOR)
    two<T>(segments, end, tapStep, weights, signal + x, out + x);
  for (; x < length; x += VECTOR) one<T>(segments, end, tapStep, weights, signal + x, out + x, length - x);
}

/** Thirty-two numbers of float32: eight sums. */
function eight<T>(
  segments: usize,
  end: usize,
  tapStep: usize,
  weights: usize,
  signal: usize,
  out: usize,
): void {
  let s0 = i64x2.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let s4 = s0;
  let s5 = s0;
  let s6 = s0;
  let s7 = s0;
  for (; segments < end; segments += 8) {
    let p = signal + load<i32>(segments);
    const last = weights + <usize>load<i32>(segments, 4) * sizeof<T>();
    for (; weights < last; weights += sizeof<T>(), p += tapStep) {
      const weight = splat<T>(weights);
      s0 = madd<T>(weight, v128.load(p), s0);
      s1 = madd<T>(weight, v128.load(p, 16), s1);
      s2 = madd<T>(weight, v128.load(p, 32), s2);
      s3 = madd<T>(weight, v128.load(p, 48), s3);
      s4 = madd<T>(weight, v128.load(p, 64), s4);
      s5 = madd<T>(weight, v128.load(p, 80), s5);
      s6 = madd<T>(weight, v128.load(p, 96), s6);
      s7 = madd<T>(weight, v128.load(p, 112), s7);
    }
  }
  v128.store(out, s0);
  v128.store(out, s1, 16);
  v128.store(out, s2, 32);
  v128.store(out, s3, 48);
  v128.store(out, s4, 64);
  v128.store(out, s5, 80);
  v128.store(out, s6, 96);
  v128.store(out, s7, 112);
}

/** Sixteen numbers of float32. */
function four<T>(
  segments: usize,
  end: usize,
  tapStep: usize,
  weights: usize,
  signal: usize,
  out: usize,
): void {
  let s0 = i64x2.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  for (; segments < end; segments += 8) {
    let p = signal + load<i32>(segments);
    const last = weights + <usize>load<i32>(segments, 4) * sizeof<T>();
    for (; weights < last; weights += sizeof<T>(), p += tapStep) {
      const weight = splat<T>(weights);
      s0 = madd<T>(weight, v128.load(p), s0);
      s1 = madd<T>(weight, v128.load(p, 16), s1);
      s2 = madd<T>(weight, v128.load(p, 32), s2);
      s3 = madd<T>(weight, v128.load(p, 48), s3);
    }
  }
  v128.store(out, s0);
  v128.store(out, s1, 16);
  v128.store(out, s2, 32);
  v128.store(out, s3, 48);
}

/** Eight numbers of float32. */
function two<T>(
  segments: usize,
  end: usize,
  tapStep: usize,
  weights: usize,
  signal: usize,
  out: usize,
): void {
  let s0 = i64x2.splat(0);
  let s1 = s0;
  for (; segments < end; segments += 8) {
    let p = signal + load<i32>(segments);
    const last = weights + <usize>load<i32>(segments, 4) * sizeof<T>();
    for (; weights < last; weights += sizeof<T>(), p += tapStep) {
      const weight = splat<T>(weights);
      s0 = madd<T>(weight, v128.load(p), s0);
      s1 = madd<T>(weight, v128.load(p, 16), s1);
    }
  }
  v128.store(out, s0);
  v128.store(out, s1, 16);
}

/** A vector, of which `bytes` are wanted. */
function one<T>(
  segments: usize,
  end: usize,
  tapStep: usize,
  weights: usize,
  signal: usize,
  out: usize,
  bytes: usize,
): void {
  let s0 = i64x2.splat(0);
  for (; segments < end; segments += 8) {
    let p = signal + load<i32>(segments);
    const last = weights + <usize>load<i32>(segments, 4) * sizeof<T>();
    for (; weights < last; weights += sizeof<T>(), p += tapStep)
      s0 = madd<T>(splat<T>(weights), v128.load(p), s0);
  }
  if (bytes >= VECTOR) v128.store(out, s0);
  else storeLanes<T>(out, s0, <i32>(bytes / sizeof<T>()));
}

/** One output: vectors of taps, summed across. */
function product<T>(segments: usize, end: usize, weights: usize, signal: usize): T {
  let s0 = i64x2.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let rest: T = 0;
  for (; segments < end; segments += 8) {
    let p = signal + load<i32>(segments);
    const last = weights + <usize>load<i32>(segments, 4) * sizeof<T>();
    for (; weights + 4 * VECTOR <= last; weights += 4 * VECTOR, p += 4 * VECTOR) {
      s0 = madd<T>(v128.load(weights), v128.load(p), s0);
      s1 = madd<T>(v128.load(weights, 16), v128.load(p, 16), s1);
      s2 = madd<T>(v128.load(weights, 32), v128.load(p, 32), s2);
      s3 = madd<T>(v128.load(weights, 48), v128.load(p, 48), s3);
    }
    for (; weights < last; weights += sizeof<T>(), p += sizeof<T>()) rest += load<T>(weights) * load<T>(p);
  }
  s0 = v128.add<T>(v128.add<T>(s0, s1), v128.add<T>(s2, s3));
  let sum = v128.extract_lane<T>(s0, 0) + v128.extract_lane<T>(s0, 1);
  if (sizeof<T>() == 4) sum += v128.extract_lane<T>(s0, 2) + v128.extract_lane<T>(s0, 3);
  return sum + rest;
}
