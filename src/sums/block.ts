// Block: outputs that are computed at one go. Signal and kernel are copied into scratch and staged there, where they don't lie in the
// engine's memory as they are read; the sums are computed, and copied to where the caller has them.

import type { Tensor } from '../core/tensor.js';
import type { Engine } from '../engine/engine.js';
import { heap } from '../engine/heap.js';
import { addressOf } from '../engine/resident.js';
import type { SignalEntries } from '../spectrum/entries.js';
import { signalModule } from '../spectrum/module.js';
import { groupsOf, type TapLine } from './groups.js';
import type { Lines } from './lines.js';
import { Operand } from './operand.js';
import { copyOut } from './outputs.js';
import { type Block, extentOf, lineLength, type Part } from './parts.js';
import { computePasses, passBytes, passesOf } from './passes.js';
import type { SumOperands, SumRequest } from './request.js';
import { kernelRuns, signalRuns } from './runs.js';
import type { NumberArray, Samples } from './samples.js';
import type { Factors } from './separable.js';

/** Rows of at most so many numbers are computed as one, with what lies between them. */
const SHORT = 64;

/** Computes a block. With factors the sums are made along one axis after another. */
export function computeBlock(
  operands: SumOperands & { readonly out: Samples },
  request: SumRequest,
  lines: Lines,
  part: Part,
  factors: Factors | undefined,
  block: Block,
): void {
  const { border, dtype } = request;
  const { counts, group, itemCount } = block;
  const bytes = dtype === 'float64' ? 8 : 4;
  const last = part.length - 1;
  const shared = lines.items.length > 0 && lines.items[lines.items.length - 1].signals === 1;
  const signal = signalOperand(operands.signal, border, lines, part, block);
  const kernel = kernelOperand(operands.kernel, lines, part, block);
  const pitches = signal.isPlain ? signal.steps.slice(lines.items.length) : stagedPitches(part, block);
  const taps = part.map(
    ({ stride }, i): TapLine => ({
      stride,
      count: counts[i],
      taps: block.tapCounts[i],
      pitch: pitches[i],
    }),
  );
  const rowLength = counts[last] * group;
  const joins =
    last > 0 && counts[last - 1] > 1 && rowLength < SHORT && pitches[last - 1] < 1.25 * rowLength + 16;
  const joined = joins && !factors;
  const outAddress = joined || factors ? -1 : placeOf(operands.out, lines, part, block, bytes);
  const outPitches = outAddress < 0 ? densePitches(block) : sizePitches(lines, part);
  if (joined) {
    outPitches[last - 1] = pitches[last - 1];
    for (let i = last - 2; i >= 0; i--)
      outPitches[i] = i === last - 2 ? joinedLength(pitches, block) : outPitches[i + 1] * counts[i + 1];
  }
  const length = joined ? joinedLength(pitches, block) : rowLength;
  const depth = joined ? last - 1 : last;
  const outLength = depth > 0 ? outPitches[0] * counts[0] : length;
  const groups = groupsOf(taps);
  const passes = factors && passesOf(part, block, pitches, factors);

  // one range for all: tables, copies, what is staged, outputs
  const start = heap();
  const entries = signalModule(start);
  const areas = [
    4 * (signal.tableLength + kernel.tableLength + 4 * groups.length + 4 * (depth + 1)),
    bytes * signal.copied,
    bytes * kernel.copied,
    bytes * signal.staged,
    bytes * kernel.staged,
    outAddress < 0 ? bytes * outLength * itemCount : 0,
    passes ? passBytes(passes, bytes) : 0,
  ];
  const [table, copied, copiedKernel, staged, stagedKernel, scratchOut, passRoom] = reserve(start, areas);
  const outs = outAddress < 0 ? scratchOut : placeOf(operands.out, lines, part, block, bytes);
  const signalAddress = bring(entries, start, signal, bytes, table, copied, staged, group, border);
  const kernelTable = table + 4 * signal.tableLength;
  if (passes) computePasses(entries, start, passes, bytes, signalAddress, outs, passRoom);
  else {
    const weights = bring(
      entries,
      start,
      kernel,
      bytes,
      kernelTable,
      copiedKernel,
      stagedKernel,
      1,
      'nothing',
    );
    const groupTable = kernelTable + 4 * kernel.tableLength;
    const { i32 } = start;
    let at = groupTable >> 2;
    for (const [lineCount, tapCount, from, weight] of groups) {
      i32[at++] = lineCount;
      i32[at++] = tapCount;
      i32[at++] = bytes * from;
      i32[at++] = bytes * weight;
    }
    const levels = at << 2;
    const kernelLength = block.tapCounts.reduce((a, b) => a * b, 1);
    i32[at++] = itemCount;
    i32[at++] = shared || itemCount === 1 ? 0 : bytes * itemStep(signal, lines, part, block, pitches);
    i32[at++] = bytes * kernelLength;
    i32[at++] = bytes * outLength;
    for (let i = 0; i < depth; i++) {
      i32[at++] = counts[i];
      i32[at++] = bytes * pitches[i];
      i32[at++] = 0;
      i32[at++] = bytes * outPitches[i];
    }
    // two rows at a time share the lines that both meet
    const paired = !joined && last > 0 && counts[last - 1] > 1 && groups[0][0] > 1;
    const rows = bytes === 8 ? entries.rows64 : entries.rows32;
    rows(
      levels,
      depth + 1,
      paired ? 1 : 0,
      groupTable,
      groups.length,
      last > 0 ? bytes * pitches[last - 1] : 0,
      bytes * block.tapCounts[last],
      bytes * pitches[last],
      weights,
      signalAddress,
      outs,
      bytes * length,
    );
  }
  if (joined) {
    const joinedRows = (outLength * itemCount) / length;
    const [pitch, row] = [bytes * pitches[last - 1], bytes * rowLength];
    entries.closeUp(outs, joinedRows, counts[last - 1], bytes * length, pitch, row);
  }
  if (outAddress < 0) write(start, outs, operands.out, lines, part, block, bytes);
}

