// Finish: what stands right beside a convolution, over a run of its inputs or outputs while they are in a cache: a factor, another
// tensor's numbers, then an activation.

import { CHUNK, CLAMP, GELU, HARDSWISH, LEAKY_RELU, SIGMOID, SILU, TANH } from '../../src/shared/sizes';
import { Desk, FinishTask } from '../../src/shared/task';

/** Bytes that a turn of a loop takes: four vectors, for V8 11.3 asks in each whether it should stop. */
const TURN: usize = 64;

/**
 * activation(scale x + addend) over the chunks `begin` to `end` of `count` numbers. A chunk passes twice if its activation is no clamp,
 * the second time in the first-level cache.
 */
export function finish(task: FinishTask, _desk: Desk, begin: i32, end: i32): void {
  for (let chunk = begin; chunk < end; chunk++) {
    const first = (<usize>(chunk * CHUNK)) << 2;
    const target = <usize>task.target + first;
    const last = target + ((<usize>min(CHUNK, task.count - chunk * CHUNK)) << 2);
    // the last turn goes beyond the run: what lies there is put back
    const beyond0 = v128.load(last);
    const beyond1 = v128.load(last, 16);
    const beyond2 = v128.load(last, 32);
    const beyond3 = v128.load(last, 48);
    let source = <usize>task.source + first;
    if (task.mixes) {
      mix(task, first, source, target, last);
      source = target;
    }
    activate(source, target, last, task.kind, f32x4.splat(reinterpret<f32>(task.operand)));
    if ((last - target) & (TURN - 1)) {
      v128.store(last, beyond0);
      v128.store(last, beyond1, 16);
      v128.store(last, beyond2, 32);
      v128.store(last, beyond3, 48);
    }
  }
}

/** addend + scale x, as two operations (a product that comes first would be fused, see lanes.ts), or scale x without an addend; clamped if that is the activation. */
function mix(task: FinishTask, first: usize, from: usize, to: usize, last: usize): void {
  const scale = f32x4.splat(reinterpret<f32>(task.scale));
  const clamps = task.kind == CLAMP;
  const least = f32x4.splat(clamps ? 0 : -Infinity);
  const most = f32x4.splat(clamps ? reinterpret<f32>(task.operand) : Infinity);
  if (task.addend == 0) {
    for (; to < last; to += TURN, from += TURN) {
      v128.store(to, clamp(f32x4.mul(scale, v128.load(from)), least, most));
      v128.store(to, clamp(f32x4.mul(scale, v128.load(from, 16)), least, most), 16);
      v128.store(to, clamp(f32x4.mul(scale, v128.load(from, 32)), least, most), 32);
      v128.store(to, clamp(f32x4.mul(scale, v128.load(from, 48)), least, most), 48);
    }
    return;
  }
  for (let add = <usize>task.addend + first; to < last; to += TURN, from += TURN, add += TURN) {
    const a = f32x4.add(v128.load(add), f32x4.mul(scale, v128.load(from)));
    const b = f32x4.add(v128.load(add, 16), f32x4.mul(scale, v128.load(from, 16)));
    const c = f32x4.add(v128.load(add, 32), f32x4.mul(scale, v128.load(from, 32)));
    const d = f32x4.add(v128.load(add, 48), f32x4.mul(scale, v128.load(from, 48)));
    v128.store(to, clamp(a, least, most));
    v128.store(to, clamp(b, least, most), 16);
    v128.store(to, clamp(c, least, most), 32);
    v128.store(to, clamp(d, least, most), 48);
  }
}

/** min(max(x, least), most); NaN stays NaN. */
// @ts-ignore: decorator
@inline
function clamp(x: v128, least: v128, most: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, least), most);
}

/** Any other activation; NaN stays NaN. */
function activate(from: usize, to: usize, last: usize, kind: i32, operand: v128): void {
  if (kind == LEAKY_RELU) {
    for (; to < last; to += TURN, from += TURN) {
      v128.store(to, leaky(v128.load(from), operand));
      v128.store(to, leaky(v128.load(from, 16), operand), 16);
      v128.store(to, leaky(v128.load(from, 32), operand), 32);
      v128.store(to, leaky(v128.load(from, 48), operand), 48);
    }
  } else if (kind >= HARDSWISH) {
    for (; to < last; to += 16, from += 16) v128.store(to, curve(v128.load(from), kind));
  }
}

