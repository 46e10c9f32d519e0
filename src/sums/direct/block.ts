// A block: outputs that are computed in one call of wasm. Signal and kernel are copied to scratch memory and staged, unless they are in the
// engine's memory in the order of reading; then the sums are computed and copied to the result.

import { product } from '../../core/lists.js';
import { heap } from '../../engine/heap.js';
import { signalModule } from '../../spectrum/module.js';
import { numberBytes } from '../../spectrum/sizes.js';
import { constantOf } from '../borders/border.js';
import type { SumRequest, Written } from '../request.js';
import { reserveAreas } from '../scratch.js';
import { stepsOf } from '../steps.js';
import { areasOf, bring, kernelOperand, signalOperand, stagedPitches } from './block-operands.js';
import { placeOf, sizePitches, writeOutputs } from './block-outputs.js';
import { groupsOf, type TapLine } from './groups.js';
import type { Lines } from './lines.js';
import type { Operand } from './operand.js';
import { type Block, lineLength, type Part } from './parts.js';
import { computePasses, passBytes, passesOf } from './passes.js';
import { computeRows, type Rows, rowTableBytes } from './rows.js';
import type { Factors } from './separable.js';

/** Rows up to this length are computed as a single row, including the numbers between them. */
const SHORT = 64;

/** Computes a block. With factors, sums run along one axis after another. */
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
  const last = counts.length - 1;
  const isJoined =
    !factors && last > 0 && areShort(counts[last - 1], counts[last] * group, pitches[last - 1]);
  const place = isJoined || factors ? -1 : placeOf(operands.out, lines, part, block, bytes);
  const layout = isJoined
    ? joinedLayout(pitches, block)
    : rowLayout(place < 0 ? stepsOf(counts, group) : sizePitches(lines), block);
  const passes = factors && passesOf(part, block, pitches, factors);
  const rows = passes ? undefined : rowsOf(signal, lines, part, block, pitches, layout, isJoined);

  // a single range of memory: outputs, tables or passes, then copied and staged operands
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
    const joined = (layout.outLength * itemCount) / layout.length;
    const [pitch, row] = [bytes * pitches[last - 1], bytes * counts[last] * group];
    entries.closeUp(out, joined, counts[last - 1], bytes * layout.length, pitch, row);
  }
  if (place < 0) writeOutputs(engine, out, operands.out, lines, part, block, dtype);
}

/** How the rows of a block are computed. Distances are in numbers. */
interface RowLayout {
  /** number of row axes: all but the last axis, and without the axis of joined rows */
  readonly depth: number;
  readonly length: number;
  /** distances between outputs of each row axis */
  readonly outPitches: readonly number[];
  /** outputs of one independent sum, including those between rows */
  readonly outLength: number;
}

/** The layout for separate rows. */
function rowLayout(outPitches: readonly number[], { counts, group }: Block): RowLayout {
  const depth = counts.length - 1;
  const length = counts[depth] * group;
  return { depth, length, outPitches, outLength: depth > 0 ? outPitches[0] * counts[0] : length };
}

/** Whether rows are so short and so close to each other that the numbers between them are computed as well. */
export function areShort(rows: number, length: number, pitch: number): boolean {
  return rows > 1 && length < SHORT && pitch < 1.25 * length + 16;
}

/** The layout for joined rows: all rows of the last row axis and the numbers between them as a single row. */
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
    // pairs of rows share the lines of the signal that both read
    paired: !isJoined && last > 0 && counts[last - 1] > 1 && groups[0][0] > 1,
    lineStep: last > 0 ? pitches[last - 1] : 0,
    weightStep: tapCounts[last],
    tapStep: pitches[last],
    length,
  };
}

/** Distance between the signals of independent sums, in numbers. */
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
