// WeightBlock: the tasks and tables of one block of a weight gradient, with their addresses.

import { FLOAT_BYTES, WORD_BYTES } from '../../core/bytes.js';
import { mapAxes } from '../../geometry/axis.js';
import { positionsOf } from '../../geometry/intervals.js';
import type { Region } from '../../plan/region.js';
import { layoutOn } from '../../run/block-layouts.js';
import { type Layout, startOf } from '../../run/layout.js';
import { type Segments, segmentsOf } from '../../run/segments.js';
import { type PlacedWindow, placeWindow } from '../../run/staging.js';
import { TaskWriter, wordOf } from '../../run/task-writer.js';
import { workspaceAt } from '../../run/workspace.js';
import {
  WeightPairsTask,
  WeightPanelsTask,
  WeightPlanesTask,
  WeightTask,
} from '../../shared/gradient-task.js';
import { LANES, TILE_FILTERS } from '../../shared/sizes.js';
import { StageTask } from '../../shared/task.js';
import { type LongRow, longRowFields, longRowOf } from './long-row.js';
import type { WeightPlan } from './plan.js';
import { type RowStrides, rowsOf } from './rows.js';
import { numbersIn, packedStrides, tapsIn } from './window.js';

/** The words of tasks that hold the addresses of operands. */
const SOURCE = wordOf(new StageTask(), 'source');
const WINDOW = wordOf(new WeightTask(), 'window');
const PANELS_TARGET = wordOf(new WeightPanelsTask(), 'target');
const CHANNEL_WINDOW = wordOf(new WeightPanelsTask(), 'channelWindow');
const GRADIENT = wordOf(new WeightTask(), 'gradient');

/** The words of a block to write to memory, and the entries to call. */
export class WeightBlock {
  readonly slices: Region['slices'];
  readonly firstImage: number;
  readonly images: number;
  readonly workspace: number;
  /** stages the window, if necessary; its items are maps */
  readonly staging: PlacedWindow['staging'];
  readonly task: number;
  /** items of `packChannels`; 0 if the window is not packed */
  readonly packItems: number;
  readonly words: Int32Array;
  #loads: Segments | undefined;
  #gradients: Segments | undefined;
  /** set if its maps are single rows that are read without staging */
  readonly #longRow: LongRow | undefined;
  readonly #inputWord: number;
  readonly #gradientWord: number;
  readonly #targetWord: number;
  /** the values of these words for operands at address 0 */
  readonly #input: number;
  readonly #gradient: number;

  /**
   * @param scratch the address of the scratch
   * @param isInput whether the input is in wasm memory; else it is copied to the scratch
   * @param isGradient whether the gradient is in wasm memory; else it is copied to the scratch
   */
  constructor(
    readonly plan: WeightPlan,
    { slices, firstImage, images }: Region,
    readonly scratch: number,
    isInput: boolean,
    isGradient: boolean,
  ) {
    this.slices = slices;
    this.firstImage = firstImage;
    this.images = images;
    const { bytes, convolution, way } = plan;
    const writer = new TaskWriter(scratch + bytes.tablesAt);
    this.workspace = writer.task(workspaceAt(scratch + bytes.workspaceAt, way.workspace));

    const source = this.#layout('input', isInput, scratch);
    const staged = scratch + bytes.stagedAt;
    this.#longRow = longRowOf(slices, isInput, way, convolution.filters);
    const read = this.#longRow
      ? { ...plan, variant: { input: 'rowsInPlace' as const } }
      : { ...plan, turned: way.entry === 'weightQuads' };
    const placed = placeWindow({ plan: read, slices, source, isWhole: isInput, staged }, images, writer);
    this.staging = placed.staging;

    const isWhole = isGradient || plan.blocks === 1;
    const gradient = this.#layout('output', isGradient, scratch + bytes.targetAt);
    const task = this.#task(placed, gradient, isWhole, writer);
    this.packItems = convolution.groups * way.panels * images;
    this.task = writer.task(task);
    this.words = writer.words;

    const { address } = writer;
    const wordsTo = (at: number) => (at - address) / WORD_BYTES;
    const staging = placed.staging?.task ?? placed.fields?.stage;
    const windowWord = way.panels > 0 ? CHANNEL_WINDOW : WINDOW;
    this.#inputWord = staging ? wordsTo(staging) + SOURCE : wordsTo(this.task) + windowWord;
    this.#gradientWord = wordsTo(this.task) + GRADIENT;
    this.#targetWord = wordsTo(this.task) + PANELS_TARGET;
    this.#input = this.words[this.#inputWord];
    this.#gradient = this.words[this.#gradientWord];
  }

