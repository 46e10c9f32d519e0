// Computes pooling block by block. Tensors that are not resident are copied to and from wasm memory.

import { aligned, FLOAT_BYTES, WORD_BYTES } from '../core/bytes.js';
import { describe } from '../core/errors.js';
import { combinations, product } from '../core/lists.js';
import { attached, type Tensor } from '../core/tensor.js';
import { placeOf, stepOf } from '../engine/address.js';
import { heap } from '../engine/heap.js';
import { mapAxes, type PerAxis } from '../geometry/axis.js';
import type { Interval } from '../geometry/intervals.js';
import { wordOf } from '../run/task-writer.js';
import { readOnce } from '../run/tensors.js';
import { PoolTask } from '../shared/pool-task.js';
import { cutsOf, type Part } from './blocks.js';
import { poolModule } from './module.js';
import { type Maps, roomFor, type Tables, tablesOf } from './tables.js';
import type { Windows } from './windows.js';

const SOURCE = wordOf(new PoolTask(), 'source');
const TARGET = wordOf(new PoolTask(), 'target');

/** A pooling function for given sizes. Calls of the same sizes share it with its cached layouts. */
export interface Pooling {
  /** maximum or mean */
  readonly isMax: boolean;
  readonly maps: number;
  readonly axes: Readonly<PerAxis<Windows>>;
  /** cached layouts, by which of input and output are copied */
  readonly layouts: Layout[];
}

/** The division into blocks, and the layout of the scratch. */
interface Layout {
  /** the parts of each block */
  readonly blocks: readonly PerAxis<Part>[];
  /** maps that are computed together */
  readonly together: number;
  /** byte offsets of the combined row and of the copied inputs and outputs, and the total size */
  readonly row: number;
  readonly loaded: number;
  readonly stored: number;
  readonly bytes: number;
  /** the cached block, if there is only one */
  block?: Block;
}

/** A block, with its tables at an address. */
interface Block extends Tables {
  readonly address: number;
  readonly inputs: PerAxis<Interval>;
  readonly outputs: PerAxis<Interval>;
  readonly source: MapPlace;
  readonly target: MapPlace;
}

/** The strides of a block's maps, and the offset of its first element from the start of the tensor or its copy. */
interface MapPlace extends Maps {
  readonly first: number;
}

/**
 * Computes the output `y` from the input `x`.
 * @throws RangeError if there is not enough memory
 */
export function pool(pooling: Pooling, x: Tensor, y: Tensor): void {
  if (product(y.shape) === 0) return;
  x = readOnce(x);
  y = readOnce(y);
  const { isMax, maps, axes, layouts } = pooling;
  const engine = heap();
  const entries = poolModule(engine);
  const compute = isMax ? entries.poolMax : entries.poolSum;
  const [input, output] = [placeOf(x), placeOf(y)];
  const steps = [stepOf(x), stepOf(y)];
  // images that are not contiguous are processed one by one
  const images = Math.max(...steps) < 0 ? 1 : x.shape[0];
  const sides = 2 * +(input < 0) + +(output < 0);
  const layout = (layouts[sides] ??= layoutOf(pooling, input < 0, output < 0));
  const { blocks, together } = layout;
  const tables = engine.reserve(layout.bytes, () => `windows of ${describe(x.shape)}`);
  const [loaded, stored] = [tables + layout.loaded, tables + layout.stored];

  for (const parts of blocks) {
    let block = layout.block;
    if (block?.address !== tables) {
      block = blockOf(pooling, parts, input < 0, output < 0, tables, tables + layout.row);
      if (blocks.length === 1) layout.block = block;
    }
    const { inputs, outputs, source, target, task, words } = block;
    engine.i32.set(words, tables / WORD_BYTES);
    for (let image = 0; image < images; image++) {
      const begin = (image * maps) / images;
      const end = begin + maps / images;
      const mapAddress = (place: MapPlace, step: number, map: number) =>
        place.first + (step < 0 ? map * place.map : FLOAT_BYTES * image * step + (map - begin) * place.map);
      for (let map = begin; map < end; map += together) {
        const count = Math.min(together, end - map);
        if (input < 0)
          eachSegment(inputs, axes, 'input', map, count, (from, to, at) => {
            engine.f32.set(attached(x).subarray(from, to), loaded / FLOAT_BYTES + at);
          });
        const word = task / WORD_BYTES;
        engine.i32[word + SOURCE] = input < 0 ? loaded : input + mapAddress(source, steps[0], map);
        engine.i32[word + TARGET] = output < 0 ? stored : output + mapAddress(target, steps[1], map);
        compute(task, 0, count);
        if (output < 0)
          eachSegment(outputs, axes, 'output', map, count, (from, to, at) => {
            const first = stored / FLOAT_BYTES + at;
            attached(y).set(engine.f32.subarray(first, first + to - from), from);
          });
      }
    }
  }
}

