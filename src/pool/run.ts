// Run: computes the windows of all maps, block by block. What is no resident tensor is copied in and out.

import { aligned, FLOAT_BYTES, WORD_BYTES } from '../core/bytes.js';
import { describe } from '../core/errors.js';
import { combinations, product } from '../core/lists.js';
import { attached, type Tensor } from '../core/tensor.js';
import { placeOf, stepOf } from '../engine/address.js';
import { heap } from '../engine/heap.js';
import { mapAxes, type PerAxis } from '../geometry/axis.js';
import type { Interval } from '../geometry/intervals.js';
import { wordOf } from '../run/task-writer.js';
import { PoolTask } from '../shared/pool-task.js';
import { cutsOf, type Part } from './blocks.js';
import { poolModule } from './module.js';
import { type Maps, roomFor, tablesOf } from './tables.js';
import type { Windows } from './windows.js';

const SOURCE = wordOf(new PoolTask(), 'source');
const TARGET = wordOf(new PoolTask(), 'target');

/** What is computed of each map. */
export interface Pooling {
  /** the largest number of each window, or the mean */
  readonly isMax: boolean;
  readonly maps: number;
  readonly axes: Readonly<PerAxis<Windows>>;
}

/**
 * Computes y of x.
 * @throws RangeError where memory lacks
 */
export function pool({ isMax, maps, axes }: Pooling, x: Tensor, y: Tensor): void {
  if (product(y.shape) === 0) return;
  const engine = heap();
  const entries = poolModule(engine);
  const compute = isMax ? entries.poolMax : entries.poolSum;
  const [input, output] = [placeOf(x), placeOf(y)];
  const steps = [stepOf(x), stepOf(y)];
  // images that lie apart go one by one
  const images = Math.max(...steps) < 0 ? 1 : x.shape[0];
  const cuts = cutsOf(axes, input < 0 || output < 0);
  const together = input < 0 || output < 0 ? Math.min(cuts.maps, maps) : maps;
  const room = roomFor(axes, cuts.parts);
  const row = aligned(WORD_BYTES * room.words);
  const loaded = row + aligned(room.rowBytes);
  const stored = loaded + aligned(input < 0 ? FLOAT_BYTES * together * cuts.inputs : 0);
  const end = stored + aligned(output < 0 ? FLOAT_BYTES * together * cuts.outputs : 0);
  const tables = engine.reserve(end, () => `windows of ${describe(x.shape)}`);

  const inputSizes = mapAxes(axes, (axis) => axis.input);
  const outputSizes = mapAxes(axes, (axis) => axis.output);
  for (const parts of combinations(cuts.parts) as PerAxis<Part>[]) {
    const inputs = mapAxes(parts, (part) => part.inputs);
    const outputs = mapAxes(parts, (part) => part.outputs);
    const source = placed(inputs, inputSizes, input, tables + loaded);
    const target = placed(outputs, outputSizes, output, tables + stored);
    const { task, words } = tablesOf(axes, parts, tables, tables + row, source, target);
    engine.i32.set(words, tables / WORD_BYTES);
    for (let image = 0; image < images; image++) {
      const begin = (image * maps) / images;
      const end = begin + maps / images;
      const mapAddress = (place: typeof source, step: number, map: number) =>
        place.first + (step < 0 ? map * place.map : FLOAT_BYTES * image * step + (map - begin) * place.map);
      for (let map = begin; map < end; map += together) {
        const count = Math.min(together, end - map);
        if (input < 0)
          eachSegment(inputs, inputSizes, map, count, (from, to, at) => {
            engine.f32.set(attached(x).subarray(from, to), (tables + loaded) / FLOAT_BYTES + at);
          });
        engine.i32[task / WORD_BYTES + SOURCE] = input < 0 ? source.first : mapAddress(source, steps[0], map);
        engine.i32[task / WORD_BYTES + TARGET] =
          output < 0 ? target.first : mapAddress(target, steps[1], map);
        compute(task, 0, count);
        if (output < 0)
          eachSegment(outputs, outputSizes, map, count, (from, to, at) => {
            const first = (tables + stored) / FLOAT_BYTES + at;
            attached(y).set(engine.f32.subarray(first, first + to - from), from);
          });
      }
    }
  }
}

/** Where the maps of a block lie: in the whole tensor at `address`, or, if that is -1, one after another at `copy`. */
function placed(
  parts: Readonly<PerAxis<Interval>>,
  sizes: Readonly<PerAxis>,
  address: number,
  copy: number,
): Maps & { readonly first: number } {
  const [depths, rows, columns] = address < 0 ? mapAxes(parts, ({ count }) => count) : sizes;
  const row = FLOAT_BYTES * columns;
  const depth = rows * row;
  const [atDepth, atRow, atColumn] = parts.map(({ first }) => first);
  const first = address < 0 ? copy : address + atDepth * depth + atRow * row + FLOAT_BYTES * atColumn;
  return { first, map: depths * depth, depth, row };
}

/**
 * Tells of the segments of `count` maps from `map` on, as long as they can be: from which element of the tensor to which, and at which of
 * the copy.
 */
function eachSegment(
  parts: Readonly<PerAxis<Interval>>,
  sizes: Readonly<PerAxis>,
  map: number,
  count: number,
  tell: (from: number, to: number, at: number) => void,
): void {
  const [depth, height, width] = sizes;
  const [depths, rows, columns] = parts;
  const size = depth * height * width;
  const held = depths.count * rows.count * columns.count;
  if (held === size) {
    tell(map * size, (map + count) * size, 0);
    return;
  }
  // of each depth one segment of rows, or one of each row
  const isDense = columns.count === width;
  const segments = isDense ? 1 : rows.count;
  const length = isDense ? rows.count * width : columns.count;
  let at = 0;
  for (let m = map; m < map + count; m++) {
    for (let d = depths.first; d < depths.first + depths.count; d++) {
      for (let segment = 0; segment < segments; segment++, at += length) {
        const from = m * size + (d * height + rows.first + segment) * width + columns.first;
        tell(from, from + length, at);
      }
    }
  }
}
