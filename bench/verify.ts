// Verifies a result against float64 sums, before its time is shown.

import type { Problem } from '#src/problem/problem.js';
import { type Operands, outputShape, product } from './operands.js';

/** Results with at most this many multiply-adds are compared completely, others at several hundred positions. */
const WHOLE = 3e6;
const SAMPLES = 400;
/** Winograd rounds differently from a sum: its error is bounded relative to the largest output. */
const WINOGRAD_TOLERANCE = 4e-6;
const HALF_ULP = 2 ** -24;

export interface Verdict {
  readonly right: boolean;
  /** The largest error as a fraction of the allowed error. */
  readonly worst: number;
  /** The largest error relative to the largest output. */
  readonly relative: number;
  readonly checked: number;
  readonly text: string;
}

interface Sum {
  value: number;
  magnitude: number;
  terms: number;
}

/** The input index on one axis for output `o` and kernel element `k`, or −1 for a zero. */
function source(p: Problem, axis: number, o: number, k: number): number {
  const size = p.input[axis];
  const before = p.paddingBegin[axis];
  if (p.kind.transposed) {
    const reached = o + before - k * p.dilation[axis];
    const at = reached / p.stride[axis];
    return Number.isInteger(at) && at >= 0 && at < size ? at : -1;
  }
  const at = o * p.stride[axis] + k * p.dilation[axis] - before;
  if (at >= 0 && at < size) return at;
  switch (p.paddingMode) {
    case 'zeros':
      return -1;
    case 'reflect':
      return at < 0 ? -at : 2 * (size - 1) - at;
    case 'replicate':
      return at < 0 ? 0 : size - 1;
    case 'circular':
      return (at + size) % size;
  }
}

/** The pairs (kernel offset, input offset) that contribute to one output position; the same for every channel. */
function contributions(p: Problem, position: readonly number[]): { taps: number[]; sources: number[] } {
  let [taps, sources] = [[0], [0]];
  for (let axis = 0; axis < p.input.length; axis++) {
    const nextTaps: number[] = [];
    const nextSources: number[] = [];
    for (let k = 0; k < p.kernel[axis]; k++) {
      const at = source(p, axis, position[axis], k);
      if (at < 0) continue;
      for (let i = 0; i < taps.length; i++) {
        nextTaps.push(taps[i] * p.kernel[axis] + k);
        nextSources.push(sources[i] * p.input[axis] + at);
      }
    }
    [taps, sources] = [nextTaps, nextSources];
  }
  return { taps, sources };
}

/** One output element; `place` is batch, filter, then the position. */
function sumAt(p: Problem, { x, weight, bias }: Operands, place: readonly number[]): Sum {
  const [batch, filter, ...position] = place;
  const { taps, sources } = contributions(p, position);
  const [groupChannels, groupFilters] = [p.channels / p.groups, p.filters / p.groups];
  const group = Math.floor(filter / groupFilters);
  const [volume, kernelSize] = [product(p.input), product(p.kernel)];
  const sum = {
    value: bias[filter],
    magnitude: Math.abs(bias[filter]),
    terms: 1 + groupChannels * taps.length,
  };
  for (let c = 0; c < groupChannels; c++) {
    const channel = group * groupChannels + c;
    const row = p.kind.transposed
      ? channel * groupFilters + (filter % groupFilters)
      : filter * groupChannels + c;
    const [weightAt, inputAt] = [row * kernelSize, (batch * p.channels + channel) * volume];
    for (let i = 0; i < taps.length; i++) {
      const term = weight[weightAt + taps[i]] * x[inputAt + sources[i]];
      sum.value += term;
      sum.magnitude += Math.abs(term);
    }
  }
  return sum;
}

/** Positions to compare: all, or random ones of which a third is at an edge along each axis, where errors are most likely. */
function places(shape: readonly number[], whole: boolean): number[][] {
  const at = (index: number) => {
    const place: number[] = [];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      place.unshift(index % shape[axis]);
      index = Math.floor(index / shape[axis]);
    }
    return place;
  };
  const total = product(shape);
  if (whole) return Array.from({ length: total }, (_, index) => at(index));
  let state = 7;
  const random = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const sampled = Array.from({ length: SAMPLES }, () =>
    shape.map((size) => [0, size - 1, random(size), random(size), random(size), random(size)][random(6)]),
  );
  return [at(0), at(total - 1), ...sampled];
}

/**
 * Checks whether `y` is the layer's result: within the rounding of a float32 sum, `2^-24 · Σ|terms| · (4 + √terms)`,
 * or, for Winograd, within 4e-6 of the largest output.
 */
export function verify(p: Problem, operands: Operands, y: Float32Array, winograd = false): Verdict {
  const shape = outputShape(p);
  const total = product(shape);
  if (y.length !== total) {
    return {
      right: false,
      worst: Infinity,
      relative: Infinity,
      checked: 0,
      text: `${y.length} elements instead of ${total}`,
    };
  }
  const strange = y.findIndex((value) => !Number.isFinite(value));
  if (strange >= 0) {
    return {
      right: false,
      worst: Infinity,
      relative: Infinity,
      checked: total,
      text: `${y[strange]} at element ${strange}`,
    };
  }
  const macs = (total * p.channels * product(p.kernel)) / p.groups;
  const looked = places(shape, macs <= WHOLE);
  const sums = looked.map((place) => sumAt(p, operands, place));
  // The largest output, limited by the compared sums, in case `y` is wrong elsewhere.
  const seen = sums.reduce((most, { value }) => Math.max(most, Math.abs(value)), 0);
  const scale = Math.min(
    y.reduce((most, value) => Math.max(most, Math.abs(value)), 0),
    2 * seen,
  );
  let verdict = { right: true, worst: 0, relative: 0, checked: looked.length, text: 'right' };
  looked.forEach((place, i) => {
    const { value, magnitude, terms } = sums[i];
    const index = place.reduce((offset, at, axis) => offset * shape[axis] + at, 0);
    const bound = HALF_ULP * magnitude * (4 + Math.sqrt(terms));
    const allowed = winograd ? Math.max(bound, WINOGRAD_TOLERANCE * scale) : bound;
    const error = Math.abs(y[index] - value);
    const relative = Math.max(verdict.relative, scale > 0 ? error / scale : 0);
    const ratio = error / allowed;
    if (ratio <= verdict.worst) {
      verdict = { ...verdict, relative };
      return;
    }
    const text = ratio <= 1 ? 'right' : `${y[index]} instead of ${value} at [${place.join(', ')}]`;
    verdict = { right: ratio <= 1, worst: ratio, relative, checked: looked.length, text };
  });
  return verdict;
}
