// The layout of a stream's wasm memory: offsets in numbers from the stream's address.
//
//   transform tables | coefficients and their spectra | scratch | channel 0: past, future, and for each level block spectra and a sum | channel 1 …

import type { StreamPlan } from './plan.js';

/** Vector loads may read this many numbers past the end of an area. */
const BEYOND = 16;

/** Numbers between areas, so that areas of a power of two do not share cache sets. No gain between spectra. */
const APART = 48;

/** The areas of a level. */
export interface LevelLayout {
  /** length of a spectrum */
  readonly spectrum: number;
  /** the spectra of the first kernel's partitions, followed by those of the next kernels */
  readonly kernels: number;
  /** in a channel: a ring of the spectra of the last blocks, one for each partition */
  readonly blocks: number;
  /** in a channel: the sum of products of spectra */
  readonly sum: number;
}

/** All areas, as offsets. */
export interface Layout {
  /** the transforms' tables, at the beginning */
  readonly tables: number;
  readonly coefficients: number;
  readonly scratch: number;
  readonly levels: readonly LevelLayout[];
  /** the first channel, and the distance between channels */
  readonly channels: number;
  readonly channel: number;
  /** in a channel: a ring of the last `pastSize` inputs, stored twice so that any `pastSize` consecutive ones are contiguous */
  readonly past: number;
  readonly pastSize: number;
  /** in a channel: a ring of partial sums of future outputs */
  readonly future: number;
  readonly futureSize: number;
  readonly total: number;
}

/** The sizes of a stream: its kernels, each of so many coefficients, and its channels. */
export interface StreamSizes {
  readonly length: number;
  readonly kernels: number;
  readonly channels: number;
}

/** The layout of a plan; zeros that precede the coefficients are not stored. `kept` is the length of the tables. */
export function layoutOf(plan: StreamPlan, { length, kernels, channels }: StreamSizes, kept: number): Layout {
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

  // offsets within a channel
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
