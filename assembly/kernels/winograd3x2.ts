// winograd3x2: the transforms of F(3x3, 2x2), three outputs a side from a 2x2 kernel, for four tiles at a time.
// For the classes of outputs of a transposed 4x4 kernel of step two. Interpolation points 0, 1, -1 and infinity.
// winograd4x3.ts says what the three functions do.

/** Stores a row of B^T input B for four tiles: a 4x4 transpose brings the same column of them together. */
// @ts-ignore: decorator
@inline
function spread(a: v128, b: v128, c: v128, d: v128, to: usize, step: usize): void {
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

/**
 * Four tiles of `channels` maps, `channel` bytes apart; what becomes of a map lies `term` bytes behind that of the one before. The rows
 * of B^T are written out, so that a row of inputs is loaded once: 1.08 of a loop for T n1 g1 c64 f3 i32x32 k4x4 s2x2 p1x1.
 */
export function transformInput3x2(
  p0: usize,
  p1: usize,
  p2: usize,
  p3: usize,
  row: usize,
  channel: usize,
  to: usize,
  step: usize,
  term: usize,
  channels: i32,
): void {
  for (const end = to + <usize>channels * term; to < end; to += term) {
    const a2 = v128.load(p0 + 2 * row);
    const b2 = v128.load(p1 + 2 * row);
    const c2 = v128.load(p2 + 2 * row);
    const d2 = v128.load(p3 + 2 * row);
    spread(
      f32x4.sub(v128.load(p0), a2),
      f32x4.sub(v128.load(p1), b2),
      f32x4.sub(v128.load(p2), c2),
      f32x4.sub(v128.load(p3), d2),
      to,
      step,
    );
    const a1 = v128.load(p0 + row);
    const b1 = v128.load(p1 + row);
    const c1 = v128.load(p2 + row);
    const d1 = v128.load(p3 + row);
    spread(f32x4.add(a1, a2), f32x4.add(b1, b2), f32x4.add(c1, c2), f32x4.add(d1, d2), to + 4 * step, step);
    spread(f32x4.sub(a2, a1), f32x4.sub(b2, b1), f32x4.sub(c2, c1), f32x4.sub(d2, d1), to + 8 * step, step);
    spread(
      f32x4.sub(v128.load(p0 + 3 * row), a1),
      f32x4.sub(v128.load(p1 + 3 * row), b1),
      f32x4.sub(v128.load(p2 + 3 * row), c1),
      f32x4.sub(v128.load(p3 + 3 * row), d1),
      to + 12 * step,
      step,
    );
    p0 += channel;
    p1 += channel;
    p2 += channel;
    p3 += channel;
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