  /** The layout of an operand: of the whole tensor at address 0 if it is in wasm memory, else of its copy. */
  #layout(side: 'input' | 'output', isThere: boolean, copied: number): Layout {
    return layoutOn(this, side, isThere ? 0 : -1, -1, [0, 0, 0], copied);
  }

  /** Sets the addresses of input and gradient (0 if they are copied to the scratch), and of the result of a plan with one run. */
  moveTo(input: number, gradient: number, target: number): void {
    if (this.plan.isOneRun) this.words[this.#targetWord] = target;
    this.words[this.#inputWord] = this.#input + input;
    this.words[this.#gradientWord] = this.#gradient + gradient;
  }

  /** The segments of the input to copy to the scratch. */
  get loads(): Segments {
    return (this.#loads ??= segmentsOf(this.plan, this, 'input'));
  }

  /** The segments of the gradient to copy to the scratch: those that the convolution would store. */
  get gradients(): Segments {
    return (this.#gradients ??= segmentsOf(this.plan, this, 'output'));
  }

  /** The task: the fields that all ways have, and those of the plan's way. */
  #task(placed: PlacedWindow, gradient: Layout, isWhole: boolean, writer: TaskWriter): WeightTask {
    const { plan, scratch, images } = this;
    const { way, bytes, convolution } = plan;
    const { groups, filters, channels } = convolution;
    const own = writer.table(way.tables);
    const { layout, fields } = placed;
    const taps = tapsIn(plan, this.slices, layout);
    const common = {
      groups,
      filters,
      taps: way.taps,
      tapTable: writer.table(taps.map((offset) => way.side * offset)),
      ...this.#gradientFields(gradient),
      ...this.#rows(gradient, isWhole, packedStrides(layout, way), writer, own),
      sums: scratch + bytes.sumsAt,
      sumsFilter: way.sumsFilter,
    };
    const { first: window, group: windowGroup } = layout;
    if (way.entry === 'weightPairs') {
      const { tapsAtOnce } = way;
      return Object.assign(new WeightPairsTask(), common, { window, windowGroup, tapsAtOnce });
    }
    if (way.input === 'stagedPlane') {
      const depths = isWhole ? plan.axes[0].output : this.slices[0].stored;
      return Object.assign(new WeightPlanesTask(), common, {
        ...{ window, windowGroup, channels, images },
        stage: fields?.stage ?? 0,
        windowImage: layout.image,
        windowChannel: layout.map,
        gradientImage: gradient.image,
        side: way.side,
        rowAbove: way.byTwoRows ? gradient.row : 0,
        gradientNumbers: (depths * gradient.depth) / FLOAT_BYTES,
        ...(this.#longRow && longRowFields(placed, this.#longRow)),
      });
    }
    return Object.assign(new WeightPanelsTask(), common, {
      window: scratch + bytes.packedAt,
      windowGroup: way.panels * images * way.panelImage,
      ...{ channels, images },
      channelWindow: window,
      channelImage: layout.image,
      channelGroup: windowGroup,
      channelStride: layout.map,
      channelNumbers: numbersIn(this.slices, layout, taps),
      panelImage: way.panelImage,
      filterTiles: way.tables.length - TILE_FILTERS - 1,
      filterTable: own,
      zeros: own + WORD_BYTES * (way.tables.length - TILE_FILTERS),
    });
  }

  #gradientFields({ first, group, map }: Layout) {
    return { gradient: first, gradientGroup: group, gradientFilter: map };
  }

  /** Writes the tables of rows and runs. */
  #rows(gradient: Layout, isWhole: boolean, window: RowStrides, writer: TaskWriter, masks: number) {
    const { plan, slices, images } = this;
    const [depths, heights] = slices.map(({ stores, stored }) =>
      isWhole ? positionsOf(stores) : Int32Array.from({ length: stored }, (_, i) => i),
    );
    const start = isWhole ? startOf(slices.map(({ stores }) => stores))[2] * gradient.column : 0;
    const { order, panels, side, input } = plan.way;
    // panels pack the gradient on the fly, so its own layout is not interleaved
    const packed = panels > 0 ? 1 : side;
    const longRow = this.#longRow;
    const first = start + FLOAT_BYTES * (longRow?.left ?? 0);
    const at = (depth: number, row: number) =>
      packed * (depths[depth] * gradient.depth + heights[row] * gradient.row + first);
    const sizes = mapAxes(slices, ({ count }, axis) => (longRow && axis === 2 ? longRow.inner : count));
    const imagesOfRows = input === 'stagedPlane' ? 1 : images;
    const { runs, table } = rowsOf(
      imagesOfRows,
      sizes,
      { image: gradient.image, column: packed * FLOAT_BYTES, at },
      window,
      order,
      (count) => {
        if (panels > 0) return [count, 0];
        if (side > 1) return [FLOAT_BYTES * side * count, 0];
        const rest = count % LANES;
        return [FLOAT_BYTES * (count - rest), rest > 0 ? masks + WORD_BYTES * LANES * (rest - 1) : 0];
      },
    );
    return { runs: writer.table(runs), runCount: runs.length - 1, rowTable: writer.table(table) };
  }
}
