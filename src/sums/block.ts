// Block: outputs that are computed at one go. Signal and kernel are copied into scratch and staged there, where they don't lie in the
// engine's memory as they are read; the sums are computed, and copied to where the caller has them.

import { product } from '../core/lists.js';
import { heap } from '../engine/heap.js';
import { signalModule } from '../spectrum/module.js';
import { numberBytes } from '../spectrum/sizes.js';
import { areasOf, bring, kernelOperand, signalOperand, stagedPitches } from './block-operands.js';
import { placeOf, sizePitches, writeOutputs } from './block-outputs.js';
import { constantOf } from './border.js';
import { groupsOf, type TapLine } from './groups.js';
import type { Lines } from './lines.js';
import type { Operand } from './operand.js';
import { type Block, lineLength, type Part } from './parts.js';
import { computePasses, passBytes, passesOf } from './passes.js';
import type { SumRequest, Written } from './request.js';
import { computeRows, type Rows, rowTableBytes } from './rows.js';
import { reserveAreas } from './scratch.js';
import type { Factors } from './separable.js';
import { stepsOf } from './steps.js';

/** Rows of at most so many numbers are computed as one, with what lies between them. */
const SHORT = 64;

/** Computes a block. With factors the sums are made along one axis after another. */
export function computeBlock(
  operands: Written,
  { border, dtype }: SumRequest,
  lines: Lines,
  part: Part,
  factors: Factors | undefined,
  block: Block,
): void {
  const { counts, group, itemCount } = block;
  const bytes = numberBytes(dtype);
  const signal = signalOperand(operands.signal, border, lines, part, block);
  const kernel = kernelOperand(operands.kernel, lines, part, block);
  const pitches = signal.isPlain ? signal.steps.slice(lines.items.length) : stagedPitches(part, block);
  const isJoined = !factors && areShort(pitches, block);
  const place = isJoined || factors ? -1 : placeOf(operands.out, lines, part, block, bytes);
  const layout = isJoined
    ? joinedLayout(pitches, block)
    : rowLayout(place < 0 ? stepsOf(counts, group) : sizePitches(lines), block);
  const passes = factors && passesOf(part, block, pitches, factors);
  const rows = passes ? undefined : rowsOf(signal, lines, part, block, pitches, layout, isJoined);

  // one range for all: outputs, tables or passes, then what is copied and staged
  const engine = heap();
  const entries = signalModule(engine);
  const [scratchOut, room, ...areas] = reserveAreas(
    engine,
    [
      place < 0 ? bytes * layout.outLength * itemCount : 0,
      passes ? passBytes(passes, bytes) : rowTableBytes(rows!),
      ...areasOf(signal, dtype),
      ...(passes ? [] : areasOf(kernel, dtype)),
    ],
    'sums of a signal and a kernel',
  );
  const out = place < 0 ? scratchOut : place;
  const from = bring(entries, engine, signal, dtype, areas.slice(0, 3), group, constantOf(border));
  if (passes) computePasses(entries, engine, passes, bytes, from, out, room);
  else {
    const weights = bring(entries, engine, kernel, dtype, areas.slice(3), 1, 0);
    computeRows(entries, engine, rows!, bytes, room, weights, from, out);
  }
  if (isJoined) {
    const last = counts.length - 1;
    const joined = (layout.outLength * itemCount) / layout.length;
    const [pitch, row] = [bytes * pitches[last - 1], bytes * counts[last] * group];
    entries.closeUp(out, joined, counts[last - 1], bytes * layout.length, pitch, row);
  }
  if (place < 0) writeOutputs(engine, out, operands.out, lines, part, block, dtype);
}

/** How the rows of a block are computed; distances in numbers. */
interface RowLayout {
  /** axes of rows: all but that which a row runs along, and that of rows that are joined */
  readonly depth: number;
  readonly length: number;
  /** for each axis of rows from one output to the next */
  readonly outPitches: readonly number[];
  /** outputs of one independent sum, with what lies between them */
  readonly outLength: number;
}

/** Rows one by one. */
function rowLayout(outPitches: readonly number[], { counts, group }: Block): RowLayout {
  const depth = counts.length - 1;
  const length = counts[depth] * group;
  return { depth, length, outPitches, outLength: depth > 0 ? outPitches[0] * counts[0] : length };
}

/** Whether the rows of a block are so short, and so near each other, that what lies between them may be computed too. */
function areShort(pitches: readonly number[], { counts, group }: Block): boolean {
  const last = counts.length - 1;
  const length = counts[last] * group;
  return last > 0 && counts[last - 1] > 1 && length < SHORT && pitches[last - 1] < 1.25 * length + 16;
}

/** All rows of the last axis of rows as one, from the first output to the last, with what lies between. */
function joinedLayout(pitches: readonly number[], { counts, group }: Block): RowLayout {
  const last = counts.length - 1;
  const length = (counts[last - 1] - 1) * pitches[last - 1] + counts[last] * group;
  const outPitches: number[] = [];
  let outLength = length;
  for (let i = last - 2; i >= 0; i--) {
    outPitches[i] = outLength;
    outLength *= counts[i];
  }
  return { depth: last - 1, length, outPitches, outLength };
}

function rowsOf(
  signal: Operand,
  lines: Lines,
  part: Part,
  block: Block,
  pitches: readonly number[],
  { depth, length, outPitches, outLength }: RowLayout,
  isJoined: boolean,
): Rows {
  const { counts, tapCounts, itemCount } = block;
  const last = part.length - 1;
  const groups = groupsOf(
    part.map(
      ({ stride }, i): TapLine => ({ stride, count: counts[i], taps: tapCounts[i], pitch: pitches[i] }),
    ),
  );
  const isShared = lines.items.length > 0 && lines.items[lines.items.length - 1].signals === 1;
  const items = {
    count: itemCount,
    signal: isShared || itemCount === 1 ? 0 : itemStep(signal, lines, part, block, pitches),
    weights: product(tapCounts),
    out: outLength,
  };
  const rows = counts
    .slice(0, depth)
    .map((count, i) => ({ count, signal: pitches[i], weights: 0, out: outPitches[i] }));
  return {
    levels: [items, ...rows],
    groups,
    // two rows at a time share the lines that both meet
    paired: !isJoined && last > 0 && counts[last - 1] > 1 && groups[0][0] > 1,
    lineStep: last > 0 ? pitches[last - 1] : 0,
    weightStep: tapCounts[last],
    tapStep: pitches[last],
    length,
  };
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
