// winograd4x3line: the transforms of F(4, 3) along the width, four outputs from three taps that may be dilated, for four tiles at a
// time. The same points and the same three functions as winograd4x3.ts, which says more; here outputs and inputs of a tile lie
// `gap` bytes apart.

const A: f64 = 0.75;
const B: f64 = 1.5;
const A2: f64 = A * A;
const B2: f64 = B * B;

/** The same element of four tiles. */
// @ts-ignore: decorator
@inline
function gather(p0: usize, p1: usize, p2: usize, p3: usize, offset: usize): v128 {
  let x = v128.load32_zero(p0 + offset);
  x = v128.load32_lane(p1 + offset, x, 1);
  x = v128.load32_lane(p2 + offset, x, 2);
  return v128.load32_lane(p3 + offset, x, 3);
}

/** B^T d of one term of four tiles, whose first elements lie at `p0` to `p3`; element e goes to `to + e * step`. */
export function transformInput4x3Line(p0: usize, p1: usize, p2: usize, p3: usize, gap: usize, to: usize, step: usize): void {
  const d0 = gather(p0, p1, p2, p3, 0);
  const d1 = gather(p0, p1, p2, p3, gap);
  const d2 = gather(p0, p1, p2, p3, 2 * gap);
  const d3 = gather(p0, p1, p2, p3, 3 * gap);
  const d4 = gather(p0, p1, p2, p3, 4 * gap);
  const d5 = gather(p0, p1, p2, p3, 5 * gap);
  const product = f32x4.splat(<f32>(A2 * B2));
  const sum = f32x4.splat(<f32>(A2 + B2));
  const a2 = f32x4.splat(<f32>A2);
  const b2 = f32x4.splat(<f32>B2);
  v128.store(to, f32x4.add(f32x4.sub(f32x4.mul(product, d0), f32x4.mul(sum, d2)), d4));
  to += step;
  let even = f32x4.sub(d4, f32x4.mul(b2, d2));
  let odd = f32x4.mul(f32x4.splat(<f32>A), f32x4.sub(d3, f32x4.mul(b2, d1)));
  v128.store(to, f32x4.add(even, odd));
  to += step;
  v128.store(to, f32x4.sub(even, odd));
  to += step;
  even = f32x4.sub(d4, f32x4.mul(a2, d2));
  odd = f32x4.mul(f32x4.splat(<f32>B), f32x4.sub(d3, f32x4.mul(a2, d1)));
  v128.store(to, f32x4.add(even, odd));
  to += step;
  v128.store(to, f32x4.sub(even, odd));
  to += step;
  v128.store(to, f32x4.add(f32x4.sub(f32x4.mul(product, d1), f32x4.mul(sum, d3)), d5));
}

/** Writes the same output of four tiles. */
// @ts-ignore: decorator
@inline
function scatter(y: v128, q0: usize, q1: usize, q2: usize, q3: usize, offset: usize): void {
  v128.store32_lane(q0 + offset, y, 0);
  v128.store32_lane(q1 + offset, y, 1);
  v128.store32_lane(q2 + offset, y, 2);
  v128.store32_lane(q3 + offset, y, 3);
}

/** A^T m of one filter of four tiles: element e lies at `from + e * step`; sets `flag` where an output is not finite. */
export function transformOutput4x3Line(
  from: usize,
  step: usize,
  bias: usize,
  q0: usize,
  q1: usize,
  q2: usize,
  q3: usize,
  gap: usize,
  flag: usize,
): void {
  const start = v128.load32_splat(bias);
  const m0 = v128.load(from);
  from += step;
  const m1 = v128.load(from);
  from += step;
  const m2 = v128.load(from);
  from += step;
  const m3 = v128.load(from);
  from += step;
  const m4 = v128.load(from);
  const m5 = v128.load(from + step);
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
  scatter(y0, q0, q1, q2, q3, 0);
  scatter(y1, q0, q1, q2, q3, gap);
  scatter(y2, q0, q1, q2, q3, 2 * gap);
  scatter(y3, q0, q1, q2, q3, 3 * gap);
  const bad = f32x4.mul(f32x4.splat(0), f32x4.add(f32x4.add(y0, y1), f32x4.add(y2, y3)));
  if (v128.any_true(f32x4.ne(bad, bad))) store<i32>(flag, 1);
}
