// winograd4x3: the transforms of F(4x4, 3x3), four outputs a side from a 3x3 kernel, for four tiles at a time.
//
//   output = A^T [ (G kernel G^T) . (B^T input B) ] A            Lavin and Gray, Fast algorithms for convolutional networks, 2015
//
// Interpolation points 0, +-a, +-b and infinity with a = 3/4, b = 3/2: a quarter of the error of 0, +-1, +-2 at the same speed.

const A: f64 = 0.75;
const B: f64 = 1.5;
const A2: f64 = A * A;
const B2: f64 = B * B;

/** B^T along one axis: six values to six, `step` bytes apart. */
// @ts-ignore: decorator
@inline
function spread(d0: v128, d1: v128, d2: v128, d3: v128, d4: v128, d5: v128, to: usize, step: usize): void {
  const product = f32x4.splat(<f32>(A2 * B2));
  const sum = f32x4.splat(<f32>(A2 + B2));
  const a2 = f32x4.splat(<f32>A2);
  const b2 = f32x4.splat(<f32>B2);
  v128.store(to, f32x4.add(f32x4.sub(f32x4.mul(product, d0), f32x4.mul(sum, d2)), d4));
  let even = f32x4.sub(d4, f32x4.mul(b2, d2));
  let odd = f32x4.mul(f32x4.splat(<f32>A), f32x4.sub(d3, f32x4.mul(b2, d1)));
  v128.store(to + step, f32x4.add(even, odd));
  v128.store(to + 2 * step, f32x4.sub(even, odd));
  even = f32x4.sub(d4, f32x4.mul(a2, d2));
  odd = f32x4.mul(f32x4.splat(<f32>B), f32x4.sub(d3, f32x4.mul(a2, d1)));
  v128.store(to + 3 * step, f32x4.add(even, odd));
  v128.store(to + 4 * step, f32x4.sub(even, odd));
  v128.store(to + 5 * step, f32x4.add(f32x4.sub(f32x4.mul(product, d1), f32x4.mul(sum, d3)), d5));
}

/**
 * B^T d B of one channel of four tiles, whose first elements lie at `p0` to `p3`, rows `row` bytes apart.
 * Element e of the four tiles goes to `to + e * step`; `work` is room for 36 vectors.
 */
export function transformInput4x3(p0: usize, p1: usize, p2: usize, p3: usize, row: usize, work: usize, to: usize, step: usize): void {
  // Loop over the rows of the tile: four columns by a 4x4 transpose, the other two by halves.
  for (let w = work, end = work + 6 * 96; w < end; w += 96) {
    const a = v128.load(p0);
    const b = v128.load(p1);
    const c = v128.load(p2);
    const d = v128.load(p3);
    const ab = v128.load64_lane(p1, v128.load64_zero(p0, 16), 1, 16);
    const cd = v128.load64_lane(p3, v128.load64_zero(p2, 16), 1, 16);
    const abLow = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
    const cdLow = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
    const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
    spread(
      v128.shuffle<f32>(abLow, cdLow, 0, 1, 4, 5),
      v128.shuffle<f32>(abLow, cdLow, 2, 3, 6, 7),
      v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5),
      v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7),
      v128.shuffle<f32>(ab, cd, 0, 2, 4, 6),
      v128.shuffle<f32>(ab, cd, 1, 3, 5, 7),
      w,
      16,
    );
    p0 += row;
    p1 += row;
    p2 += row;
    p3 += row;
  }
  // Loop over the columns.
  for (let w = work, end = work + 96; w < end; w += 16, to += step) {
    spread(
      v128.load(w),
      v128.load(w, 96),
      v128.load(w, 192),
      v128.load(w, 288),
      v128.load(w, 384),
      v128.load(w, 480),
      to,
      6 * step,
    );
  }
}

/**
 * A^T m A of one filter of four tiles: element e lies at `from + e * step`. Rows of four outputs go to `q0` to `q3`, `row` bytes
 * apart, but for those before the tile's number in `skips`; `work` is room for 36 vectors. Sets `flag` where an output is not finite.
 */
