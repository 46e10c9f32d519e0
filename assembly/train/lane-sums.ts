// Horizontal sums of vectors, in float64.

/** The horizontal sums of the two vectors at `at`. */
// @ts-ignore: decorator
@inline
function sumsOfTwo(at: usize): v128 {
  const first = v128.load(at);
  const second = v128.load(at, 16);
  const a = f64x2.add(
    f64x2.promote_low_f32x4(first),
    f64x2.promote_low_f32x4(v128.shuffle<f32>(first, first, 2, 3, 2, 3)),
  );
  const b = f64x2.add(
    f64x2.promote_low_f32x4(second),
    f64x2.promote_low_f32x4(v128.shuffle<f32>(second, second, 2, 3, 2, 3)),
  );
  return f64x2.add(v128.shuffle<f64>(a, b, 0, 2), v128.shuffle<f64>(a, b, 1, 3));
}

/** Adds the horizontal sums of `count` pairs of vectors to f64[2 * count]. */
export function addLanes(vectors: usize, count: i32, sums: usize): void {
  for (const end = sums + ((<usize>count) << 4); sums < end; sums += 16, vectors += 32)
    v128.store(sums, f64x2.add(v128.load(sums), sumsOfTwo(vectors)));
}

/** Adds f32[8] to f64[8]. */
// @ts-ignore: decorator
@inline
export function addRow(row: usize, sums: usize): void {
  for (let i: usize = 0; i < 32; i += 8)
    v128.store(
      sums + (i << 1),
      f64x2.add(v128.load(sums + (i << 1)), f64x2.promote_low_f32x4(v128.load64_zero(row + i))),
    );
}
