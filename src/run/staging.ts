// Source: where a block's input lies, and how it is staged: the only place that knows of padding.

import { aligned, channelStride } from '../core/bytes.js';
import { runsOf } from '../geometry/intervals.js';
import { inputMap, type Slice } from '../geometry/slice.js';
import type { Plan } from '../plan/plan.js';
import type { PlanRecord } from '../shared/record.js';
import { placeIn, type Strides } from './layout.js';
import type { Tables } from './task-writer.js';

/** Addresses in wasm memory that a block works with. */
export interface Addresses {
  /** where records and tables go */
  readonly tables: number;
  readonly scratch: number;
  readonly weights: number;
  readonly bias: number;
  /** the whole input or output, where it lies in wasm memory; -1 where it does not */
  readonly input: number;
  readonly output: number;
}

/**
 * Notes in a record where the block's input lies and where its staged window will.
 * @returns whether the window has to be staged before the kernels run
 */
export function placeInput(
  record: PlanRecord,
  tables: Tables,
  plan: Plan,
  slices: readonly [Slice, Slice, Slice],
  firstImage: number,
  at: Addresses,
): boolean {
  const [depth, height, width] = slices;
  const resident = at.input >= 0;
  const source = resident
    ? placeIn(
        at.input,
        plan.axes.map((axis) => axis.input),
        firstImage * plan.problem.channels,
      )
    : placeIn(
        at.scratch,
        slices.map((slice) => slice.loaded),
      );
  readFrom(record, source);
  if (plan.planeStep > 0) {
    placePlane(record, plan, slices, resident, source);
    return false;
  }
  if (depth.map === null && height.map === null && width.map === null) {
    // the window is the input as it is
    const [d = 0, h = 0, w = 0] = resident ? slices.map((slice) => slice.loads[0]?.first ?? 0) : [];
    stagedAsSource(record, source, d * source.depth + h * source.row + 4 * w);
    return false;
  }
  const mapOf = (slice: Slice) => (resident ? inputMap(slice) : (slice.map ?? places(slice.staged)));
  const perMap = plan.choice.algorithm.item === 'map';
  const columns = mapOf(width);
  if (perMap && placeRow(record, plan, slices, columns, source)) return false;
  record.staged = at.scratch + aligned(plan.bytes.loaded);
  record.stagedRow = 4 * columns.length;
  record.stagedDepth = record.stagedRow * height.staged;
  // a kernel that stages each plane itself has all in the same place
  record.stagedChannel = perMap ? 0 : channelStride(columns.length * height.staged * depth.staged);
  record.stagedDepths = depth.staged;
  record.stagedRows = height.staged;
  record.depthMap = tables.add(mapOf(depth));
  record.rowMap = tables.add(mapOf(height));
  record.zeros = +(plan.problem.paddingMode === 'zeros');
  const runs = runsOf(columns);
  record.runCount = runs.length;
  record.runs = tables.add(
    runs.flatMap(({ to, from, count, step }) => [4 * to, from < 0 ? -1 : 4 * from, count, step]),
  );
  return !perMap;
}

/** Notes where a kernel reads from. */
export function readFrom(record: PlanRecord, { first, filter, depth, row }: Strides): void {
  record.source = first;
  record.sourceChannel = filter;
  record.sourceDepth = depth;
  record.sourceRow = row;
}

/**
 * Whether maps of one long row can be read in place, their zeros imagined; if so, notes where. Maps of many rows are staged: windows
 * at the ends of each row took 1.25 times as long for n1 g64 c64 f64 i60x300 k1x5 p0x2.
 */
function placeRow(
  record: PlanRecord,
  plan: Plan,
  [depth, height, width]: readonly [Slice, Slice, Slice],
  map: Int32Array,
  source: Strides,
): boolean {
  const zeros = map.filter((x) => x < 0).length;
  const left = map.findIndex((x) => x >= 0);
  const rows = depth.staged * height.staged * plan.axes[0].input * plan.axes[1].input;
  // a step splits the row into stretches of its own
  const { stride, upsample } = plan.axes[2];
  if (
    rows !== 1 ||
    stride * upsample !== 1 ||
    plan.problem.paddingMode !== 'zeros' ||
    4 * zeros + 16 > width.count
  )
    return false;
  record.inner = source.first + 4 * (map[left] - left);
  record.leftOutputs = left;
  record.rightOutputs = zeros - left;
  return true;
}

/** A 3x3 depthwise kernel reads its planes as they are. */
function placePlane(
  record: PlanRecord,
  plan: Plan,
  [, height, width]: readonly [Slice, Slice, Slice],
  resident: boolean,
  source: Strides,
): void {
  const [, rows, columns] = plan.axes;
  const step = plan.planeStep;
  const begin = height.stores[0]?.first ?? 0;
  const first = step * begin - rows.padding - (resident ? 0 : (height.loads[0]?.first ?? 0));
  const column = resident ? 0 : (width.loads[0]?.first ?? 0);
  record.planeStep = step;
  record.planeTop = Math.max(0, -first);
  record.planeRows = (resident ? rows.input : height.loaded) - Math.max(0, first);
  record.planeLeft = columns.padding;
  record.planeRight = step * (columns.output - 1) + 2 - columns.padding >= columns.input ? 1 : 0;
  stagedAsSource(record, source, Math.max(0, first) * source.row - 4 * column);
}

function stagedAsSource(record: PlanRecord, source: Strides, offset: number): void {
  record.staged = source.first + offset;
  record.stagedRow = source.row;
  record.stagedDepth = source.depth;
  record.stagedChannel = source.filter;
}

function places(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => i);
}
