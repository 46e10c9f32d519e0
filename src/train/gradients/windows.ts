// Windows: gradients of what is made of windows. Each number of an output goes to the inputs of its window: in equal parts where it is their
// sum or mean, axis by axis; to the largest, where it is their maximum. Sums are float64 and rounded once.

import { product } from '../../core/lists.js';
import type { AxisWindows } from '../../layers/recording.js';

/** The windows of an axis as tables. */
interface Table {
  readonly input: number;
  readonly output: number;
  readonly step: number;
  readonly firsts: Int32Array;
  readonly counts: Int32Array;
  readonly divisors: Float64Array;
}

function tableOf({ input, output, step, at }: AxisWindows): Table {
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
  const passes = passesOf(axes);
  if (passes.length === 0) {
    to.set(from);
    return;
  }
  const outputs = product(axes.map(({ output }) => output));
  const inputs = product(axes.map(({ input }) => input));
  const given = new Float64Array(outputs);
  const results = passes.map(({ outer, input, inner }) => new Float64Array(outer * input * inner));
  for (let map = 0; map < maps; map++) {
    given.set(from.subarray(map * outputs, (map + 1) * outputs));
    let last = given;
    passes.forEach((pass, index) => {
      spreadAxis(pass, last, results[index]);
      last = results[index];
    });
    to.set(last, map * inputs);
  }
}

function spreadAxis(
  { outer, inner, input, output, step, firsts, counts, divisors }: Pass,
  from: Float64Array,
  to: Float64Array,
): void {
  to.fill(0);
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

/**
 * The gradient of maxima: each goes to the number that was the largest of its window. Of equal ones it is the first, and of several NaN the
 * last, as in torch.
 * @param x the inputs, map by map
 * @param from gradients of outputs
 * @param to is written whole
 */
export function spreadToLargest(
  axes: readonly AxisWindows[],
  maps: number,
  x: Float32Array,
  from: Float32Array,
  to: Float32Array,
): void {
  const [depth, height, width] = axes.map(tableOf);
  const plane = height.input * width.input;
  const size = depth.input * plane;
  const sums = new Float64Array(size);
  let o = 0;
  for (let map = 0; map < maps; map++) {
    const numbers = x.subarray(map * size, (map + 1) * size);
    sums.fill(0);
    for (let d = 0; d < depth.output; d++)
      for (let h = 0; h < height.output; h++)
        for (let w = 0; w < width.output; w++, o++) {
          const place = largestOf(numbers, depth, height, width, d, h, w);
          if (place >= 0) sums[place] += from[o];
        }
    to.set(sums, map * size);
  }
}

/** Where the largest number of a window is; -1 for an empty one. */
function largestOf(
  numbers: Float32Array,
  depth: Table,
  height: Table,
  width: Table,
  d: number,
  h: number,
  w: number,
): number {
  let place = -1;
  let most = Number.NEGATIVE_INFINITY;
  const [columns, columnStep] = [width.counts[w], width.step];
  for (let i = 0; i < depth.counts[d]; i++) {
    const slice = depth.firsts[d] + i * depth.step;
    for (let j = 0; j < height.counts[h]; j++) {
      const row = slice * height.input + height.firsts[h] + j * height.step;
      let at = row * width.input + width.firsts[w];
      for (let k = 0; k < columns; k++, at += columnStep) {
        const value = numbers[at];
        if (value > most || place < 0 || Number.isNaN(value)) {
          most = value;
          place = at;
        }
      }
    }
  }
  return place;
}
