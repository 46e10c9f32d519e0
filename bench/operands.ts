// Random input, weight and bias for a problem, the same in every run and for all contenders.

import type { Problem } from '#src/problem/problem.js';

export const product = (sizes: readonly number[]): number => sizes.reduce((total, size) => total * size, 1);

export const inputShape = (p: Problem): number[] => [p.batch, p.channels, ...p.input];
export const outputShape = (p: Problem): number[] => [p.batch, p.filters, ...p.output];

/** torch's layout: filters first; in a transposed layer channels first. */
export const weightShape = (p: Problem): number[] =>
  p.kind.transposed
    ? [p.channels, p.filters / p.groups, ...p.kernel]
    : [p.filters, p.channels / p.groups, ...p.kernel];

export interface Operands {
  readonly x: Float32Array<ArrayBuffer>;
  readonly weight: Float32Array<ArrayBuffer>;
  readonly bias: Float32Array<ArrayBuffer>;
}

/** Uniform in −1 … 1 from a 32-bit generator (a Weyl sequence through a multiplicative hash). */
export function randomFloats(length: number, seed: number): Float32Array<ArrayBuffer> {
  const values = new Float32Array(length);
  let state = seed;
  for (let i = 0; i < length; i++) {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    values[i] = ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 31 - 1;
  }
  return values;
}

export function makeOperands(p: Problem): Operands {
  return {
    x: randomFloats(product(inputShape(p)), 1),
    weight: randomFloats(product(weightShape(p)), 2),
    bias: randomFloats(p.filters, 3),
  };
}
