// How a stream divides a filter: its first taps are summed by their definition, the others are partitions, convolved through spectra.
//
//   taps      0      B            8 B                32 B                     128 B
//             direct | B, B, B … | 4 B, 4 B, 4 B … | 16 B, 16 B, 16 B … | …
//
// A level has partitions of one size S. Each block of S samples is transformed once, multiplied by the spectrum of every partition, and
// the sum is transformed back: S outputs. Where a level begins at tap 2 S or behind, there are S samples between the block's last sample
// and the first of these outputs, and the work is spread over them; the first level begins at tap S, so its work is done at once.

/** Partitions of one size. */
export interface Level {
  /** samples of a block, taps of a partition, outputs of a job */
  readonly size: number;
  /** the first tap */
  readonly from: number;
  /** partitions; the last one may have fewer taps */
  readonly count: number;
  /** base blocks in a block, and so ticks in which a job is done */
  readonly ticks: number;
  /** the tick of a job, from 0 on, in which its block is transformed; the products follow in the ticks between */
  readonly forwardAt: number;
  /** the tick in which the sum of products is transformed back */
  readonly inverseAt: number;
}

/** A filter's parts. */
export interface StreamPlan {
  /** samples from one tick to the next */
  readonly base: number;
  readonly taps: number;
  /** taps that are summed by their definition */
  readonly direct: number;
  readonly levels: readonly Level[];
}

/** Samples from one tick to the next, and of the smallest block: what an AudioWorklet hands over. */
const BASE = 128;

/** A level's block is so many times as long as that of the one before. */
const GROWTH = 4;

/** Ticks of the levels' transforms, so that those of two levels never fall on one tick (the first level's are on every tick). */
const FORWARD_AT = [0, 1, 0, 4, 8];
const INVERSE_AT = [0, 3, 12, 56, 244];

/** What a product of two complex numbers costs beside an operation of a transform: spectra come from the second cache or beyond. */
const PRODUCT = 20;

/** Operations of a transform of so many real numbers. */
const transformCost = (count: number): number => 2.5 * count * Math.log2(count);

/** A plan with so many levels, or undefined where the taps end before. */
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

/** Operations of a call with a base block: of a mean one, and in the largest transform that may come on top. */
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

/** The plan of a filter: of those with 1, 2, … levels the one whose longest call is the shortest, as far as that can be estimated. */
export function streamPlan(taps: number, base = BASE): StreamPlan {
  // below that a level costs more than the sums that it saves
  if (taps <= 2 * base) return { base, taps, direct: taps, levels: [] };
  const plans = FORWARD_AT.flatMap((_, i) => planWith(taps, base, i + 1) ?? []);
  return plans.reduce((best, plan) => (costOf(plan) < costOf(best) ? plan : best));
}

/** The tick of a job, and which part of the products falls on it: none, all, or some of the spectrum. */
export function productShare({ ticks, forwardAt, inverseAt }: Level, tick: number): [number, number] {
  if (ticks === 1) return [0, 1];
  const steps = inverseAt - forwardAt - 1;
  const step = tick - forwardAt - 1;
  return step < 0 || step >= steps ? [0, 0] : [step / steps, (step + 1) / steps];
}

/** The plan in a line: `128 direct, 7 x 128, 6 x 512`. */
export function planText({ direct, levels }: StreamPlan): string {
  return [`${direct} direct`, ...levels.map(({ count, size }) => `${count} x ${size}`)].join(', ');
}
