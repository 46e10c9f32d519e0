// winograd3x2: the transforms of F(3x3, 2x2), three outputs a side from a 2x2 kernel, for four tiles at a time.
// For the classes of outputs of a transposed 4x4 kernel of step two. Interpolation points 0, 1, -1 and infinity.
// winograd4x3.ts says what the three functions do.

/** For each row of B^T the rows of inputs whose sum or difference it gives, and the bits of 1 or -1. */
const ROWS: usize = memory.data<i32>([0, 2, -0x40800000, 1, 2, 0x3f800000, 2, 1, -0x40800000, 3, 1, -0x40800000]);

/** Four inputs of one row, and those of another with a sign. */
// @ts-ignore: decorator
@inline
function join(p: usize, first: usize, second: usize, sign: v128): v128 {
  return f32x4.add(v128.load(p + first), f32x4.mul(sign, v128.load(p + second)));
}

export function transformInput3x2(
  p0: usize,
  p1: usize,
  p2: usize,
  p3: usize,
  row: usize,
  to: usize,
  step: usize,
): void {
  // Loop over the rows of B^T input; a 4x4 transpose brings the same column of the four tiles together.
  for (let i = ROWS, end = ROWS + 48; i < end; i += 12, to += 4 * step) {
    const first = load<usize>(i) * row;
    const second = load<usize>(i, 4) * row;
    const sign = v128.load32_splat(i, 8);
    const a = join(p0, first, second, sign);
    const b = join(p1, first, second, sign);
    const c = join(p2, first, second, sign);
    const d = join(p3, first, second, sign);
    const abLow = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
    const cdLow = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
    const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
    const d0 = v128.shuffle<f32>(abLow, cdLow, 0, 1, 4, 5);
    const d1 = v128.shuffle<f32>(abLow, cdLow, 2, 3, 6, 7);
    const d2 = v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5);
    const d3 = v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7);
    v128.store(to, f32x4.sub(d0, d2));
    v128.store(to + step, f32x4.add(d1, d2));
    v128.store(to + 2 * step, f32x4.sub(d2, d1));
    v128.store(to + 3 * step, f32x4.sub(d3, d1));
  }
}

export function transformOutput3x2(
  from: usize,
  step: usize,
  work: usize,
  bias: usize,
  q0: usize,
  q1: usize,
  q2: usize,
  q3: usize,
  skips: usize,
  row: usize,
  flag: usize,
): void {
  const zero = f32x4.splat(0);
  const start = v128.load32_splat(bias);
  // Loop over the columns of the tile: four elements to three.
  for (let w = work, end = work + 64; w < end; w += 16, from += step) {
    const m0 = v128.load(from);
    const m1 = v128.load(from + 4 * step);
    const m2 = v128.load(from + 8 * step);
    const m3 = v128.load(from + 12 * step);
    const sum = f32x4.add(m1, m2);
    v128.store(w, f32x4.add(m0, sum));
    v128.store(w, f32x4.sub(m1, m2), 64);
    v128.store(w, f32x4.add(sum, m3), 128);
  }
  // Loop over the rows: four to three again, then a transpose brings the three outputs of each tile together.
  const skip0 = load<i32>(skips);
  const skip1 = load<i32>(skips, 12);
  const skip2 = load<i32>(skips, 24);
  const skip3 = load<i32>(skips, 36);
  let bad = zero;
  for (let r = 0, w = work; r < 3; r++, w += 64) {
    const m0 = v128.load(w);
    const m1 = v128.load(w, 16);
    const m2 = v128.load(w, 32);
    const m3 = v128.load(w, 48);
    const sum = f32x4.add(m1, m2);
    const y0 = f32x4.add(start, f32x4.add(m0, sum));
    const y1 = f32x4.add(start, f32x4.sub(m1, m2));
    const y2 = f32x4.add(start, f32x4.add(sum, m3));
    bad = f32x4.add(bad, f32x4.mul(zero, f32x4.add(f32x4.add(y0, y1), y2)));
    const low = v128.shuffle<f32>(y0, y1, 0, 4, 1, 5);
    const high = v128.shuffle<f32>(y0, y1, 2, 6, 3, 7);
    if (r >= skip0) {
      v128.store64_lane(q0, low, 0);
      v128.store32_lane(q0, y2, 0, 8);
    }
    if (r >= skip1) {
      v128.store64_lane(q1, low, 1);
      v128.store32_lane(q1, y2, 1, 8);
    }
    if (r >= skip2) {
      v128.store64_lane(q2, high, 0);
      v128.store32_lane(q2, y2, 2, 8);
    }
    if (r >= skip3) {
      v128.store64_lane(q3, high, 1);
      v128.store32_lane(q3, y2, 3, 8);
    }
    q0 += row;
    q1 += row;
    q2 += row;
    q3 += row;
  }
  if (v128.any_true(f32x4.ne(bad, bad))) store<i32>(flag, 1);
}

/** 2 G, rows of three: the last is never met. */
export const G3x2: usize = memory.data<i16>([2, 0, 0, 1, 1, 0, 1, -1, 0, 0, 2, 0]);
