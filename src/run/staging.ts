// Staging: where the kernels of a block read its input, and how that is staged before.

import { channelStride, FLOAT_BYTES } from '../core/bytes.js';
import { product } from '../core/lists.js';
import { inOrder, lastRead, mapAxes, type PerAxis } from '../geometry/axis.js';
import { isBlank } from '../geometry/padding.js';
import { elementsOf, pairedRuns, zerosIn } from '../geometry/runs.js';
import { type Slice, shownRuns } from '../geometry/slice.js';
import type { Variant } from '../plan/algorithms/algorithm.js';
import { microsecondsOfStaging } from '../plan/microseconds.js';
import type { Plan } from '../plan/plan.js';
import { type LongRowTask, type PlaneTask, type StagedRowsTask, StageTask } from '../shared/task.js';
import { type Layout, movedBy, startOf } from './layout.js';
import type { Call } from './runner.js';
import type { TaskWriter } from './task-writer.js';

/** The input of a block. */
interface BlockInput {
  readonly plan: Pick<Plan, 'convolution' | 'axes' | 'turned'> & { readonly variant: Pick<Variant, 'input'> };
  readonly slices: Readonly<PerAxis<Slice>>;
  /** where the input is */
  readonly source: Layout;
  /** the whole input is there; otherwise only the positions that the slices load */
  readonly isWhole: boolean;
  /** where a staged copy goes */
  readonly staged: number;
}

/** The window of a block. */
export interface PlacedWindow {
  /** where the window is; where kernels stage it themselves, only the strides in a map, which are those of its copy */
  readonly layout: Layout;
  /** the fields of tasks that read inputs as they are or stage them themselves */
  readonly fields?: Partial<LongRowTask & PlaneTask & StagedRowsTask>;
  /** the call that stages it before */
  readonly staging?: Omit<Call, 'entry'>;
}

/**
 * Places the window of a block.
 * @param images images of the block
 */
export function placeWindow(input: BlockInput, images: number, writer: TaskWriter): PlacedWindow {
  const { plan, slices, source } = input;
  if (plan.variant.input === 'planesInPlace') return planesInPlace(input);
  if (plan.variant.input === 'rowsInPlace') return rowsInPlace(input);
  if (plan.variant.input !== 'stagedLanes' && !plan.turned && slices.every(({ runs }) => runs === null)) {
    const start = input.isWhole ? startOf(slices.map(({ loads }) => loads)) : [0, 0, 0];
    return { layout: movedBy(source, 0, start) };
  }
  const stage = stageTaskOf(input, writer);
  const { stagedChannel, stagedRow, stagedRows } = stage;
  const inMap = { depth: stagedRow * stagedRows, row: stagedRow, column: FLOAT_BYTES };
  if (plan.variant.input !== 'window') {
    const layout = { first: 0, image: 0, group: 0, map: 0, ...inMap };
    return { layout, fields: { stage: writer.task(stage) } };
  }
  const { groups, channels } = plan.convolution;
  const items = images * groups * channels;
  const microseconds = microsecondsOfStaging((items * stagedChannel) / FLOAT_BYTES);
  return {
    layout: {
      first: input.staged,
      image: groups * channels * stagedChannel,
      group: channels * stagedChannel,
      map: stagedChannel,
      ...inMap,
    },
    staging: { task: writer.task(stage), items, microseconds },
  };
}

/**
 * Words of a run in the table for staging rows: to, from, count, step, repeat. A run of pairs has the place of the second of each pair instead
 * of the step, and 0 for repeat.
 */
export const RUN_WORDS = 5;

/** The task that stages the window of a block. */
function stageTaskOf({ plan, slices, source, isWhole, staged }: BlockInput, writer: TaskWriter): StageTask {
  const { groups, channels, outside } = plan.convolution;
  const [ofDepths, ofRows, ofColumns] = slices.map((slice) => shownRuns(slice, isWhole));
  const [depths, rows] = [ofDepths, ofRows].map(elementsOf);
  const columns = slices[2].staged;
  // no pairs where four maps are staged at a time, or columns are not contiguous, as in a turned plan
  const isPaired = !plan.turned && plan.variant.input !== 'stagedLanes';
  const runs = isPaired ? pairedRuns(ofColumns) : ofColumns;
  return Object.assign(new StageTask(), {
    groups,
    channels,
    source: source.first,
    sourceImage: source.image,
    sourceGroup: source.group,
    sourceChannel: source.map,
    sourceDepth: source.depth,
    sourceRow: source.row,
    sourceMap: product(isWhole ? plan.axes.map(({ input }) => input) : slices.map(({ loaded }) => loaded)),
    staged,
    stagedRow: FLOAT_BYTES * columns,
    stagedChannel: channelStride(product([depths.length, rows.length, columns])),
    stagedDepths: depths.length,
    depthTable: writer.table(depths),
    stagedRows: rows.length,
    rowTable: writer.table(rows),
    runCount: runs.length,
    runs: writer.table(
      runs.flatMap(({ to, from, count, step, repeat, second }) => [
        FLOAT_BYTES * to,
        from < 0 ? -1 : source.column * from,
        count,
        ...(second === undefined
          ? [(step * source.column) / FLOAT_BYTES, repeat]
          : [FLOAT_BYTES * second, 0]),
      ]),
    ),
    zerosStay: +isBlank(outside),
  });
}

/** Maps that are one long row. The window begins where the first output's first tap would be, before the row. */
function rowsInPlace({ slices: [, , width], source, isWhole }: BlockInput): PlacedWindow {
  const runs = shownRuns(width, isWhole);
  // most outputs meet inputs only
  const { to: left, from } = runs.find((run) => run.from >= 0)!;
  const layout = movedBy(source, 0, [0, 0, from - left]);
  return {
    layout,
    fields: {
      rowStart: source.first - layout.first,
      rowBytes: source.row,
      leftOutputs: left,
      rightOutputs: zerosIn(runs) - left,
    },
  };
}

/** The planes of a 3x3 depthwise kernel. The window begins with the first row that is read; rows of zeros before it are counted. */
function planesInPlace({ plan, slices: [, height, width], source, isWhole }: BlockInput): PlacedWindow {
  const [, rows, columns] = mapAxes(plan.axes, inOrder);
  const { stride } = columns;
  const [begin, loadedRow, loadedColumn] = startOf([height.stores, height.loads, width.loads]);
  // the first row that is read, which may lie before the plane
  const first = stride * begin - rows.padding - (isWhole ? 0 : loadedRow);
  const top = Math.max(0, first);
  return {
    layout: movedBy(source, 0, [0, top, isWhole ? 0 : -loadedColumn]),
    fields: {
      zeroRows: Math.max(0, -first),
      rows: (isWhole ? rows.input : height.loaded) - top,
      zeroLeft: columns.padding,
      zeroRight: +(lastRead(columns) >= columns.input),
      isFar: +isWhole,
    },
  };
}
