// Tables: a block of pooling as the kernels read it.

import { FLOAT_BYTES, VECTOR_BYTES } from '../core/bytes.js';
import type { PerAxis } from '../geometry/axis.js';
import { TaskWriter, wordsOf } from '../run/task-writer.js';
import { PoolTask } from '../shared/pool-task.js';
import type { Part } from './blocks.js';
import type { Windows } from './windows.js';

/** Words of an entry: offset, count, divisor. */
const ENTRY_WORDS = 3;

/** From this many neighbours on, a window with a step of three and more is combined by itself. */
const LONG = 8;

/** Where the maps of a block lie, in bytes. */
export interface Maps {
  readonly map: number;
  readonly depth: number;
  readonly row: number;
}

/** Room that a block needs. */
export interface Room {
  /** words of the task and its tables */
  readonly words: number;
  /** bytes of a combined row */
  readonly rowBytes: number;
}

/** Whether the windows of an axis are combined one by one. */
function areRanges({ axis }: Windows): boolean {
  if (!axis) return true;
  const { kernel, stride, dilation, output } = axis;
  return dilation === 1 && (output === 1 || (kernel >= LONG && stride > 2));
}

/** A row of a part, as it is combined: numbers of padding, inputs, numbers of padding. */
function rowOf(
  windows: Windows,
  { inputs, outputs }: Part,
): { left: number; columns: number; right: number } {
  const { axis } = windows;
  const columns = inputs.count;
  if (!axis || areRanges(windows)) return { left: 0, columns, right: 0 };
  const { stride, padding, dilation, kernel } = axis;
  const all = stride * (outputs.count - 1) + dilation * (kernel - 1) + 1;
  const left = Math.min(all, Math.max(0, padding - stride * outputs.first));
  return { left, columns, right: Math.max(0, all - left - columns) };
}

/** The room for any block with these parts. */
export function roomFor([, , width]: Readonly<PerAxis<Windows>>, parts: PerAxis<readonly Part[]>): Room {
  const outputs = parts.map((all) => Math.max(...all.map((part) => part.outputs.count)));
  const rows = parts[2].map((part) => {
    const { left, columns, right } = rowOf(width, part);
    return left + columns + right;
  });
  return {
    // the divisors of a row may be fewer than its entries, and a vector more
    words: ENTRY_WORDS * (outputs[0] + outputs[1] + outputs[2]) + VECTOR_BYTES + wordsOf(new PoolTask()),
    // kernels write up to a vector more, and read up to two
    rowBytes: FLOAT_BYTES * Math.max(...rows) + 2 * VECTOR_BYTES,
  };
}

/** A block's words, and the address of its task. */
export interface Tables {
  readonly words: Int32Array;
  readonly task: number;
}

/**
 * The task and the tables of a block.
 * @param address where they will lie
 * @param row where the combined row lies
 * @param source strides of the inputs, whose first one is that of the part's; `target` likewise
 */
export function tablesOf(
  axes: Readonly<PerAxis<Windows>>,
  parts: Readonly<PerAxis<Part>>,
  address: number,
  row: number,
  source: Maps,
  target: Maps,
): Tables {
  const writer = new TaskWriter(address);
  const [depth, height, width] = axes;
  const isRanges = areRanges(width);
  const [depths, rows, columns] = parts;
  const task = Object.assign(new PoolTask(), {
    sourceMap: source.map,
    targetMap: target.map,
    targetDepth: target.depth,
    targetRow: target.row,
    depth: depths.outputs.count,
    height: rows.outputs.count,
    width: columns.outputs.count,
    depthTable: writer.table(entries(depth, depths, source.depth)),
    depthStep: depth.step * source.depth,
    rowTable: writer.table(entries(height, rows, source.row)),
    rowStep: height.step * source.row,
    columnTable: isRanges ? writer.table(entries(width, columns, FLOAT_BYTES)) : 0,
    divisors: isRanges ? 0 : writer.table(divisors(width, columns)),
    row,
    ...rowOf(width, columns),
  });
  if (width.axis)
    Object.assign(task, {
      kernel: width.axis.kernel,
      stride: FLOAT_BYTES * width.axis.stride,
      dilation: FLOAT_BYTES * width.axis.dilation,
    });
  return { task: writer.task(task), words: writer.words };
}

/** { offset, count, divisor } of each output of a part; `stride` is in bytes. */
function entries(windows: Windows, { outputs, inputs }: Part, stride: number): Int32Array {
  const words = new Int32Array(ENTRY_WORDS * outputs.count);
  const floats = new Float32Array(words.buffer);
  for (let o = 0, at = 0; o < outputs.count; o++, at += ENTRY_WORDS) {
    const { first, count, divisor } = windows.at(outputs.first + o);
    words[at] = count > 0 ? (first - inputs.first) * stride : 0;
    words[at + 1] = count;
    floats[at + 2] = divisor;
  }
  return words;
}

/** The divisors of a part, and those of three more outputs. */
function divisors(windows: Windows, { outputs }: Part): Int32Array {
  const floats = new Float32Array(outputs.count + 3).fill(1);
  for (let o = 0; o < outputs.count; o++) floats[o] = windows.at(outputs.first + o).divisor;
  return new Int32Array(floats.buffer);
}