/** Reserves scratch for areas, and says where each begins. */
function reserve(start: Engine, areas: readonly number[]): number[] {
  let total = 0;
  const offsets = areas.map((bytes) => {
    const offset = total;
    // what is read may go a vector beyond
    if (bytes > 0) total += (bytes + 95) & ~63;
    return offset;
  });
  const base = start.reserve(total, 'sums of a signal and a kernel');
  return offsets.map((offset) => base + offset);
}

/** Copies and stages an operand, as far as it has to be; returns where it is read. */
function bring(
  entries: SignalEntries,
  start: Engine,
  operand: Operand,
  bytes: number,
  table: number,
  copied: number,
  staged: number,
  group: number,
  border: SumRequest['border'],
): number {
  if (operand.address < 0) operand.copy(viewOf(start, copied, operand.copied, bytes));
  const from = operand.address < 0 ? copied : operand.address;
  if (operand.isPlain) return from + bytes * operand.begin;
  operand.writeTable(start.i32, table >> 2, bytes);
  const stage = bytes === 8 ? entries.stage64 : entries.stage32;
  stage(table, operand.depth, from, staged, group, typeof border === 'object' ? border.constant : 0);
  return staged;
}

function viewOf({ f32: { buffer } }: Engine, address: number, count: number, bytes: number): NumberArray {
  return bytes === 8 ? new Float64Array(buffer, address, count) : new Float32Array(buffer, address, count);
}

