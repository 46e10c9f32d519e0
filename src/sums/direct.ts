// Direct: sums computed as they are defined, by the second module: blocks of outputs whose operands are staged in scratch.

import { engine } from '../engine/start.js';
import { signalModule } from '../spectrum/module.js';
import { exactSums } from './exact.js';
import { type ItemAxis, itemsFirst, type Lines, linesOf } from './lines.js';
import { Operand } from './operand.js';
import { copyOut, permuted } from './outputs.js';
import { blockSizes, extentOf, lineLength, type Part, partsOf } from './parts.js';
import type { SumOperands, SumRequest } from './request.js';
import { kernelRuns, signalRuns } from './runs.js';
import { type NumberArray, type Samples, zeros } from './samples.js';

/** Operands with a result to write. */
type Written = SumOperands & { readonly out: Samples };

/** Computes a request's sums into `out`. */
export function directSums(operands: Written, request: SumRequest): void {
  const { signal, kernel, out } = operands;
  const order = itemsFirst(request, kernel.shape);
  if (order) {
    const axes = order.map((axis) => request.axes[axis]);
    const turned = {
      signal: permuted(signal, order),
      kernel: permuted(kernel, order),
      out: zeros(
        order.map((axis) => out.shape[axis]),
        request.dtype,
      ),
    };
    directSums(turned, { ...request, axes });
    const back = order.map((_, axis) => order.indexOf(axis));
    out.data.set(permuted(turned.out, back).data as Float32Array);
    return;
  }
  const lines = linesOf(request, signal.shape, kernel.shape);
  const { parts, complete } = partsOf(lines.sums);
  if (!complete) out.data.fill(0);
  for (const part of parts) computePart(operands, request, lines, part);
  if (request.border === 'nothing' && reachesOutside(lines) && !allFinite(kernel.data))
    exactSums(operands, request, true);
}

/** Whether an output meets what is outside. */
function reachesOutside({ sums }: Lines): boolean {
  return sums.some(({ size, taps, count, first, direction, stride, upsample }) => {
    const last = first + stride * (count - 1);
    const reach = direction * (taps - 1);
    return Math.min(first, first + reach) < 0 || Math.max(last, last + reach) > (size - 1) * upsample;
  });
}

/** Whether all numbers are finite. */
function allFinite(data: NumberArray): boolean {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += 0 * data[i];
  return sum === 0;
}

/** What a block computes: of each axis outputs and taps, of groups some numbers, of independent sums some. */
interface Block {
  readonly outs: readonly number[];
  readonly counts: readonly number[];
  readonly taps: readonly number[];
  readonly tapCounts: readonly number[];
  readonly groupFrom: number;
  readonly group: number;
  readonly items: readonly number[];
  readonly itemCount: number;
}

function computePart(operands: Written, request: SumRequest, lines: Lines, part: Part): void {
  const sizes = blockSizes(part, lines);
  const { items } = lines;
  const outerItems = items.slice(0, -1).map(({ count }) => each(count, 1));
  const itemBlocks = items.length > 0 ? [each(items[items.length - 1].count, sizes.items)] : [];
  const rest = [
    ...part.map(({ count }, i) => each(count, sizes.counts[i])),
    each(lines.group, sizes.group),
    ...part.map(({ taps }, i) => each(taps, sizes.taps[i])),
  ];
  const all = [...outerItems, ...itemBlocks, ...rest];
  const ranges = all.map(() => [0, 0] as Range);
  const walk = (level: number): void => {
    if (level < all.length) {
      for (const range of all[level]) {
        ranges[level] = range;
        walk(level + 1);
      }
      return;
    }
    const at = items.length;
    const axes = ranges.slice(at, at + part.length);
    const taps = ranges.slice(at + part.length + 1);
    computeBlock(operands, request, lines, part, {
      outs: axes.map(([from]) => from),
      counts: axes.map(([, count]) => count),
      groupFrom: ranges[at + part.length][0],
      group: ranges[at + part.length][1],
      taps: taps.map(([from]) => from),
      tapCounts: taps.map(([, count]) => count),
      items: ranges.slice(0, at).map(([from]) => from),
      itemCount: at > 0 ? ranges[at - 1][1] : 1,
    });
  };
  walk(0);
}

type Range = [from: number, count: number];

/** Ranges of at most `most` that make up `count`. */
function each(count: number, most: number): Range[] {
  const ranges: Range[] = [];
  for (let from = 0; from < count; from += most) ranges.push([from, Math.min(most, count - from)]);
  return ranges;
}

