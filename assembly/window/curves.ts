// The activations other than clamp and leaky ReLU: hardswish by its formula, the others by a common exponential function. NaN stays NaN.
//
//   e^-z = 2 q e^-w    where q = 2^(k - 1) and z = w - k ln 2 with |w| <= ln 2 / 2
//
// Adding 1.5 x 2^23 leaves an integer in the low bits, here the exponent of q; if z is clamped, q is 0 or infinity. ln 2 is split in two
// parts, the first with few bits; their signs are chosen so that -0 stays -0. The polynomials minimize the relative error. At infinities
// the results are those of torch's formulas: silu and gelu of -infinity are NaN.

import { HARDSWISH, SIGMOID, SILU, TANH } from '../../src/shared/sizes';
import { clamp, madd } from '../lanes';

/** Applies one of the activations to elements from `from`, writing from `to` up to `last`, in steps of 32 bytes. */
export function curve(from: usize, to: usize, last: usize, kind: i32): void {
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

/** Constants in memory: a v128 constant in a loop takes V8 three instructions per iteration, and silu 1.2 times as long. */
const NUMBERS: usize = memory.data<f32>([
  // all curves: -log2 e, 1.5 x 2^23 + 126, -ln 2 in two parts, 1
  -(<f32>Math.LOG2E),
  12583038.0,
  -0.693145751953125,
  -1.428606820309e-6,
  1.0,
  // sigmoid and silu: where x is clamped
  -89.25,
  87.5,
  // 2 e^-w: the polynomial's coefficients of w^6 to w^3, that of w^2 is 1, those of w and 1
  0.002776501993,
  -0.0167331602424,
  0.0833344012498,
  -0.3333308696746,
  -2.0,
  2.0,
  // tanh and gelu: 1/2
  0.5,
  // tanh: where 2 x is clamped
  -19.0,
  19.0,
  // tanh(w / 2) / w: the coefficients of w^4 and w^2, that of 1 is 1/2
  0.00409695,
  -0.04166408,
  // gelu: where |x| is clamped, what is added to |x| in v, and the coefficients of v^8 to v, that of 1 is 1/2
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
  // gelu: replaces x below zero, so that underflow gives -0, as in torch
  -0.0,
]);

/** Indices of the constants. E, T and G: polynomials of exp, tanh and gelu, with the power of the coefficient. */
enum At {
  MINUS_LOG2E,
  MAGIC,
  MINUS_LN2,
  LN2_REST,
  ONE,
  LEAST,
  MOST,
  E6,
  E5,
  E4,
  E3,
  E1,
  E0,
  HALF,
  TANH_LEAST,
  TANH_MOST,
  T4,
  T2,
  GELU_MOST,
  GELU_ADDEND,
  G8,
  G7,
  G6,
  G5,
  G4,
  G3,
  G2,
  G1,
  MINUS_ZERO,
}

/** Loads a constant into all lanes. */
// @ts-ignore: decorator
@inline
function number(at: i32): v128 {
  return v128.load32_splat(NUMBERS + ((<usize>at) << 2));
}

/**
 * Sigmoid and silu: 1 or x over 1 + e^-x. Two vectors at a time, a and b: within one, each step waits for the one before it; one at a time took
 * 1.15 times as long. By a quotient, as tanh, silu took as long and rounded to 3.5 units of the last place, not 2.4; gelu to 4.3, and 1.12
 * times as fast.
 */
function logistic(from: usize, to: usize, last: usize, kind: i32): void {
  const minusLog2e = number(At.MINUS_LOG2E);
  const magic = number(At.MAGIC);
  const minusLn2 = number(At.MINUS_LN2);
  const ln2Rest = number(At.LN2_REST);
  const one = number(At.ONE);
  const least = number(At.LEAST);
  const most = number(At.MOST);
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
    const first = number(At.E6);
    let eA = madd(first, a, number(At.E5));
    let eB = madd(first, b, number(At.E5));
    eA = madd(eA, a, number(At.E4));
    eB = madd(eB, b, number(At.E4));
    eA = madd(eA, a, number(At.E3));
    eB = madd(eB, b, number(At.E3));
    eA = madd(eA, a, one);
    eB = madd(eB, b, one);
    eA = madd(eA, a, number(At.E1));
    eB = madd(eB, b, number(At.E1));
    eA = madd(qA, madd(eA, a, number(At.E0)), one);
    eB = madd(qB, madd(eB, b, number(At.E0)), one);
    v128.store(to, f32x4.div(kind == SILU ? xA : one, eA));
    v128.store(to, f32x4.div(kind == SILU ? xB : one, eB), 16);
  }
}

