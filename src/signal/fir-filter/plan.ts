// How a stream partitions a filter: the first taps are direct sums, the others are partitions that are convolved by FFT.
//
//   taps      0      B            8 B                32 B                     128 B
//             direct | B, B, B … | 4 B, 4 B, 4 B … | 16 B, 16 B, 16 B … | …
//
// A level has partitions of one size S. Each block of S samples is transformed once and multiplied by the spectrum of every partition; the
// inverse transform of the sum gives S outputs. If a level begins at tap 2 S or later, S samples arrive between the block's last sample and
// the first of these outputs, and the work is spread over this time. The first level begins at tap S, so its work is done at once.

/** Partitions of one size. */
export interface Level {
  /** samples of a block, taps of a partition, and outputs of a job */
  readonly size: number;
  /** the first tap */
  readonly from: number;
  /** number of partitions; the last one may have fewer taps */
  readonly count: number;
  /** base blocks in a block, which is also the number of ticks of a job */
  readonly ticks: number;
  /** the tick of a job, from 0, in which its block is transformed; the following ticks multiply */
  readonly forwardAt: number;
  /** the tick in which the sum of products is transformed back */
  readonly inverseAt: number;
}

/** The partitioning of a filter. */
export interface StreamPlan {
  /** samples per tick */
  readonly base: number;
  readonly taps: number;
  /** number of taps that are direct sums */
  readonly direct: number;
  readonly levels: readonly Level[];
}

/** Samples per tick and in the smallest block: the block size of an AudioWorklet. */
const BASE = 128;

/** The ratio of block sizes between consecutive levels. */
const GROWTH = 4;

/** The ticks of the levels' transforms, chosen so that no tick has transforms of two levels (the first level has them in every tick). */
const FORWARD_AT = [0, 1, 0, 4, 8];
const INVERSE_AT = [0, 3, 12, 56, 244];

/** The cost of a complex multiply-add relative to an operation of a transform: spectra come from the second-level cache or beyond. */
const PRODUCT = 20;

/** Operations of a transform of `count` real numbers. */
const transformCost = (count: number): number => 2.5 * count * Math.log2(count);

/** The plan with a number of levels; undefined if there are too few taps. */
function planWith(taps: number, base: number, levelCount: number): StreamPlan | undefined {
  const levels: Level[] = [];
  let from = base;
  for (let i = 0; i < levelCount; i++) {
    if (from >= taps) return undefined;
    const ticks = GROWTH ** i;
    const size = base * ticks;
    const end = i === levelCount - 1 ? taps : Math.min(taps, 2 * GROWTH * size);
    const count = Math.ceil((end - from) / size);
    levels.push({ size, from, count, ticks, forwardAt: FORWARD_AT[i], inverseAt: INVERSE_AT[i] });
    from += count * size;
  }
  return { base, taps, direct: Math.min(taps, base), levels };
}

/** The cost of processing one base block: the mean, plus the largest transform that one tick may contain. */
function costOf({ base, direct, levels }: StreamPlan): number {
  let mean = 2 * base * direct;
  let largest = 0;
  for (const { size, count, ticks } of levels) {
    const transform = transformCost(2 * size);
    mean += (2 * transform + PRODUCT * size * count) / ticks;
    largest = ticks === 1 ? 0 : transform;
  }
  return mean + largest;
}

/** The plan of a filter: the number of levels with the least estimated cost of the slowest call. */
export function streamPlan(taps: number, base = BASE): StreamPlan {
  // a level would cost more than the direct sums that it saves
  if (taps <= 2 * base) return { base, taps, direct: taps, levels: [] };
  const plans = FORWARD_AT.flatMap((_, i) => planWith(taps, base, i + 1) ?? []);
  return plans.reduce((best, plan) => (costOf(plan) < costOf(best) ? plan : best));
}

/** The fraction of the spectrum, from and to, that is multiplied in a tick of a job. */
export function productShare({ ticks, forwardAt, inverseAt }: Level, tick: number): [number, number] {
  if (ticks === 1) return [0, 1];
  const steps = inverseAt - forwardAt - 1;
  const step = tick - forwardAt - 1;
  return step < 0 || step >= steps ? [0, 0] : [step / steps, (step + 1) / steps];
}

/** The plan as text: `128 direct, 7 x 128, 6 x 512`. */
export function planText({ direct, levels }: StreamPlan): string {
  return [`${direct} direct`, ...levels.map(({ count, size }) => `${count} x ${size}`)].join(', ');
}
