// Workload: the sizes by which rows judge, from the slices of a convolution; and which classes of outputs can share a window.

import { FLOAT_BYTES } from '../core/bytes.js';
import { most, product, sum } from '../core/lists.js';
import { type Axis, mapAxes, type PerAxis, shownSize } from '../geometry/axis.js';
import type { Phases } from '../geometry/phases.js';
import { isStaged, type Slices, smallest } from '../geometry/slice.js';
import type { Convolution } from '../problem/convolution.js';
import { TILE_PIXELS } from '../shared/sizes.js';
import type { Workload } from './algorithms/algorithm.js';
import type { Cuts } from './cuts.js';
import { spacingsOf } from './spacing.js';

/** A convolution in blocks, before it is decided whether classes of outputs share a window. */
interface Divided {
  readonly convolution: Convolution;
  readonly axes: Readonly<PerAxis<Axis>>;
  readonly turned: boolean;
  /** images in a block */
  readonly images: number;
  readonly cuts: Cuts;
  /** the cuts with completed phases */
  readonly complete: Cuts;
  /** slices where each class has its own window */
  readonly own: Slices;
  /** slices where classes share a window, with completed phases */
  readonly alike: Slices;
}

/** The workload of the smallest class of outputs. */
export function workloadOf(divided: Divided): Workload {
  const { convolution, turned, images, cuts, complete, own, alike } = divided;
  const { batch, groups, channels, filters, input, axes } = convolution;
  const [depth, height, width] = fewestOutputs(own);
  const terms = channels * product(cuts.map(({ split }) => most(split.phases.map(({ taps }) => taps))));
  return {
    images,
    channels,
    filters,
    terms,
    meeting: mapAxes(divided.axes, (axis, index) => shareMeeting(axis, cuts[index].split)),
    products: batch * groups * filters * terms * product(axes.map(({ output }) => output)),
    depth,
    height,
    width,
    spacings: spacingsOf(complete),
    classes: classesOf(alike),
    share: product(complete.map(({ split }) => shareOf(split))),
    sizes: smallest(alike, ({ count }) => count),
    mapBytes: turned || isStaged(own) ? 0 : FLOAT_BYTES * input.map,
  };
}

/**
 * The share of the products of an axis that meets an input, at most: with each tap, an output of a phase meets another input. Fewer do where
 * the outputs begin or end beside the inputs.
 */
function shareMeeting(axis: Axis, { phases, advance }: Phases): number {
  const inputs = Math.ceil(shownSize(axis) / Math.abs(advance));
  const met = sum(phases.map(({ count, taps }) => taps * Math.min(count, inputs)));
  return met / sum(phases.map(({ count, taps }) => taps * count)) || 1;
}

/** The taps of phases that have kernel elements, as a share of all. */
function shareOf({ phases }: Phases): number {
  const present = sum(phases.map((phase) => phase.present.count));
  return present / sum(phases.map(({ taps }) => taps)) || 1;
}

/** Outputs along each axis of the smallest class in any block. */
export function fewestOutputs(slices: Slices): PerAxis {
  return smallest(slices, ({ fewest }) => fewest);
}

/** How many classes of outputs can share a window: all combinations of phases along the innermost axes whose phases read the same. */
export function classesOf(slices: Slices): number {
  let classes = 1;
  for (const [slice] of [...slices].reverse()) {
    if (!slice?.alike) break;
    classes *= slice.covered;
  }
  return classes;
}

/** Sharing is cheap where it takes less than 5 % more pixel tiles. */
const CHEAP_SHARING = 1.05;

/** Whether it is cheap that classes share a window: they compute a few more outputs, but pack inputs once. (Classes of a transform always do.) */
export function isSharingCheap({ sizes, depth, height, width }: Workload): boolean {
  const tiles = ([deep, high, wide]: Readonly<PerAxis>) => deep * high * Math.ceil(wide / TILE_PIXELS);
  return tiles(sizes) < CHEAP_SHARING * tiles([depth, height, width]);
}
