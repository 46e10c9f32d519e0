// Draws random problems with odd sizes, each with a reference problem of similar but round sizes; narrow maps with the same maps transposed;
// and batches of tiny maps with one map of as many positions.

import { parseProblem } from '#src/problem/line.js';
import { flops, type Problem } from '#src/problem/problem.js';
import { inputShape, outputShape, product, randomFloats, weightShape } from './operands.js';

const PRIMES = [1, 2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 53, 67, 83, 97, 131, 193, 257];
const MODES = ['', '', '', ' reflect', ' replicate', ' circular'];

/** Bounds of a problem's work. Below, the call takes longer than the kernel; above, the benchmark takes too long. */
const LEAST_FLOPS = 2e6;
const MOST_FLOPS = 4e8;
const MOST_NUMBERS = 8e6; // of input, output and weight together

interface Axis {
  readonly kernel: number;
  readonly dilation: number;
  readonly input: number;
  readonly stride: number;
  readonly padding: number;
}

export interface Pair {
  readonly drawn: Problem;
  readonly round: Problem;
}

/** A seeded random number generator. */
function dice(seed: number) {
  let state = seed;
  const uniform = () => (randomFloats(1, state++)[0] + 1) / 2;
  const whole = (least: number, most: number) => least + Math.floor(uniform() * (most - least + 1));
  const pick = <T>(values: readonly T[]): T => values[whole(0, values.length - 1)];
  return { uniform, whole, pick };
}

/** Whether a problem is large enough to be timed, and small enough to be timed quickly. */
function isFit(problem: Problem): boolean {
  const numbers = [inputShape(problem), outputShape(problem), weightShape(problem)].map(product);
  if (flops(problem) < LEAST_FLOPS || flops(problem) > MOST_FLOPS) return false;
  return numbers.reduce((sum, count) => sum + count, 0) <= MOST_NUMBERS;
}

/** A seeded stream of random problems. */
export function* drawPairs(seed: number): Generator<Pair> {
  const { uniform, whole, pick } = dice(seed);
  for (;;) {
    const rank = whole(1, 3);
    const kind = pick(['dense', 'dense', 'dense', 'depthwise', 'grouped', 'transposed']);
    const groups = kind === 'depthwise' ? pick(PRIMES) : kind === 'grouped' ? whole(2, 9) : 1;
    const [channels, filters] = kind === 'depthwise' ? [1, 1] : [pick(PRIMES), pick(PRIMES)];
    const transposed = kind === 'transposed' || (kind !== 'dense' && whole(0, 4) === 0);
    const mode = transposed ? '' : pick(MODES);
    const axes = Array.from({ length: rank }, () => {
      const kernel = whole(0, 5) ? whole(1, 5) : whole(6, [31, 13, 7][rank - 1]);
      const dilation = pick([1, 1, 1, 2, 3]);
      const reach = dilation * (kernel - 1) + 1;
      // log-uniform, so that pictures are also tall or flat
      const input = reach + Math.floor([4000, 200, 40][rank - 1] ** uniform());
      return { kernel, dilation, input, stride: pick([1, 1, 1, 2, 3]), padding: whole(0, reach >> 1) };
    });
    const line = (perGroup: [number, number], sizes: number[], padding: string) => {
      const list = (name: 'kernel' | 'stride' | 'dilation' | 'padding') =>
        axes.map((axis) => axis[name]).join('x');
      const [c, f] = perGroup.map((count) => count * groups);
      return `${transposed ? 'T ' : ''}n1 g${groups} c${c} f${f} i${sizes.join('x')} k${list('kernel')} s${list('stride')} p${list('padding')} d${list('dilation')}${padding}`;
    };
    const drawn = parseProblem(
      line(
        [channels, filters],
        axes.map(({ input }) => input),
        mode,
      ),
    );
    if (!isFit(drawn)) continue;
    const sizes = axes.map((axis) => (transposed ? near(axis.input, 8) : roundInput(axis)));
    const round = parseProblem(line([near(channels, 4), near(filters, 4)], sizes, ''));
    yield { drawn, round };
  }
}

/** A seeded stream of maps with one to three columns, each with the transposed map. */
export function* drawNarrow(seed: number): Generator<Pair> {
  const { uniform, whole, pick } = dice(seed);
  for (;;) {
    const isDepthwise = whole(0, 1) === 0;
    const groups = isDepthwise ? pick(PRIMES) : 1;
    const [c, f] = isDepthwise ? [groups, groups] : [pick(PRIMES), pick(PRIMES)];
    const sizes = [Math.floor(4 + 20_000 ** uniform()), whole(1, 3)];
    const kernel = [whole(1, 5), whole(1, 5)];
    const stride = pick([1, 1, 1, 2]);
    const line = (order: readonly number[]) => {
      const list = (values: readonly number[]) => order.map((axis) => values[axis]).join('x');
      const padding = kernel.map((size) => size >> 1);
      return `n1 g${groups} c${c} f${f} i${list(sizes)} k${list(kernel)} s${stride}x${stride} p${list(padding)}`;
    };
    const drawn = parseProblem(line([0, 1]));
    if (isFit(drawn)) yield { drawn, round: parseProblem(line([1, 0])) };
  }
}

/** A seeded stream of batches of tiny maps, each with one map of about as many positions. */
export function* drawBatches(seed: number): Generator<Pair> {
  const { whole, pick } = dice(seed);
  for (;;) {
    const [c, f, size] = [pick(PRIMES), pick(PRIMES), whole(1, 4)];
    const side = whole(2 * size, 64);
    const kernel = pick([1, 1, 3, 3, 5]);
    const batch = Math.round((side * side) / (size * size));
    const line = (n: number, size: number) =>
      `n${n} g1 c${c} f${f} i${size}x${size} k${kernel}x${kernel} p${kernel >> 1}x${kernel >> 1}`;
    const drawn = parseProblem(line(batch, size));
    if (isFit(drawn)) yield { drawn, round: parseProblem(line(1, side)) };
  }
}

/** The nearest multiple of `step`, or `count` itself if it is smaller than a step. */
function near(count: number, step: number): number {
  return count < step ? count : step * Math.round(count / step);
}

/** The input size for which the number of outputs is the nearest multiple of eight, if there are at least eight. */
function roundInput({ input, stride, padding, kernel, dilation }: Axis): number {
  const reach = dilation * (kernel - 1) + 1;
  const outputs = Math.floor((input + 2 * padding - reach) / stride) + 1;
  return outputs < 8 ? input : (near(outputs, 8) - 1) * stride + reach - 2 * padding;
}
