// Copies: between plain tensors and wasm memory, where a plan has several blocks.

import { FLOAT_BYTES } from '../core/bytes.js';
import { product } from '../core/lists.js';
import { type Interval, positionsOf } from '../geometry/intervals.js';
import type { Slice } from '../geometry/slice.js';
import type { Plan } from '../plan/plan.js';
import type { Block } from './block.js';

/** Elements of a map that are neighbours both in the tensor and in the block. */
interface Piece {
  readonly offset: number;
  readonly length: number;
}

/** The pieces of one map that a block loads or stores, in order and as long as they can be. */
function piecesOf(
  slices: readonly Slice[],
  intervals: (slice: Slice) => readonly Interval[],
  [, height, width]: readonly number[],
): Piece[] {
  const [depths, heights, widths] = slices.map(intervals);
  const pieces: { offset: number; length: number }[] = [];
  for (const d of positionsOf(depths)) {
    for (const h of positionsOf(heights)) {
      for (const { first, count } of widths) {
        const offset = (d * height + h) * width + first;
        const last = pieces.at(-1);
        if (last && last.offset + last.length === offset) last.length += count;
        else pieces.push({ offset, length: count });
      }
    }
  }
  return pieces;
}

/** Copies the input of one of several blocks into memory. */
export function loadPieces(plan: Plan, block: Block, memory: Float32Array, tensor: Float32Array): void {
  const { convolution, axes } = plan;
  const sizes = axes.map(({ input }) => input);
  const pieces = piecesOf(block.slices, (slice) => slice.loads, sizes);
  let at = block.loaded / FLOAT_BYTES;
  for (const first of mapsOf(block, convolution.groups, convolution.channels, convolution.input)) {
    for (const { offset, length } of pieces) {
      memory.set(tensor.subarray(first + offset, first + offset + length), at);
      at += length;
    }
  }
}

/** Copies the output of one of several blocks out of memory. */
export function storePieces(plan: Plan, block: Block, memory: Float32Array, tensor: Float32Array): void {
  const { convolution, axes } = plan;
  const sizes = axes.map(({ output }) => output);
  const pieces = piecesOf(block.slices, (slice) => slice.stores, sizes);
  let at = block.target / FLOAT_BYTES;
  for (const first of mapsOf(block, convolution.groups, convolution.filters, convolution.output)) {
    for (const { offset, length } of pieces) {
      tensor.set(memory.subarray(at, at + length), first + offset);
      at += length;
    }
  }
}

/** Where the maps of a block begin in their tensor, in the order in which they lie in the block. */
function* mapsOf(
  { firstImage, images }: Block,
  groups: number,
  maps: number,
  strides: Plan['convolution']['input'],
): Generator<number> {
  for (let image = firstImage; image < firstImage + images; image++)
    for (let group = 0; group < groups; group++)
      for (let map = 0; map < maps; map++)
        yield image * strides.image + group * strides.group + map * strides.map;
}

/** How many numbers a group of an image has in the input, and how many in the output. */
export function numbersOfGroup({ convolution, axes }: Plan): { input: number; output: number } {
  return {
    input: convolution.channels * product(axes.map(({ input }) => input)),
    output: convolution.filters * product(axes.map(({ output }) => output)),
  };
}