function layoutOf({ axes, maps }: Pooling, isLoaded: boolean, isStored: boolean): Layout {
  const isCopied = isLoaded || isStored;
  const cuts = cutsOf(axes, isCopied);
  const together = isCopied ? Math.min(cuts.maps, maps) : maps;
  const room = roomFor(axes, cuts.parts);
  const row = aligned(WORD_BYTES * room.words);
  const loaded = row + aligned(room.rowBytes);
  const stored = loaded + aligned(isLoaded ? FLOAT_BYTES * together * cuts.inputs : 0);
  const bytes = stored + aligned(isStored ? FLOAT_BYTES * together * cuts.outputs : 0);
  return { blocks: combinations(cuts.parts) as PerAxis<Part>[], together, row, loaded, stored, bytes };
}

/** Builds a block with its tables at `address` and its combined row at `row`. */
function blockOf(
  { axes }: Pooling,
  parts: Readonly<PerAxis<Part>>,
  isLoaded: boolean,
  isStored: boolean,
  address: number,
  row: number,
): Block {
  const inputs = mapAxes(parts, (part) => part.inputs);
  const outputs = mapAxes(parts, (part) => part.outputs);
  const source = placed(inputs, axes, isLoaded ? undefined : 'input');
  const target = placed(outputs, axes, isStored ? undefined : 'output');
  return { ...tablesOf(axes, parts, address, row, source, target), address, inputs, outputs, source, target };
}

/** The layout of a block's maps: in the whole tensor if `side` is given, else in a contiguous copy. */
function placed(
  parts: Readonly<PerAxis<Interval>>,
  axes: Readonly<PerAxis<Windows>>,
  side: 'input' | 'output' | undefined,
): MapPlace {
  const [depths, rows, columns] = mapAxes(parts, ({ count }, axis) => (side ? axes[axis][side] : count));
  const row = FLOAT_BYTES * columns;
  const depth = rows * row;
  const [atDepth, atRow, atColumn] = parts.map(({ first }) => (side ? first : 0));
  return { first: atDepth * depth + atRow * row + FLOAT_BYTES * atColumn, map: depths * depth, depth, row };
}

/**
 * Visits the segments of a block of `count` maps, beginning with `map`, each as long as possible: its range in the tensor, and its offset
 * in the copy.
 */
function eachSegment(
  parts: Readonly<PerAxis<Interval>>,
  axes: Readonly<PerAxis<Windows>>,
  side: 'input' | 'output',
  map: number,
  count: number,
  visit: (from: number, to: number, at: number) => void,
): void {
  const [depth, height, width] = mapAxes(axes, (axis) => axis[side]);
  const [depths, rows, columns] = parts;
  const size = depth * height * width;
  const held = depths.count * rows.count * columns.count;
  if (held === size) {
    visit(map * size, (map + count) * size, 0);
    return;
  }
  // one segment per depth, or one per row
  const isDense = columns.count === width;
  const segments = isDense ? 1 : rows.count;
  const length = isDense ? rows.count * width : columns.count;
  let at = 0;
  for (let m = map; m < map + count; m++) {
    for (let d = depths.first; d < depths.first + depths.count; d++) {
      for (let segment = 0; segment < segments; segment++, at += length) {
        const from = m * size + (d * height + rows.first + segment) * width + columns.first;
        visit(from, from + length, at);
      }
    }
  }
}
