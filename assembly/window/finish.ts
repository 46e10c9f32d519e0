// Finish: what stands right beside a convolution, over a run of its inputs or outputs while they are in a cache: a factor, another
// tensor's numbers, then an activation.

import {
  CHUNK,
  CLAMP,
  HARDSWISH,
  LEAKY_RELU,
  NO_ACTIVATION,
  SIGMOID,
  SILU,
  TANH,
} from '../../src/shared/sizes';
import { FinishTask, Workspace } from '../../src/shared/task';
import { distanceToAddend } from '../kernels/addend';
import { clamp, madd } from '../lanes';

/** Bytes that a turn of a loop takes, at most: two vectors, for V8 11.3 asks in each whether it should stop. */
const TURN: usize = 32;

/**
 * Where the numbers of a last turn that is not full are finished, and what is added to them. Only the last chunk of a run has such a turn, so one
 * thread at a time.
 */
const ROOM: usize = memory.data(64, 16);

/**
 * activation(scale x + addend) over the chunks `begin` to `end` of `count` numbers. A chunk passes twice if it is mixed and then activated by
 * other than a clamp, the second time in the first-level cache. Nothing beside the run is written, which another thread may look at.
 */
export function finish(task: FinishTask, _workspace: Workspace, begin: i32, end: i32): void {
  for (let chunk = begin; chunk < end; chunk++) {
    const first = (<usize>(chunk * CHUNK)) << 2;
    const bytes = (<usize>min(CHUNK, task.count - chunk * CHUNK)) << 2;
    const whole = bytes & ~(TURN - 1);
    const source = <usize>task.source + first;
    const target = <usize>task.target + first;
    const addend = task.addend ? <usize>task.addend + first : 0;
    turns(task, source, addend, target, target + whole);
    if (whole == bytes) continue;
    memory.copy(ROOM, source + whole, bytes - whole);
    if (addend) memory.copy(ROOM + TURN, addend + whole, bytes - whole);
    turns(task, ROOM, addend ? ROOM + TURN : 0, ROOM, ROOM + TURN);
    memory.copy(target + whole, ROOM, bytes - whole);
  }
}

/** Finishes the numbers from `source` on into `target` up to `last`, in whole turns. */
function turns(task: FinishTask, source: usize, addend: usize, target: usize, last: usize): void {
  const kind = task.kind;
  const clamps = kind == CLAMP;
  const scale = f32x4.splat(reinterpret<f32>(task.scale));
  const operand = f32x4.splat(reinterpret<f32>(task.operand));
  if (addend) {
    const least = f32x4.splat(clamps ? 0 : -Infinity);
    const most = clamps ? operand : f32x4.splat(Infinity);
    add(source, addend, target, last, scale, least, most);
    source = target;
  } else if (kind == NO_ACTIVATION || reinterpret<f32>(task.scale) != 1) {
    multiply(source, target, last, scale);
    source = target;
  }
  if (clamps) {
    if (!addend) clampAll(source, target, last, operand);
  } else if (kind == LEAKY_RELU) leakyRelu(source, target, last, operand);
  else if (kind != NO_ACTIVATION) curve(source, target, last, kind);
}

/**
 * A clamp or leaky ReLU over `count` numbers where they are, after something is added. Nothing is written beyond them, where other threads
 * may compute.
 * @param address of a FinishTask. What is added lies as far from the numbers as its addend from its target; 0: nothing is to be done
 */
export function finishRun(address: i32, at: usize, count: i32): void {
  if (address == 0) return;
  const task = changetype<FinishTask>(<usize>address);
  const operand = f32x4.splat(reinterpret<f32>(task.operand));
  const last = at + ((<usize>count) << 2);
  const addend = distanceToAddend(<usize>address);
  if (addend != 0) {
    for (let to = at; to < last; to += 4) store<f32>(to, load<f32>(to + addend) + load<f32>(to));
  }
  if (task.kind == CLAMP) clampAll(at, at, last, operand);
  else if (task.kind == LEAKY_RELU) leakyRelu(at, at, last, operand);
}

/** addend + scale x, as two operations (a product that comes first would be fused, see lanes.ts); clamped, if only to infinities. */
function add(from: usize, addend: usize, to: usize, last: usize, scale: v128, least: v128, most: v128): void {
  for (; to < last; to += TURN, from += TURN, addend += TURN) {
    const x = f32x4.add(v128.load(addend), f32x4.mul(scale, v128.load(from)));
    const y = f32x4.add(v128.load(addend, 16), f32x4.mul(scale, v128.load(from, 16)));
    v128.store(to, clamp(x, least, most));
    v128.store(to, clamp(y, least, most), 16);
  }
}

function multiply(from: usize, to: usize, last: usize, scale: v128): void {
  for (; to < last; to += TURN, from += TURN) {
    v128.store(to, f32x4.mul(scale, v128.load(from)));
    v128.store(to, f32x4.mul(scale, v128.load(from, 16)), 16);
  }
}

/** Where the whole turns of a run end; the numbers of the last one pass one by one. */
// @ts-ignore: decorator
@inline
function turnsEnd(to: usize, last: usize): usize {
  return last - ((last - to) & (TURN - 1));
}

