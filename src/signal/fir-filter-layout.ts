// Where a stream's numbers lie in wasm memory: offsets in numbers, from one address on.
//
//   the transforms' tables | coefficients, their spectra | scratch | channel 0: past, future, for each level the blocks' spectra and the sum | channel 1 …

import type { StreamPlan } from './fir-filter-plan.js';

/** Numbers that are read behind a range, whatever is there. */
const BEYOND = 16;

/** Numbers between areas, so that those of a power of two don't begin at the same place of a page. Between spectra it gained nothing. */
const APART = 48;

/** A level's areas. */
export interface LevelLayout {
  /** numbers of a spectrum */
  readonly spectrum: number;
  /** spectra of the partitions of the first kernel; those of the next kernel follow */
  readonly kernels: number;
  /** in a channel: spectra of the last blocks, a ring of as many as there are partitions */
  readonly blocks: number;
  /** in a channel: the sum of products */
  readonly sum: number;
}

/** All areas. */
export interface Layout {
  /** what transforms keep, from the beginning on */
  readonly tables: number;
  readonly coefficients: number;
  readonly scratch: number;
  readonly levels: readonly LevelLayout[];
  /** the first channel, and numbers from one to the next */
  readonly channels: number;
  readonly channel: number;
  /** in a channel: the last inputs, a ring of `pastSize` that is written twice, so that all up to that many lie in one piece */
  readonly past: number;
  readonly pastSize: number;
  /** in a channel: sums of products of outputs to come, a ring */
  readonly future: number;
  readonly futureSize: number;
  readonly total: number;
}

/** The layout for a plan whose filter has coefficients in `kernels` kernels of `length`, and zeros before them; `kept` are the tables' numbers. */
export function layoutOf(
  plan: StreamPlan,
  length: number,
  kernels: number,
  channels: number,
  kept: number,
): Layout {
  const { base, taps, levels } = plan;
  let next = 0;
  const take = (count: number): number => {
    const at = next;
    next += Math.ceil((count + APART) / BEYOND) * BEYOND;
    return at;
  };
  const tables = take(kept);
  const coefficients = take(length * kernels);
  const kernelAreas = levels.map(({ size, count }) => take(2 * size * count * kernels));
  const largest = levels.length > 0 ? levels[levels.length - 1].size : 0;
  const scratch = take(2 * largest);
  const first = next;

  // what lies in a channel counts from the channel on
  next = 0;
  const reach = levels.map(({ size, forwardAt }) => 2 * size + forwardAt * base);
  const pastSize = base * (2 + Math.ceil(Math.max(taps, ...reach) / base));
  const futureSize = Math.max(base, 2 * largest);
  const past = take(2 * pastSize);
  const future = take(futureSize);
  const areas = levels.map(({ size, count }, i) => ({
    spectrum: 2 * size,
    kernels: kernelAreas[i],
    blocks: take(2 * size * count),
    sum: take(2 * size),
  }));
  return {
    tables,
    coefficients,
    scratch,
    levels: areas,
    channels: first,
    channel: next,
    past,
    pastSize,
    future,
    futureSize,
    total: first + next * channels + BEYOND,
  };
}
