// Finish: what stands right beside a convolution, over a run of its inputs or outputs while they are in a cache: a factor, another
// tensor's numbers, then an activation.

import { CHUNK, CLAMP, GELU, HARDSWISH, LEAKY_RELU, SILU, TANH } from '../../src/shared/sizes';
import { Desk, FinishTask } from '../../src/shared/task';
import { madd } from '../lanes';

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
  } else if (kind == HARDSWISH) {
    const three = f32x4.splat(3);
    const six = f32x4.splat(6);
    for (; to < last; to += 16, from += 16) {
      const x = v128.load(from);
      const y = f32x4.mul(x, clamp(f32x4.add(x, three), f32x4.splat(0), six));
      v128.store(to, f32x4.div(y, six));
    }
  } else if (kind >= TANH) curve(from, to, last, kind);
}

// @ts-ignore: decorator
@inline
function leaky(x: v128, slope: v128): v128 {
  return v128.bitselect(f32x4.mul(slope, x), x, f32x4.lt(x, f32x4.splat(0)));
}

/** What the curves read: what y is of tanh's, sigmoid's, silu's and gelu's argument, then the numbers in the order in which they are used. */
const NUMBERS: usize = memory.data<f32>([
  -2.0,
  -1.0,
  -1.0,
  -0.5,
  1.0,
  0.5,
  -87.5,
  89.5,
  <f32>Math.LOG2E,
  12583038.0,
  0.693359375,
  -2.1219444e-4,
  0.0013882509965,
  0.0083665801212,
  0.0416672006249,
  0.1666654348373,
  0.4999999701977,
  0.39,
  6.0,
  -0.072090536356,
  0.1907276511192,
  -0.0869144126773,
  -0.0299606174231,
  -0.2442388385534,
  0.0469601564109,
  1.2413326501846,
  -2.0458550453186,
]);

/** One of them in all lanes: a v128 constant in a loop takes V8 three instructions each time round, and silu 1.2 times as long. */
// @ts-ignore: decorator
@inline
function number(index: usize): v128 {
  return v128.load32_splat(NUMBERS + (index << 2));
}

/**
 * Tanh, sigmoid, silu and gelu, all through one exponential: e^y = 2^k (1 + p) with |y - k ln 2| <= ln 2 / 2. Polynomials are fitted
 * to the smallest relative error. At infinities they are what torch's formulas are: silu and gelu of -infinity are NaN.
 *
 * Two vectors at a time, a and b: within one, each step waits for the one before it. A loop for each kind takes no less time, and 1.3 KB more.
 */
function curve(from: usize, to: usize, last: usize, kind: i32): void {
  const factor = number(kind - TANH);
  const one = number(4);
  const half = number(5);
  const least = number(6);
  const most = number(7);
  const log2e = number(8);
  const magic = number(9);
  const ln2 = number(10);
  const ln2Rest = number(11);
  const p5 = number(12);
  for (; to < last; to += 32, from += 32) {
    let xA = v128.load(from);
    let xB = v128.load(from, 16);
    let a = xA;
    let b = xB;
    if (kind == TANH) {
      a = f32x4.abs(xA);
      b = f32x4.abs(xB);
    } else if (kind == GELU) {
      a = f32x4.mul(xA, xA);
      b = f32x4.mul(xB, xB);
    }
    // the powers at these ends are 0 and infinity
    a = clamp(f32x4.mul(a, factor), least, most);
    b = clamp(f32x4.mul(b, factor), least, most);
    // a sum with 1.5 x 2^23 has a whole number in its last bits, here the exponent of 2^(k - 1)
    let powerA = madd(a, log2e, magic);
    let powerB = madd(b, log2e, magic);
    const kA = f32x4.sub(powerA, magic);
    const kB = f32x4.sub(powerB, magic);
    powerA = i32x4.shl(powerA, 23);
    powerB = i32x4.shl(powerB, 23);
    // ln 2 in two parts, of which the first has few bits
    a = f32x4.sub(f32x4.sub(a, f32x4.mul(kA, ln2)), f32x4.mul(kA, ln2Rest));
    b = f32x4.sub(f32x4.sub(b, f32x4.mul(kB, ln2)), f32x4.mul(kB, ln2Rest));
    let pA = p5;
    let pB = p5;
    for (let at = NUMBERS + 52; at < NUMBERS + 68; at += 4) {
      const next = v128.load32_splat(at);
      pA = madd(pA, a, next);
      pB = madd(pB, b, next);
    }
    pA = madd(f32x4.mul(pA, a), a, a);
    pB = madd(f32x4.mul(pB, b), b, b);
    if (kind == TANH) {
      // (1 - e^y) / (1 + e^y) with half of e^y - 1, which is small where x is
      a = f32x4.add(f32x4.mul(powerA, pA), f32x4.sub(powerA, half));
      b = f32x4.add(f32x4.mul(powerB, pB), f32x4.sub(powerB, half));
      const sizes = i32x4.splat(i32.MAX_VALUE);
      xA = v128.bitselect(f32x4.div(a, f32x4.add(a, one)), xA, sizes);
      xB = v128.bitselect(f32x4.div(b, f32x4.add(b, one)), xB, sizes);
    } else {
      a = f32x4.mul(powerA, f32x4.add(pA, one));
      b = f32x4.mul(powerB, f32x4.add(pB, one));
      if (kind == GELU) {
        // what is under the bell curve beyond |x|: e^(-x^2 / 2) times a polynomial of v = 0.39 |x| / (1 + 0.39 |x|)
        const narrow = number(17);
        const six = number(18);
        let vA = f32x4.pmin(f32x4.mul(f32x4.abs(xA), narrow), six);
        let vB = f32x4.pmin(f32x4.mul(f32x4.abs(xB), narrow), six);
        vA = f32x4.div(vA, f32x4.add(vA, one));
        vB = f32x4.div(vB, f32x4.add(vB, one));
        pA = number(19);
        pB = pA;
        for (let at = NUMBERS + 80; at < NUMBERS + 108; at += 4) {
          const next = v128.load32_splat(at);
          pA = madd(pA, vA, next);
          pB = madd(pB, vB, next);
        }
        a = f32x4.mul(madd(pA, vA, one), a);
        b = f32x4.mul(madd(pB, vB, one), b);
        const zero = f32x4.splat(0);
        xA = f32x4.mul(xA, v128.bitselect(a, f32x4.sub(one, a), f32x4.lt(xA, zero)));
        xB = f32x4.mul(xB, v128.bitselect(b, f32x4.sub(one, b), f32x4.lt(xB, zero)));
      } else {
        a = f32x4.add(a, half);
        b = f32x4.add(b, half);
        xA = kind == SILU ? f32x4.mul(xA, half) : half;
        xB = kind == SILU ? f32x4.mul(xB, half) : half;
        xA = f32x4.div(xA, a);
        xB = f32x4.div(xB, b);
      }
    }
    v128.store(to, xA);
    v128.store(to, xB, 16);
  }
}