/** min(max(x, 0), most). */
function clampAll(from: usize, to: usize, last: usize, most: v128): void {
  const zero = f32x4.splat(0);
  for (const whole = turnsEnd(to, last); to < whole; to += TURN, from += TURN) {
    v128.store(to, clamp(v128.load(from), zero, most));
    v128.store(to, clamp(v128.load(from, 16), zero, most), 16);
  }
  for (; to < last; to += 4, from += 4) v128.store32_lane(to, clamp(v128.load32_zero(from), zero, most), 0);
}

/** x where it is not below zero, slope x elsewhere: the greater of both where the slope is at most 1 and 0 times an infinity is not NaN. */
function leakyRelu(from: usize, to: usize, last: usize, slope: v128): void {
  const factor = f32x4.extract_lane(slope, 0);
  if (factor <= 1 && factor != 0) {
    for (const whole = turnsEnd(to, last); to < whole; to += TURN, from += TURN) {
      const x = v128.load(from);
      const y = v128.load(from, 16);
      v128.store(to, f32x4.pmax(x, f32x4.mul(slope, x)));
      v128.store(to, f32x4.pmax(y, f32x4.mul(slope, y)), 16);
    }
  }
  for (; to < last; to += 4, from += 4) {
    const x = load<f32>(from);
    store<f32>(to, x < 0 ? factor * x : x);
  }
}

/** Any other activation; NaN stays NaN. */
function curve(from: usize, to: usize, last: usize, kind: i32): void {
  if (kind == HARDSWISH) {
    const three = f32x4.splat(3);
    const six = f32x4.splat(6);
    for (; to < last; to += 16, from += 16) {
      const x = v128.load(from);
      const y = f32x4.mul(x, clamp(f32x4.add(x, three), f32x4.splat(0), six));
      v128.store(to, f32x4.div(y, six));
    }
  } else if (kind == SIGMOID || kind == SILU) logistic(from, to, last, kind);
  else if (kind == TANH) tanh(from, to, last);
  else gelu(from, to, last);
}

/** What the curves read: numbers of all, of e^-w, of tanh, and of gelu. */
const NUMBERS: usize = memory.data<f32>([
  -(<f32>Math.LOG2E),
  12583038.0,
  -0.693145751953125,
  -1.428606820309e-6,
  1.0,
  -89.25,
  87.5,
  0.002776501993,
  -0.0167331602424,
  0.0833344012498,
  -0.3333308696746,
  -2.0,
  2.0,
  0.5,
  -19.0,
  19.0,
  0.00409695,
  -0.04166408,
  13.22,
  2.5641026,
  -0.036045268178,
  0.0953638255596,
  -0.04345720633865,
  -0.01498030871155,
  -0.1221194192767,
  0.02348007820545,
  0.6206663250923,
  -1.0229275226593,
]);

/** One of them in all lanes: a v128 constant in a loop takes V8 three instructions each time round, and silu 1.2 times as long. */
// @ts-ignore: decorator
@inline
function number(index: usize): v128 {
  return v128.load32_splat(NUMBERS + (index << 2));
}

// All curves go through one exponential: e^-z = 2 q e^-w, where q = 2^(k - 1) and z = w - k ln 2 with |w| <= ln 2 / 2. A sum with 1.5 x 2^23 has a
// whole number in its last bits, here the exponent of q; where z is clamped, q is 0 or infinity. ln 2 is taken in two parts, of which the first has
// few bits; both have the sign with which -0 stays -0. Polynomials are fitted to the smallest relative error. At infinities curves are what
// torch's formulas are: silu and gelu of -infinity are NaN.

/**
 * Sigmoid and silu: 1 or x over 1 + e^-x. Two vectors at a time, a and b: within one, each step waits for the one before it; one at a time took
 * 1.15 times as long. By a quotient, as tanh, silu took as long and rounded to 3.5 units of the last place, not 2.4; gelu to 4.3, and 1.12
 * times as fast.
 */
function logistic(from: usize, to: usize, last: usize, kind: i32): void {
  const minusLog2e = number(0);
  const magic = number(1);
  const minusLn2 = number(2);
  const ln2Rest = number(3);
  const one = number(4);
  const least = number(5);
  const most = number(6);
  for (; to < last; to += 32, from += 32) {
    const xA = v128.load(from);
    const xB = v128.load(from, 16);
    let a = clamp(xA, least, most);
    let b = clamp(xB, least, most);
    let qA = madd(a, minusLog2e, magic);
    let qB = madd(b, minusLog2e, magic);
    const kA = f32x4.sub(magic, qA);
    const kB = f32x4.sub(magic, qB);
    qA = i32x4.shl(qA, 23);
    qB = i32x4.shl(qB, 23);
    a = madd(kA, ln2Rest, madd(kA, minusLn2, a));
    b = madd(kB, ln2Rest, madd(kB, minusLn2, b));
    // 2 e^-w
    const first = number(7);
    let eA = madd(first, a, number(8));
    let eB = madd(first, b, number(8));
    eA = madd(eA, a, number(9));
    eB = madd(eB, b, number(9));
    eA = madd(eA, a, number(10));
    eB = madd(eB, b, number(10));
    eA = madd(eA, a, one);
    eB = madd(eB, b, one);
    eA = madd(eA, a, number(11));
    eB = madd(eB, b, number(11));
    eA = madd(qA, madd(eA, a, number(12)), one);
    eB = madd(qB, madd(eB, b, number(12)), one);
    v128.store(to, f32x4.div(kind == SILU ? xA : one, eA));
    v128.store(to, f32x4.div(kind == SILU ? xB : one, eB), 16);
  }
}