// @ts-ignore: decorator
@inline
function leaky(x: v128, slope: v128): v128 {
  return v128.bitselect(f32x4.mul(slope, x), x, f32x4.lt(x, f32x4.splat(0)));
}

/**
 * Hardswish as torch computes it, and tanh, sigmoid, silu and gelu, all through one exponential: e^y = 2^k (1 + p) with |y - k ln 2| <= ln 2 / 2. Polynomials are fitted
 * to the smallest relative error. At infinities they are what torch's formulas are: silu and gelu of -infinity are NaN.
 */
function curve(x: v128, kind: i32): v128 {
  if (kind == HARDSWISH) {
    const six = f32x4.splat(6);
    return f32x4.div(f32x4.mul(x, clamp(f32x4.add(x, f32x4.splat(3)), f32x4.splat(0), six)), six);
  }
  const half = f32x4.splat(0.5);
  const one = f32x4.splat(1);
  const size = f32x4.abs(x);
  let y = f32x4.neg(x);
  if (kind == TANH) y = f32x4.mul(size, f32x4.splat(-2));
  if (kind == GELU) y = f32x4.mul(f32x4.mul(x, x), f32x4.splat(-0.5));
  // the powers at these ends are 0 and infinity
  y = clamp(y, f32x4.splat(-87.5), f32x4.splat(89.5));
  // a sum with 1.5 x 2^23 has a whole number in its last bits, here the exponent of 2^(k - 1)
  const magic = f32x4.splat(12583038);
  const shifted = f32x4.add(f32x4.mul(y, f32x4.splat(<f32>Math.LOG2E)), magic);
  const power = i32x4.shl(shifted, 23);
  const k = f32x4.sub(shifted, magic);
  // ln 2 in two parts, of which the first has few bits
  let r = f32x4.sub(y, f32x4.mul(k, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(k, f32x4.splat(-2.1219444e-4)));
  let p = f32x4.splat(0.0013882509965);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.0083665801212));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.0416672006249));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.1666654348373));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.4999999701977));
  p = f32x4.add(f32x4.mul(f32x4.mul(p, r), r), r);
  if (kind == TANH) {
    // (1 - e^y) / (1 + e^y) with half of e^y - 1, which is small where x is
    const m = f32x4.add(f32x4.mul(power, p), f32x4.sub(power, half));
    return v128.bitselect(f32x4.div(m, f32x4.add(m, one)), x, i32x4.splat(i32.MAX_VALUE));
  }
  const e = f32x4.mul(power, f32x4.add(p, one));
  if (kind == SIGMOID) return f32x4.div(half, f32x4.add(e, half));
  if (kind == SILU) return f32x4.div(f32x4.mul(x, half), f32x4.add(e, half));
  // what is under the bell curve beyond |x|: e^(-x^2 / 2) times a polynomial of v = 0.39 |x| / (1 + 0.39 |x|)
  const w = f32x4.pmin(f32x4.mul(size, f32x4.splat(0.39)), f32x4.splat(6));
  const v = f32x4.div(w, f32x4.add(w, one));
  let t = f32x4.splat(-0.072090536356);
  t = f32x4.add(f32x4.mul(t, v), f32x4.splat(0.1907276511192));
  t = f32x4.add(f32x4.mul(t, v), f32x4.splat(-0.0869144126773));
  t = f32x4.add(f32x4.mul(t, v), f32x4.splat(-0.0299606174231));
  t = f32x4.add(f32x4.mul(t, v), f32x4.splat(-0.2442388385534));
  t = f32x4.add(f32x4.mul(t, v), f32x4.splat(0.0469601564109));
  t = f32x4.add(f32x4.mul(t, v), f32x4.splat(1.2413326501846));
  t = f32x4.add(f32x4.mul(t, v), f32x4.splat(-2.0458550453186));
  t = f32x4.mul(f32x4.add(f32x4.mul(t, v), one), e);
  return f32x4.mul(x, v128.bitselect(t, f32x4.sub(one, t), f32x4.lt(x, f32x4.splat(0))));
}
