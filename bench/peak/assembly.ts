// The kernel for the arithmetic peak: independent multiplications and additions in registers, without memory access.

/** Runs 12 independent chains of f32x4 (6 of products, 6 of sums) `rounds` times. The result depends on all of them. */
export function peak(rounds: i32, factor: f32, step: f32): f32 {
  // The constants are parameters: V8 rematerializes a v128.const at every use.
  const f = f32x4.splat(factor);
  const s = f32x4.splat(step);
  let m0 = f;
  let m1 = f;
  let m2 = f;
  let m3 = f;
  let m4 = f;
  let m5 = f;
  let a0 = s;
  let a1 = s;
  let a2 = s;
  let a3 = s;
  let a4 = s;
  let a5 = s;
  // Not taken: sums of products, 44 instead of 51 GFLOP/s, because each chain then waits for two latencies;
  // two steps per iteration, 47 (V8 11.3, Zen 3).
  while (rounds > 0) {
    m0 = f32x4.mul(m0, f);
    a0 = f32x4.add(a0, s);
    m1 = f32x4.mul(m1, f);
    a1 = f32x4.add(a1, s);
    m2 = f32x4.mul(m2, f);
    a2 = f32x4.add(a2, s);
    m3 = f32x4.mul(m3, f);
    a3 = f32x4.add(a3, s);
    m4 = f32x4.mul(m4, f);
    a4 = f32x4.add(a4, s);
    m5 = f32x4.mul(m5, f);
    a5 = f32x4.add(a5, s);
    rounds--;
  }
  const m = f32x4.add(f32x4.add(f32x4.add(m0, m1), f32x4.add(m2, m3)), f32x4.add(m4, m5));
  const a = f32x4.add(f32x4.add(f32x4.add(a0, a1), f32x4.add(a2, a3)), f32x4.add(a4, a5));
  return f32x4.extract_lane(f32x4.add(m, a), 0);
}