export function transformOutput4x3(
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
  // Loop over the columns of the tile: six elements to four.
  for (let w = work, end = work + 96; w < end; w += 16, from += step) {
    const m0 = v128.load(from);
    const m1 = v128.load(from + 6 * step);
    const m2 = v128.load(from + 12 * step);
    const m3 = v128.load(from + 18 * step);
    const m4 = v128.load(from + 24 * step);
    const m5 = v128.load(from + 30 * step);
    const sumA = f32x4.add(m1, m2);
    const sumB = f32x4.add(m3, m4);
    const difA = f32x4.sub(m1, m2);
    const difB = f32x4.sub(m3, m4);
    v128.store(w, f32x4.add(m0, f32x4.add(sumA, sumB)));
    v128.store(w, f32x4.add(f32x4.mul(f32x4.splat(<f32>A), difA), f32x4.mul(f32x4.splat(<f32>B), difB)), 96);
    v128.store(w, f32x4.add(f32x4.mul(f32x4.splat(<f32>A2), sumA), f32x4.mul(f32x4.splat(<f32>B2), sumB)), 192);
    v128.store(
      w,
      f32x4.add(
        m5,
        f32x4.add(f32x4.mul(f32x4.splat(<f32>(A2 * A)), difA), f32x4.mul(f32x4.splat(<f32>(B2 * B)), difB)),
      ),
      288,
    );
  }
  // Loop over the rows: six to four again, then a 4x4 transpose brings the four outputs of each tile together.
  const skip0 = load<i32>(skips);
  const skip1 = load<i32>(skips, 12);
  const skip2 = load<i32>(skips, 24);
  const skip3 = load<i32>(skips, 36);
  let bad = zero;
  for (let r = 0, w = work; r < 4; r++, w += 96) {
    const m0 = v128.load(w);
    const m1 = v128.load(w, 16);
    const m2 = v128.load(w, 32);
    const m3 = v128.load(w, 48);
    const m4 = v128.load(w, 64);
    const m5 = v128.load(w, 80);
    const sumA = f32x4.add(m1, m2);
    const sumB = f32x4.add(m3, m4);
    const difA = f32x4.sub(m1, m2);
    const difB = f32x4.sub(m3, m4);
    const y0 = f32x4.add(start, f32x4.add(m0, f32x4.add(sumA, sumB)));
    const y1 = f32x4.add(start, f32x4.add(f32x4.mul(f32x4.splat(<f32>A), difA), f32x4.mul(f32x4.splat(<f32>B), difB)));
    const y2 = f32x4.add(start, f32x4.add(f32x4.mul(f32x4.splat(<f32>A2), sumA), f32x4.mul(f32x4.splat(<f32>B2), sumB)));
    const y3 = f32x4.add(
      f32x4.add(start, m5),
      f32x4.add(f32x4.mul(f32x4.splat(<f32>(A2 * A)), difA), f32x4.mul(f32x4.splat(<f32>(B2 * B)), difB)),
    );
    bad = f32x4.add(bad, f32x4.mul(zero, f32x4.add(f32x4.add(y0, y1), f32x4.add(y2, y3))));
    const low01 = v128.shuffle<f32>(y0, y1, 0, 4, 1, 5);
    const low23 = v128.shuffle<f32>(y2, y3, 0, 4, 1, 5);
    const high01 = v128.shuffle<f32>(y0, y1, 2, 6, 3, 7);
    const high23 = v128.shuffle<f32>(y2, y3, 2, 6, 3, 7);
    if (r >= skip0) v128.store(q0, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
    if (r >= skip1) v128.store(q1, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
    if (r >= skip2) v128.store(q2, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5));
    if (r >= skip3) v128.store(q3, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
    q0 += row;
    q1 += row;
    q2 += row;
    q3 += row;
  }
  if (v128.any_true(f32x4.ne(bad, bad))) store<i32>(flag, 1);
}

/** The row of G that belongs to an interpolation point, in double precision, [1, p, p^2] / N(p): its coefficient for a power. */
export function coefficient4x3(row: i32, power: i32): f64 {
  if (row == 5) return power == 2 ? 1 : 0;
  const point = row == 0 ? 0 : row == 1 ? A : row == 2 ? -A : row == 3 ? B : -B;
  const norm = row == 0 ? A2 * B2 : row < 3 ? 2 * A2 * (A2 - B2) : 2 * B2 * (B2 - A2);
  return (power == 0 ? 1.0 : power == 1 ? point : point * point) / norm;
}

/** G along one axis: three values to six, `step` bytes apart. */
export function spreadKernel4x3(g0: f64, g1: f64, g2: f64, to: usize, step: usize): void {
  store<f32>(to, <f32>(g0 / (A2 * B2)));
  to += step;
  let even = (g0 + A2 * g2) / (2 * A2 * (A2 - B2));
  let odd = (A * g1) / (2 * A2 * (A2 - B2));
  store<f32>(to, <f32>(even + odd));
  to += step;
  store<f32>(to, <f32>(even - odd));
  to += step;
  even = (g0 + B2 * g2) / (2 * B2 * (B2 - A2));
  odd = (B * g1) / (2 * B2 * (B2 - A2));
  store<f32>(to, <f32>(even + odd));
  to += step;
  store<f32>(to, <f32>(even - odd));
  store<f32>(to + step, <f32>g2);
}