function computeBlock(
  { signal, kernel, out }: Written,
  { border, dtype }: SumRequest,
  lines: Lines,
  part: Part,
  block: Block,
): void {
  const { outs, counts, taps, tapCounts, group, items, itemCount } = block;
  const bytes = dtype === 'float64' ? 8 : 4;
  const last = part.length - 1;
  const itemRuns = (axes: readonly ItemAxis[], own: (axis: ItemAxis) => boolean) =>
    axes.map((axis, i) => [
      { from: own(axis) ? items[i] : 0, count: i === axes.length - 1 && own(axis) ? itemCount : 1, step: 1 },
    ]);
  const signalOperand = new Operand({
    data: signal.data,
    sizes: [...lines.items.map(({ signals }) => signals), ...part.map(({ size }) => size)],
    lines: [
      ...itemRuns(lines.items, ({ signals }) => signals > 1),
      ...part.map(({ size, stride, first }, i) => {
        const from = first + stride * outs[i] + taps[i];
        return signalRuns(
          size,
          border,
          from,
          extentOf(stride, counts[i], tapCounts[i]),
          stride,
          tapCounts[i],
        );
      }),
    ],
    group: lines.group,
    from: block.groupFrom,
    count: group,
  });
  const kernelOperand = new Operand({
    data: kernel.data,
    sizes: [...lines.items.map(({ count }) => count), ...part.map(({ kernelSize }) => kernelSize)],
    lines: [
      ...itemRuns(lines.items, () => true),
      ...part.map((axis, i) =>
        kernelRuns(axis.kernel + axis.kernelStep * taps[i], axis.kernelStep, tapCounts[i], axis.stride),
      ),
    ],
    group: 1,
    from: 0,
    count: 1,
  });

  // numbers from one line of the staged signal to the next, and of the outputs
  const pitches = counts.map(() => group);
  const outPitches = counts.map(() => group);
  for (let i = last - 1; i >= 0; i--) {
    const inner = i + 1;
    pitches[i] = pitches[inner] * lineLength(part[inner].stride, counts[inner], tapCounts[inner]);
    outPitches[i] = outPitches[inner] * counts[inner];
  }
  const rowLength = counts[last] * group;
  // short rows are computed as one, with what lies between them
  const joined =
    last > 0 && counts[last - 1] > 1 && rowLength < 64 && pitches[last - 1] < rowLength + 16 + rowLength / 4;
  const length = joined ? (counts[last - 1] - 1) * pitches[last - 1] + rowLength : rowLength;
  if (joined) {
    outPitches[last - 1] = pitches[last - 1];
    if (last > 1) outPitches[last - 2] = length;
    for (let i = last - 3; i >= 0; i--) outPitches[i] = outPitches[i + 1] * counts[i + 1];
  }
  const rowAxes = joined ? last - 1 : last;
  const outLength = rowAxes > 0 ? outPitches[0] * counts[0] : length;
  const signalLength = signalOperand.staged / (lines.items.at(-1)?.signals === 1 ? 1 : itemCount);
  const groups = groupsOf(part, block, pitches, bytes);
  const depth = rowAxes + 1;
  const tableLength = signalOperand.tableLength + kernelOperand.tableLength + 4 * groups.length + 4 * depth;

  // one range for all: tables, copies, what is staged, outputs
  const start = engine();
  const entries = signalModule(start);
  const areas = [
    4 * tableLength,
    bytes * signalOperand.copied,
    bytes * kernelOperand.copied,
    bytes * signalOperand.staged,
    bytes * kernelOperand.staged,
    bytes * outLength * itemCount,
  ].map((size) => (size + 79) & ~15);
  const base = start.reserve(
    areas.reduce((a, b) => a + b, 0),
    'sums',
  );
  let end = base;
  const [table, copied, copiedKernel, staged, weights, result] = areas.map((size) => {
    const address = end;
    end += size;
    return address;
  });
  const view = (address: number, count: number): NumberArray => {
    const { buffer } = start.f32;
    return bytes === 8 ? new Float64Array(buffer, address, count) : new Float32Array(buffer, address, count);
  };
  const kernelTable = table + 4 * signalOperand.tableLength;
  const groupTable = kernelTable + 4 * kernelOperand.tableLength;
  const levels = groupTable + 16 * groups.length;
  const { i32 } = start;
  signalOperand.writeTable(i32, table >> 2, bytes);
  kernelOperand.writeTable(i32, kernelTable >> 2, bytes);
  let at = groupTable >> 2;
  for (const group of groups) for (const number of group) i32[at++] = number;
  const stepsOfItems = [
    itemCount,
    lines.items.at(-1)?.signals === 1 ? 0 : bytes * signalLength,
    (bytes * kernelOperand.staged) / itemCount,
    bytes * outLength,
  ];
  i32.set(stepsOfItems, at);
  for (let i = 0; i < rowAxes; i++)
    i32.set([counts[i], bytes * pitches[i], 0, bytes * outPitches[i]], (at += 4));

  signalOperand.copy(view(copied, signalOperand.copied));
  kernelOperand.copy(view(copiedKernel, kernelOperand.copied));
  const constant = typeof border === 'object' ? border.constant : 0;
  const stage = bytes === 8 ? entries.stage64 : entries.stage32;
  stage(table, signalOperand.depth, copied, staged, group, constant);
  stage(kernelTable, kernelOperand.depth, copiedKernel, weights, 1, 0);
  const rows = bytes === 8 ? entries.rows64 : entries.rows32;
  // two rows at a time share the lines that both meet
  const paired = !joined && last > 0 && counts[last - 1] > 1 && groups[0][0] > 1;
  rows(
    levels,
    depth,
    paired ? 1 : 0,
    groupTable,
    groups.length,
    last > 0 ? bytes * pitches[last - 1] : 0,
    bytes * tapCounts[last],
    bytes * group,
    weights,
    staged,
    result,
    bytes * length,
  );
  if (joined) {
    const lines = (outLength * itemCount) / length;
    // each joined row first closes up by itself; then the gaps at their ends
    for (let line = 0; line < lines; line++)
      entries.closeUp(
        result + line * bytes * length,
        counts[last - 1],
        bytes * pitches[last - 1],
        bytes * rowLength,
      );
    entries.closeUp(result, lines, bytes * length, bytes * rowLength * counts[last - 1]);
  }
  copyOut(
    view(result, itemCount * rowLength * counts.slice(0, last).reduce((a, b) => a * b, 1)),
    out.data,
    [
      ...lines.items.map(({ count }, i) => ({
        size: count,
        from: items[i],
        count: i === lines.items.length - 1 ? itemCount : 1,
        step: 1,
      })),
      ...part.map((axis, i) => ({
        size: lines.sums[i].count,
        from: axis.out + axis.outStep * outs[i],
        count: counts[i],
        step: axis.outStep,
      })),
      { size: lines.group, from: block.groupFrom, count: group, step: 1 },
    ],
    taps.some((tap) => tap > 0),
  );
}

