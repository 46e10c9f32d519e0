// Divides the outputs of a map into blocks, so that copies of plain tensors need limited memory and a combined row stays in the L1 cache.

import { FLOAT_BYTES } from '../core/bytes.js';
import { most, product } from '../core/lists.js';
import { mapAxes, type PerAxis } from '../geometry/axis.js';
import type { Interval } from '../geometry/intervals.js';
import type { Windows } from './windows.js';

/** Limit for the inputs and outputs of a block in bytes, if one of them is copied: a part of the L2 cache. */
const BLOCK_BYTES = 1 << 18;

/** Limit for the inputs of a block's row: half of the L1 cache. */
const ROW = 4096;

/** Consecutive outputs along an axis, and the inputs that they read. */
export interface Part {
  readonly outputs: Interval;
  readonly inputs: Interval;
}

/** The division of a map. */
export interface Cuts {
  /** the parts of each axis */
  readonly parts: PerAxis<readonly Part[]>;
  /** maps that are computed together, if input or output is copied */
  readonly maps: number;
  /** the largest number of inputs and of outputs of a block */
  readonly inputs: number;
  readonly outputs: number;
}

/**
 * Divides the outputs of a map. A block has all inputs of its outputs' windows.
 * @param copied whether input or output are copied
 */
export function cutsOf(axes: Readonly<PerAxis<Windows>>, copied: boolean): Cuts {
  const counts = mapAxes(axes, ({ output }) => output);
  // the inputs of a part in the middle, which are about as many as those of any other
  const inputs = (axis: number) => {
    const begin = (axes[axis].output - counts[axis]) >> 1;
    return axes[axis].span(begin, begin + counts[axis]).count;
  };
  const bytes = () => FLOAT_BYTES * (inputs(0) * inputs(1) * inputs(2) + product(counts));
  const halve = (axis: number) => {
    counts[axis] = Math.ceil(counts[axis] / 2);
  };
  // windows of a wide dilation: parts of fewer outputs would read nearly as many inputs each
  const alone = axes.map(({ output, span }) => span(output / 2, output / 2 + 1).count);
  const row = Math.max(ROW, 2 * alone[2]);
  const block = Math.max(BLOCK_BYTES, 2 * FLOAT_BYTES * product(alone));
  while (inputs(2) > row && counts[2] > 1) halve(2);
  while (copied && bytes() > block && product(counts) > 1) halve(counts.findIndex((count) => count > 1));
  const parts = mapAxes(axes, (windows, axis) => partsOf(windows, counts[axis]));
  const isWhole = parts.every(({ length }) => length === 1);
  return {
    parts,
    maps: isWhole ? Math.max(1, Math.floor(BLOCK_BYTES / bytes())) : 1,
    inputs: product(parts.map((all) => most(all.map((part) => part.inputs.count)))),
    outputs: product(counts),
  };
}

function partsOf(windows: Windows, count: number): Part[] {
  const parts: Part[] = [];
  for (let first = 0; first < windows.output; first += count) {
    const end = Math.min(first + count, windows.output);
    parts.push({ outputs: { first, count: end - first }, inputs: windows.span(first, end) });
  }
  return parts;
}
