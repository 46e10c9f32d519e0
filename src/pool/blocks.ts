// Blocks: how the outputs of a map are cut, so that what is copied in and out has a bounded room, and a combined row stays in the first
// cache.

import { FLOAT_BYTES } from '../core/bytes.js';
import { product } from '../core/lists.js';
import { mapAxes, type PerAxis } from '../geometry/axis.js';
import type { Interval } from '../geometry/intervals.js';
import type { Windows } from './windows.js';

/** Bytes of inputs and outputs of a block, where one of them is copied: a part of the second-level cache. */
const BLOCK_BYTES = 1 << 18;

/** Inputs of a row of a block: half of the first-level cache. */
const ROW = 4096;

/** Neighbouring outputs along an axis, and the inputs that they read. */
export interface Part {
  readonly outputs: Interval;
  readonly inputs: Interval;
}

/** How a map is cut. */
export interface Cuts {
  /** the parts of each axis */
  readonly parts: PerAxis<readonly Part[]>;
  /** maps that are computed together, where a side is copied */
  readonly maps: number;
  /** the most inputs, and outputs, of a part of a map */
  readonly inputs: number;
  readonly outputs: number;
}

/**
 * Cuts the outputs of a map. A window is never cut: a block has at least the inputs of one output.
 * @param copied input or output are copied
 */
export function cutsOf(axes: Readonly<PerAxis<Windows>>, copied: boolean): Cuts {
  const counts = mapAxes(axes, ({ output }) => output);
  // about as many inputs as any part of that many outputs has
  const inputs = (axis: number) => {
    const begin = (axes[axis].output - counts[axis]) >> 1;
    return axes[axis].span(begin, begin + counts[axis]).count;
  };
  const bytes = () => FLOAT_BYTES * (inputs(0) * inputs(1) * inputs(2) + product(counts));
  const halve = (axis: number) => {
    counts[axis] = Math.ceil(counts[axis] / 2);
  };
  while (inputs(2) > ROW && counts[2] > 1) halve(2);
  while (copied && bytes() > BLOCK_BYTES && product(counts) > 1)
    halve(counts.findIndex((count) => count > 1));
  const parts = mapAxes(axes, (windows, axis) => partsOf(windows, counts[axis]));
  const isWhole = parts.every(({ length }) => length === 1);
  return {
    parts,
    maps: isWhole ? Math.max(1, Math.floor(BLOCK_BYTES / bytes())) : 1,
    inputs: product(parts.map((all) => Math.max(...all.map((part) => part.inputs.count)))),
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