/** Taps that lie next to each other in both operands, line by line: an entry of the table of assembly/signal/rows.ts. */
type Group = [lines: number, taps: number, signal: number, weights: number];

/** The groups of a block, and numbers of the staged kernel from one line to the next. */
function groupsOf(
  part: Part,
  { counts, tapCounts }: Block,
  pitches: readonly number[],
  bytes: number,
): Group[] {
  const last = part.length - 1;
  const splits = part.map(({ stride }, i) => splitOf(stride, counts[i], tapCounts[i], pitches[i]));
  const lineSplit = last > 0 ? splits[last - 1] : [{ taps: 1, offset: 0, before: 0 }];
  // each position of the outer taps: where its signal and its weights begin
  let outer = [{ signal: 0, weights: 0 }];
  for (let i = 0; i < last - 1; i++)
    outer = outer.flatMap(({ signal, weights }) =>
      splits[i].flatMap(({ taps, offset, before }) =>
        Array.from({ length: taps }, (_, tap) => ({
          signal: signal + offset + tap * pitches[i],
          weights: weights * tapCounts[i] + before + tap,
        })),
      ),
    );
  const lineTaps = last > 0 ? tapCounts[last - 1] : 1;
  const groups: Group[] = [];
  for (const { signal, weights } of outer)
    for (const line of lineSplit)
      for (const row of splits[last])
        groups.push([
          line.taps,
          row.taps,
          bytes * (signal + line.offset + row.offset),
          bytes * ((weights * lineTaps + line.before) * tapCounts[last] + row.before),
        ]);
  return groups;
}

/** The phases of an axis: how many taps each has, where in a staged line they begin, and how many taps there are before. */
function splitOf(stride: number, count: number, taps: number, pitch: number) {
  const length = Math.ceil(extentOf(stride, count, taps) / stride);
  let before = 0;
  return Array.from({ length: Math.min(stride, taps) }, (_, phase) => {
    const own = Math.ceil((taps - phase) / stride);
    before += own;
    return { taps: own, offset: pitch * phase * length, before: before - own };
  });
}