/** The numbers of a signal that a block reads, as it reads them. */
function signalOperand(
  samples: Samples,
  border: SumRequest['border'],
  lines: Lines,
  part: Part,
  { outs, counts, taps, tapCounts, groupFrom, group, items, itemCount }: Block,
): Operand {
  const { items: axes } = lines;
  return new Operand({
    samples,
    sizes: [...axes.map(({ signals }) => signals), ...part.map(({ size }) => size)],
    lines: [
      ...axes.map(({ signals }, i) =>
        signals === 1 ? one(0, 1) : one(items[i], i === axes.length - 1 ? itemCount : 1),
      ),
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
    from: groupFrom,
    count: group,
  });
}

/** The taps of a block. */
function kernelOperand(
  samples: Samples,
  { items: axes }: Lines,
  part: Part,
  { taps, tapCounts, items, itemCount }: Block,
): Operand {
  return new Operand({
    samples,
    sizes: [...axes.map(({ count }) => count), ...part.map(({ kernelSize }) => kernelSize)],
    lines: [
      ...axes.map((_, i) => one(items[i], i === axes.length - 1 ? itemCount : 1)),
      ...part.map(({ kernel, kernelStep, stride }, i) =>
        kernelRuns(kernel + kernelStep * taps[i], kernelStep, tapCounts[i], stride),
      ),
    ],
    group: 1,
    from: 0,
    count: 1,
  });
}

const one = (from: number, count: number) => [{ from, count, step: 1 }];

/** Numbers from one element of a staged axis to the next. */
function stagedPitches(part: Part, { counts, tapCounts, group }: Block): number[] {
  const pitches = counts.map(() => group);
  for (let i = part.length - 2; i >= 0; i--)
    pitches[i] = pitches[i + 1] * lineLength(part[i + 1].stride, counts[i + 1], tapCounts[i + 1]);
  return pitches;
}

/** Numbers from the signal of one independent sum to that of the next. */
function itemStep(
  signal: Operand,
  { items }: Lines,
  part: Part,
  { counts, tapCounts }: Block,
  pitches: readonly number[],
): number {
  if (signal.isPlain) return signal.steps[items.length - 1];
  return pitches[0] * lineLength(part[0].stride, counts[0], tapCounts[0]);
}

/** Numbers from one output of an axis to the next, of a block that lies by itself. */
function densePitches({ counts, group }: Block): number[] {
  const pitches = counts.map(() => group);
  for (let i = counts.length - 2; i >= 0; i--) pitches[i] = pitches[i + 1] * counts[i + 1];
  return pitches;
}

/** The same where the result has all outputs. */
function sizePitches({ sums, group }: Lines, part: Part): number[] {
  const pitches = part.map(() => group);
  for (let i = part.length - 2; i >= 0; i--) pitches[i] = pitches[i + 1] * sums[i + 1].count;
  return pitches;
}

/** Numbers of the rows of an axis from the first to the last output, with what lies between them. */
function joinedLength(pitches: readonly number[], { counts, group }: Block): number {
  const last = counts.length - 1;
  return (counts[last - 1] - 1) * pitches[last - 1] + counts[last] * group;
}

/** Where a block's outputs lie in the engine's memory, if they do and are neighbours; else -1. */
function placeOf(out: Samples, lines: Lines, part: Part, block: Block, bytes: number): number {
  const address = addressOf(out as unknown as Tensor);
  const { outs, taps, group, items, itemCount } = block;
  if (address < 0 || itemCount > 1 || group < lines.group) return -1;
  if (part.some(({ outStep }) => outStep > 1) || taps.some((tap) => tap > 0)) return -1;
  const pitches = sizePitches(lines, part);
  let at = 0;
  lines.items.forEach(({ count }, i) => {
    at = at * count + items[i];
  });
  at *= pitches[0] * lines.sums[0].count;
  outs.forEach((from, i) => {
    at += from * pitches[i];
  });
  return address + bytes * at;
}

/** Copies a block's outputs to the result; taps after the first ones are added. */
function write(
  start: Engine,
  address: number,
  out: Samples,
  lines: Lines,
  part: Part,
  { outs, counts, taps, groupFrom, group, items, itemCount }: Block,
  bytes: number,
): void {
  const count = counts.reduce((a, b) => a * b, itemCount * group);
  const axes = lines.items.map((axis, i) => ({
    size: axis.count,
    from: items[i],
    count: i === lines.items.length - 1 ? itemCount : 1,
    step: 1,
  }));
  part.forEach((axis, i) => {
    const from = axis.out + axis.outStep * outs[i];
    axes.push({ size: lines.sums[i].count, from, count: counts[i], step: axis.outStep });
  });
  axes.push({ size: lines.group, from: groupFrom, count: group, step: 1 });
  copyOut(
    viewOf(start, address, count, bytes),
    out.data,
    axes,
    taps.some((tap) => tap > 0),
  );
}
