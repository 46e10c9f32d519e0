// The twiddle factors of FFTs, computed in float64. A node of a tree factors the polynomial x^m - r into x^(m/4) - i^c s with s^4 = r; the
// angles of its children are those of i^c s.

import { firstRadix, NODE_BYTES, numberBytes, type Precision, treeBytes } from './sizes.js';

/** Typed arrays of both precisions. */
export type Numbers = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

/** An array of zeros. */
function zeros(count: number, precision: Precision): Numbers {
  return precision === 'float32' ? new Float32Array(count) : new Float64Array(count);
}

/** The angle of the root i, where the first level of every axis starts. */
const FIRST = Math.PI / 2;

/** The angles after the first level, one for each lane. */
function lanes(precision: Precision): number[] {
  const radix = firstRadix(precision);
  return Array.from({ length: radix }, (_, c) => (FIRST + 2 * Math.PI * c) / radix);
}

/** The angles of the lanes at the root of tree `which`: 0 after the first level, 1 to 3 after the parts of a radix-3 level. */
export function anglesOf(which: number, precision: Precision): number[] {
  if (which === 0) return lanes(precision);
  return lanes(precision).map((angle) => (angle + 2 * Math.PI * (which - 1)) / 3);
}

/** The numbers before the trees; assembly/fft/plan.ts has the layout. */
export function headOf(precision: Precision): Numbers {
  const radix = firstRadix(precision);
  const head = zeros(128 / numberBytes(precision), precision);
  const perVector = 16 / numberBytes(precision);
  for (const power of [1, 2, 3]) {
    head[2 * power - 2] = Math.cos((power * FIRST) / radix);
    head[2 * power - 1] = Math.sin((power * FIRST) / radix);
  }
  head.set([0.5, Math.sqrt(0.75)], 3 * perVector);
  lanes(precision).forEach((angle, lane) => {
    for (const power of [1, 2]) {
      const at = (2 + 2 * power) * perVector + lane;
      head[at] = Math.cos((power * angle) / 3);
      head[at + perVector] = Math.sin((power * angle) / 3);
    }
  });
  return head;
}

/**
 * A tree, breadth first. s of a node is the root of its lane times a root that depends on its path, in which the last step has the largest
 * weight.
 */
export function treeOf(angles: readonly number[], depths: number, precision: Precision): Numbers {
  const tree = zeros(treeBytes(depths) / numberBytes(precision), precision);
  const perNode = NODE_BYTES / numberBytes(precision);
  const perVector = angles.length;
  let first = 0;
  for (let depth = 0; depth < depths; depth++) {
    const nodes = 4 ** depth;
    const turns = reversed(depth);
    for (let power = 1; power <= 3; power++) {
      const ownCos = angles.map((angle) => Math.cos((power * angle) / (4 * nodes)));
      const ownSin = angles.map((angle) => Math.sin((power * angle) / (4 * nodes)));
      for (let node = 0; node < nodes; node++) {
        const angle = ((power * FIRST) / nodes) * turns[node];
        const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
        const at = first + node * perNode + (2 * power - 2) * perVector;
        for (let lane = 0; lane < perVector; lane++) {
          tree[at + lane] = ownCos[lane] * cos - ownSin[lane] * sin;
          tree[at + perVector + lane] = ownCos[lane] * sin + ownSin[lane] * cos;
        }
      }
    }
    first += nodes * perNode;
  }
  return tree;
}

/** All numbers of `digits` base-4 digits, with their digits reversed. */
function reversed(digits: number): Float64Array {
  const all = new Float64Array(4 ** digits);
  for (let n = 1, weight = 4 ** (digits - 1); n < all.length; n *= 4, weight /= 4)
    for (let digit = 1; digit < 4; digit++)
      for (let rest = 0; rest < n; rest++) all[digit * n + rest] = all[rest] + digit * weight;
  return all;
}
