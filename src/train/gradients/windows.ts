// The gradients of average pooling and nearest upsampling, axis by axis. An output gradient is distributed equally over its window. Sums
// are in float64 and rounded once.

import { product } from '../../core/lists.js';
import { type WindowTable, windowTable } from '../../layers/largest.js';
import type { AxisWindows } from '../../layers/recording.js';

/** The windows of an axis as tables. */
interface Table extends WindowTable {
  readonly divisors: Float64Array;
}

/** The tables of an axis. */
function tableOf(windows: AxisWindows): Table {
  const divisors = Float64Array.from({ length: windows.output }, (_, o) => windows.at(o).divisor);
  return { ...windowTable(windows), divisors };
}

/** An axis of arrays [outer][axis][inner]. */
interface Pass extends Table {
  readonly outer: number;
  readonly inner: number;
}

/** Whether every output equals the input at the same position. */
function isIdentity({ input, output, firsts, counts, divisors }: Table): boolean {
  return (
    input === output &&
    counts.every((count) => count === 1) &&
    firsts.every((first, o) => first === o) &&
    divisors.every((divisor) => divisor === 1)
  );
}

/** A pass for each axis that is not the identity, outermost first. In a pass, outer axes have the input's size, inner ones the output's. */
function passesOf(axes: readonly AxisWindows[]): Pass[] {
  return axes.flatMap((windows, axis) => {
    const outer = product(axes.slice(0, axis).map(({ input }) => input));
    const inner = product(axes.slice(axis + 1).map(({ output }) => output));
    const pass = { ...tableOf(windows), outer, inner };
    return isIdentity(pass) ? [] : [pass];
  });
}

/**
 * The gradient of sums over windows, divided by the product of the divisors.
 * @param from output gradients, map by map
 * @param to receives the input gradients; overwritten
 */
export function spread(
  axes: readonly AxisWindows[],
  maps: number,
  from: Float32Array,
  to: Float32Array,
): void {
  overMaps(passesOf(axes), 'input', spreadAxis, maps, from, to);
}

/** Executes the passes map by map. `size` says whether the result of a pass has the input's or the output's size along its axis. */
function overMaps(
  passes: readonly Pass[],
  size: 'input' | 'output',
  execute: (pass: Pass, from: Float64Array, to: Float64Array) => void,
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
      execute(pass, last, results[index]);
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

/** The same for the innermost axis, without the loop over `inner`. */
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

/** The windows of nearest upsampling: `spread` over them is torch's `interpolate` with mode 'nearest', `gather` its gradient. */
export function repeatedWindows(sizes: readonly number[], times: readonly number[]): AxisWindows[] {
  return sizes.map((size, axis) => ({
    input: size * times[axis],
    output: size,
    step: 1,
    at: (o) => ({ first: o * times[axis], count: times[axis], divisor: 1 }),
  }));
}

/**
 * Sums over windows, divided by the product of the divisors.
 * @param from inputs, map by map
 * @param to receives the sums; overwritten
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
