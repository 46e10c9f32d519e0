// Builds the task and the tables of a block of pooling.

import { FLOAT_BYTES, VECTOR_BYTES } from '../core/bytes.js';
import { most } from '../core/lists.js';
import type { PerAxis } from '../geometry/axis.js';
import { TaskWriter, wordsOf } from '../run/task-writer.js';
import { PoolTask } from '../shared/pool-task.js';
import type { Part } from './blocks.js';
import type { Windows } from './windows.js';

/** Words of a table entry: offset, count, divisor. */
const ENTRY_WORDS = 3;

/** Words behind the divisors of a row, because kernels read four at a time. */
const BEHIND = 3;

/** Windows along a row that have at least this many elements and a stride above two are combined one by one. */
const LONG = 8;

/** Strides of a block's maps in bytes. */
export interface Maps {
  readonly map: number;
  readonly depth: number;
  readonly row: number;
}

/** The memory that a block needs. */
interface Room {
  /** words of the task and its tables */
  readonly words: number;
  /** bytes of the combined row */
  readonly rowBytes: number;
}

/** Whether the windows along a row are combined one by one, rather than four at a time. */
function areRanges({ axis }: Windows): boolean {
  if (!axis) return true;
  const { kernel, stride, dilation, output } = axis;
  return dilation === 1 && (output === 1 || (kernel >= LONG && stride > 2));
}

/** The parts of the combined row: elements of padding, inputs, and padding. */
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

/** The memory for any block with these parts. */
export function roomFor([, , width]: Readonly<PerAxis<Windows>>, parts: PerAxis<readonly Part[]>): Room {
  const outputs = parts.map((all) => most(all.map((part) => part.outputs.count)));
  const rows = parts[2].map((part) => {
    const { left, columns, right } = rowOf(width, part);
    return left + columns + right;
  });
  return {
    // a row has entries or divisors, and divisors take fewer words
    words: ENTRY_WORDS * (outputs[0] + outputs[1] + outputs[2]) + BEHIND + wordsOf(new PoolTask()),
    // kernels write up to one vector past the end, and read up to two
    rowBytes: FLOAT_BYTES * most(rows) + 2 * VECTOR_BYTES,
  };
}

/** A block's words, and the address of its task. */
export interface Tables {
  readonly words: Int32Array;
  readonly task: number;
}

/**
 * Builds the task and the tables of a block.
 * @param address the address that they will have
 * @param row the address of the combined row
 * @param source strides of the inputs
 * @param target strides of the outputs
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

/** The entries { offset, count, divisor } of a part's outputs. `stride` is in bytes. */
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

/** The divisors of a part's outputs. */
function divisors(windows: Windows, { outputs }: Part): Int32Array {
  const floats = new Float32Array(outputs.count + BEHIND).fill(1);
  for (let o = 0; o < outputs.count; o++) floats[o] = windows.at(outputs.first + o).divisor;
  return new Int32Array(floats.buffer);
}