/** Tanh. */
function tanh(from: usize, to: usize, last: usize): void {
  const minusLog2e = number(0);
  const magic = number(1);
  const minusLn2 = number(2);
  const ln2Rest = number(3);
  const half = number(13);
  const least = number(14);
  const most = number(15);
  const t5 = number(16);
  const t3 = number(17);
  for (; to < last; to += 16, from += 16) {
    const x = v128.load(from);
    const z = clamp(f32x4.add(x, x), least, most);
    let q = madd(z, minusLog2e, magic);
    const k = f32x4.sub(magic, q);
    q = i32x4.shl(q, 23);
    const w = madd(k, ln2Rest, madd(k, minusLn2, z));
    // with t = tanh(w / 2), e^-w = (1 - t) / (1 + t)
    const square = f32x4.mul(w, w);
    const t = f32x4.mul(madd(madd(square, t5, t3), square, half), w);
    // (1 - e^-z) / (1 + e^-z), which is t where e^-z is e^-w
    const sum = f32x4.add(q, half);
    const rest = f32x4.sub(q, half);
    v128.store(to, f32x4.div(f32x4.sub(f32x4.mul(t, sum), rest), f32x4.sub(sum, f32x4.mul(t, rest))));
  }
}

/**
 * Gelu: max(x, 0) - |x| y, where y is what is under the bell curve beyond |x|: e^(-x^2 / 2) times a polynomial of
 * v = |x| / (|x| + 2.564). Two vectors at a time, as in `logistic`.
 */
function gelu(from: usize, to: usize, last: usize): void {
  for (; to < last; to += 32, from += 32) {
    const most = number(18);
    const xA = v128.load(from);
    const xB = v128.load(from, 16);
    // infinity times nothing is NaN below zero, not above
    const sizeA = f32x4.abs(f32x4.pmin(xA, most));
    const sizeB = f32x4.abs(f32x4.pmin(xB, most));
    const sA = f32x4.pmin(sizeA, most);
    const sB = f32x4.pmin(sizeB, most);
    const half = number(13);
    let a = f32x4.mul(f32x4.mul(sA, sA), half);
    let b = f32x4.mul(f32x4.mul(sB, sB), half);
    const magic = number(1);
    let qA = madd(a, number(0), magic);
    let qB = madd(b, number(0), magic);
    const kA = f32x4.sub(magic, qA);
    const kB = f32x4.sub(magic, qB);
    a = madd(kA, number(3), madd(kA, number(2), a));
    b = madd(kB, number(3), madd(kB, number(2), b));
    qA = i32x4.shl(qA, 23);
    qB = i32x4.shl(qB, 23);
    // 2 e^-w
    let eA = madd(number(7), a, number(8));
    let eB = madd(number(7), b, number(8));
    eA = madd(eA, a, number(9));
    eB = madd(eB, b, number(9));
    eA = madd(eA, a, number(10));
    eB = madd(eB, b, number(10));
    eA = madd(eA, a, number(4));
    eB = madd(eB, b, number(4));
    eA = madd(eA, a, number(11));
    eB = madd(eB, b, number(11));
    eA = f32x4.mul(qA, madd(eA, a, number(12)));
    eB = f32x4.mul(qB, madd(eB, b, number(12)));
    const vA = f32x4.div(sA, f32x4.add(sA, number(19)));
    const vB = f32x4.div(sB, f32x4.add(sB, number(19)));
    let yA = madd(number(20), vA, number(21));
    let yB = madd(number(20), vB, number(21));
    yA = madd(yA, vA, number(22));
    yB = madd(yB, vB, number(22));
    yA = madd(yA, vA, number(23));
    yB = madd(yB, vB, number(23));
    yA = madd(yA, vA, number(24));
    yB = madd(yB, vB, number(24));
    yA = madd(yA, vA, number(25));
    yB = madd(yB, vB, number(25));
    yA = madd(yA, vA, number(26));
    yB = madd(yB, vB, number(26));
    yA = madd(yA, vA, number(27));
    yB = madd(yB, vB, number(27));
    yA = f32x4.mul(madd(yA, vA, half), eA);
    yB = f32x4.mul(madd(yB, vB, half), eB);
    const zero = f32x4.splat(0);
    v128.store(to, f32x4.sub(f32x4.pmax(xA, zero), f32x4.mul(sizeA, yA)));
    v128.store(to, f32x4.sub(f32x4.pmax(xB, zero), f32x4.mul(sizeB, yB)), 16);
  }
}