/** Tanh. */
function tanh(from: usize, to: usize, last: usize): void {
  const minusLog2e = number(At.MINUS_LOG2E);
  const magic = number(At.MAGIC);
  const minusLn2 = number(At.MINUS_LN2);
  const ln2Rest = number(At.LN2_REST);
  const half = number(At.HALF);
  const least = number(At.TANH_LEAST);
  const most = number(At.TANH_MOST);
  const t4 = number(At.T4);
  const t2 = number(At.T2);
  for (; to < last; to += 16, from += 16) {
    const x = v128.load(from);
    const z = clamp(f32x4.add(x, x), least, most);
    let q = madd(z, minusLog2e, magic);
    const k = f32x4.sub(magic, q);
    q = i32x4.shl(q, 23);
    const w = madd(k, ln2Rest, madd(k, minusLn2, z));
    // with t = tanh(w / 2), e^-w = (1 - t) / (1 + t)
    const square = f32x4.mul(w, w);
    const t = f32x4.mul(madd(madd(square, t4, t2), square, half), w);
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
    const most = number(At.GELU_MOST);
    const xA = v128.load(from);
    const xB = v128.load(from, 16);
    // infinity times nothing is NaN below zero, not above
    const sizeA = f32x4.abs(f32x4.pmin(xA, most));
    const sizeB = f32x4.abs(f32x4.pmin(xB, most));
    const sA = f32x4.pmin(sizeA, most);
    const sB = f32x4.pmin(sizeB, most);
    const half = number(At.HALF);
    let a = f32x4.mul(f32x4.mul(sA, sA), half);
    let b = f32x4.mul(f32x4.mul(sB, sB), half);
    const magic = number(At.MAGIC);
    let qA = madd(a, number(At.MINUS_LOG2E), magic);
    let qB = madd(b, number(At.MINUS_LOG2E), magic);
    const kA = f32x4.sub(magic, qA);
    const kB = f32x4.sub(magic, qB);
    a = madd(kA, number(At.LN2_REST), madd(kA, number(At.MINUS_LN2), a));
    b = madd(kB, number(At.LN2_REST), madd(kB, number(At.MINUS_LN2), b));
    qA = i32x4.shl(qA, 23);
    qB = i32x4.shl(qB, 23);
    // 2 e^-w
    let eA = madd(number(At.E6), a, number(At.E5));
    let eB = madd(number(At.E6), b, number(At.E5));
    eA = madd(eA, a, number(At.E4));
    eB = madd(eB, b, number(At.E4));
    eA = madd(eA, a, number(At.E3));
    eB = madd(eB, b, number(At.E3));
    eA = madd(eA, a, number(At.ONE));
    eB = madd(eB, b, number(At.ONE));
    eA = madd(eA, a, number(At.E1));
    eB = madd(eB, b, number(At.E1));
    eA = f32x4.mul(qA, madd(eA, a, number(At.E0)));
    eB = f32x4.mul(qB, madd(eB, b, number(At.E0)));
    const vA = f32x4.div(sA, f32x4.add(sA, number(At.GELU_ADDEND)));
    const vB = f32x4.div(sB, f32x4.add(sB, number(At.GELU_ADDEND)));
    let yA = madd(number(At.G8), vA, number(At.G7));
    let yB = madd(number(At.G8), vB, number(At.G7));
    yA = madd(yA, vA, number(At.G6));
    yB = madd(yB, vB, number(At.G6));
    yA = madd(yA, vA, number(At.G5));
    yB = madd(yB, vB, number(At.G5));
    yA = madd(yA, vA, number(At.G4));
    yB = madd(yB, vB, number(At.G4));
    yA = madd(yA, vA, number(At.G3));
    yB = madd(yB, vB, number(At.G3));
    yA = madd(yA, vA, number(At.G2));
    yB = madd(yB, vB, number(At.G2));
    yA = madd(yA, vA, number(At.G1));
    yB = madd(yB, vB, number(At.G1));
    yA = f32x4.mul(madd(yA, vA, half), eA);
    yB = f32x4.mul(madd(yB, vB, half), eB);
    const zero = number(At.MINUS_ZERO);
    v128.store(to, f32x4.sub(f32x4.pmax(xA, zero), f32x4.mul(sizeA, yA)));
    v128.store(to, f32x4.sub(f32x4.pmax(xB, zero), f32x4.mul(sizeB, yB)), 16);
  }
}
