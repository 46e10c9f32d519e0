// Windows: gradients of sums and means over windows, axis by axis: each number of an output goes to the inputs of its window in equal parts.
// Sums are float64 and rounded once.

import { product } from '../../core/lists.js';
import type { AxisWindows } from '../../layers/recording.js';

/** The windows of an axis as tables. */
export interface Table {
  readonly input: number;
  readonly output: number;
  readonly step: number;
  readonly firsts: Int32Array;
  readonly counts: Int32Array;
  readonly divisors: Float64Array;
}

/** The tables of an axis. */
export function tableOf({ input, output, step, at }: AxisWindows): Table {
  const reaches = Array.from({ length: output }, (_, o) => at(o));
  return {
    ...{ input, output, step },
    firsts: Int32Array.from(reaches, ({ first }) => first),
    counts: Int32Array.from(reaches, ({ count }) => count),
    divisors: Float64Array.from(reaches, ({ divisor }) => divisor),
  };
}

/** An axis of arrays [outer][axis][inner]. */
interface Pass extends Table {
  readonly outer: number;
  readonly inner: number;
}

/** Whether every output is the input of its place. */
function isIdentity({ input, output, firsts, counts, divisors }: Table): boolean {
  return (
    input === output &&
    counts.every((count) => count === 1) &&
    firsts.every((first, o) => first === o) &&
    divisors.every((divisor) => divisor === 1)
  );
}

/** The axes that change something, the outermost first. Those before one are as long as the input's, those behind it as the output's. */
function passesOf(axes: readonly AxisWindows[]): Pass[] {
  return axes.flatMap((windows, axis) => {
    const outer = product(axes.slice(0, axis).map(({ input }) => input));
    const inner = product(axes.slice(axis + 1).map(({ output }) => output));
    const pass = { ...tableOf(windows), outer, inner };
    return isIdentity(pass) ? [] : [pass];
  });
}

/**
 * The gradient of sums over windows, each over the product of its divisors.
 * @param from numbers of outputs, map by map
 * @param to is written whole
 */
export function spread(
  axes: readonly AxisWindows[],
  maps: number,
  from: Float32Array,
  to: Float32Array,
): void {
  overMaps(passesOf(axes), 'input', spreadAxis, maps, from, to);
}

/** Carries out the passes map by map, each with results of as many numbers along its axis as `size` says. */
function overMaps(
  passes: readonly Pass[],
  size: 'input' | 'output',
  carryOut: (pass: Pass, from: Float64Array, to: Float64Array) => void,
  maps: number,
  from: Float32Array,
  to: Float32Array,
): void {
  if (passes.length === 0) {
    to.set(from);
    return;
  }
  const given = new Float64Array(from.length / maps);
  const results = passes.map((pass) => new Float64Array(pass.outer * pass[size] * pass.inner));
  for (let map = 0; map < maps; map++) {
    given.set(from.subarray(map * given.length, (map + 1) * given.length));
    let last = given;
    passes.forEach((pass, index) => {
      carryOut(pass, last, results[index]);
      last = results[index];
    });
    to.set(last, map * last.length);
  }
}

function spreadAxis(pass: Pass, from: Float64Array, to: Float64Array): void {
  const { outer, inner, input, output, step, firsts, counts, divisors } = pass;
  to.fill(0);
  if (inner === 1) {
    spreadRows(pass, from, to);
    return;
  }
  for (let block = 0; block < outer; block++)
    for (let o = 0; o < output; o++) {
      const source = (block * output + o) * inner;
      const count = counts[o];
      const divisor = divisors[o];
      for (let tap = 0; tap < count; tap++) {
        const target = (block * input + firsts[o] + tap * step) * inner;
        for (let i = 0; i < inner; i++) to[target + i] += from[source + i] / divisor;
      }
    }
}

/** The same of the innermost axis, without a loop for each number. */
function spreadRows(
  { outer, input, output, step, firsts, counts, divisors }: Pass,
  from: Float64Array,
  to: Float64Array,
): void {
  for (let block = 0; block < outer; block++)
    for (let o = 0; o < output; o++) {
      const value = from[block * output + o] / divisors[o];
      const first = block * input + firsts[o];
      const end = first + counts[o] * step;
      for (let target = first; target < end; target += step) to[target] += value;
    }
}

/** Windows of as many neighbours as each input is repeated, by axis: `spread` of them is torch's `interpolate`, 'nearest'. */
export function repeatedWindows(sizes: readonly number[], times: readonly number[]): AxisWindows[] {
  return sizes.map((size, axis) => ({
    input: size * times[axis],
    output: size,
    step: 1,
    at: (o) => ({ first: o * times[axis], count: times[axis], divisor: 1 }),
  }));
}

/**
 * Sums over windows, each over the product of its divisors.
 * @param from numbers of inputs, map by map
 * @param to is written whole
 */
export function gather(
  axes: readonly AxisWindows[],
  maps: number,
  from: Float32Array,
  to: Float32Array,
): void {
  overMaps(passesOf(axes).reverse(), 'output', gatherAxis, maps, from, to);
}

function gatherAxis(
  { outer, inner, input, output, step, firsts, counts, divisors }: Pass,
  from: Float64Array,
  to: Float64Array,
): void {
  for (let block = 0; block < outer; block++)
    for (let o = 0; o < output; o++) {
      const target = (block * output + o) * inner;
      for (let i = 0; i < inner; i++) {
        let sum = 0;
        for (let tap = 0; tap < counts[o]; tap++)
          sum += from[(block * input + firsts[o] + tap * step) * inner + i];
        to[target + i] = sum / divisors[o];
      }
    }
}
