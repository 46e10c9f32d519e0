// Block: one piece of a plan's work. Writes the records and tables that the kernels read, and lists the calls to make.

import { aligned } from '../core/bytes.js';
import { combinations, most } from '../core/lists.js';
import { elements } from '../core/tensor.js';
import type { PerAxis } from '../geometry/axis.js';
import { runsOf } from '../geometry/intervals.js';
import type { Slice } from '../geometry/slice.js';
import { tilesAlong } from '../plan/algorithms/winograd.js';
import type { AlgorithmName } from '../plan/choice.js';
import type { Plan } from '../plan/plan.js';
import { kernelOrder, type Subset, subsetKey } from '../plan/tap-sets.js';
import { PlanRecord } from '../shared/record.js';
import { CHUNK } from './activation.js';
import { placeIn, type Strides } from './layout.js';
import { type Addresses, placeInput, readFrom } from './staging.js';
import { Tables } from './task-writer.js';

/** One call of a wasm entry. */
export interface Call {
  readonly entry: 'stage' | 'interleave' | AlgorithmName;
  readonly record: number;
  readonly items: number;
}

/** A record, and how many items it has for the entry that reads it. */
export interface Work {
  readonly record: number;
  readonly items: number;
}

/** Builds a block. */
export function blockOf(plan: Plan, index: number, at: Addresses): Block {
  let rest = index;
  const next = (list: readonly Slice[]) => {
    const slice = list[rest % list.length];
    rest = Math.floor(rest / list.length);
    return slice;
  };
  const [depths, heights, widths] = plan.slices;
  const width = next(widths);
  const height = next(heights);
  const depth = next(depths);
  return new Block(plan, [depth, height, width], rest * plan.images, at);
}

/** Upper bound of the bytes that the tables of any block of a plan take. */
export function tableBytes(plan: Plan): number {
  const staged = (list: readonly Slice[]) => most(list.map((slice) => slice.staged));
  const [depths, heights, widths] = plan.slices;
  const runs = most(widths.map(({ map }) => (map ? runsOf(map).length : 1)));
  let words = staged(depths) + staged(heights) + 4 * runs + 2 * RECORD_WORDS + plan.tiles.length;
  const combinations = plan.slices.reduce(
    (product, list) => product * most(list.map((slice) => slice.counts.length)),
    1,
  );
  const taps = most([...plan.subsets.values()].map(({ elements }) => elements.length));
  words += combinations * (2 * RECORD_WORDS + plan.filters + (plan.channels + 1) * taps + 1);
  return 4 * words;
}

const RECORD_WORDS = Object.keys(new PlanRecord()).length;

/** A block: the slices it covers, what to write into memory, and the calls that compute it. */
export class Block {
  readonly calls: Call[] = [];
  readonly images: number;
  /** where the input has to be copied to, and the output from; -1 where kernels read and write them in place */
  readonly loaded: number;
  readonly target: number;
  /** i32 that the kernels set to 1 where an output is not finite */
  readonly flag: number;
  /** the record an activation of the result reads, and its items */
  readonly finished: Work;
  readonly #tables: Tables;
  readonly #parts: number;
  /** bytes from one output to the next along filter, depth and row, and where the block's first lies */
  readonly #outputs: Strides;

  constructor(
    readonly plan: Plan,
    readonly slices: readonly [Slice, Slice, Slice],
    readonly firstImage: number,
    readonly at: Addresses,
  ) {
    const { bytes, problem } = plan;
    this.images = Math.min(plan.images, problem.batch - firstImage);
    this.#tables = new Tables(at.tables);
    const target = at.scratch + aligned(bytes.loaded) + aligned(bytes.staged);
    this.#parts = target + aligned(bytes.target);
    this.flag = at.scratch + bytes.scratch - 64;
    this.loaded = at.input < 0 ? at.scratch : -1;
    const inPlace = at.output >= 0 && plan.inPlace;
    this.target = inPlace ? -1 : target;
    this.#outputs = inPlace
      ? placeIn(
          at.output,
          plan.axes.map((axis) => axis.output),
          firstImage * problem.filters,
          slices.map((slice) => slice.stores),
        )
      : placeIn(
          target,
          slices.map((slice) => slice.stored),
        );

    const record = this.#common();
    if (placeInput(record, this.#tables, plan, slices, firstImage, at))
      this.#call('stage', record, this.images * problem.channels);
    if (plan.interleaved) this.#phases(record);
    else this.#compute(record, [0, 0, 0], this.#outputs.first, this.#outputs.filter);
    this.finished = this.#finished();
  }

  get words(): Int32Array {
    return this.#tables.words;
  }

  /** What all records of the block share. */
  #common(): PlanRecord {
    const { plan, at } = this;
    const { problem, bytes } = plan;
    const record = new PlanRecord();
    record.groups = problem.groups;
    record.channels = plan.channels;
    record.filters = plan.filters;
    record.filterTiles = plan.tiles.length - 1;
    record.filterTable = this.#tables.add(plan.tiles);
    record.packedRows = plan.rows;
    record.bias = at.bias;
    record.panel = this.#parts + aligned(bytes.parts);
    record.edge = record.panel + aligned(bytes.panel);
    record.flag = this.flag;
    record.panelTiles = plan.panelTiles;
    const kernel = elements(problem.kernel);
    record.raw = at.scratch;
    record.rawGroup = 4 * plan.filters * plan.channels * kernel;
    record.rawChannel = 4 * kernel * (problem.transposed ? plan.filters : 1);
    return record;
  }

  /** A transposed convolution: classes of outputs that read the same are computed as more filters, then all are woven together. */
  #phases(common: PlanRecord): void {
    const { slices, images } = this;
    const { problem, filters, classes } = this.plan;
    const record = { ...common };
    [record.depth, record.height, record.width] = slices.map(({ stored }) => stored) as PerAxis;
    [record.depthStep, record.rowStep, record.step] = slices.map(({ leads }) => leads.length) as PerAxis;
    const part = placeIn(
      0,
      slices.map(({ count }) => count),
    );
    const parts: number[] = [];
    let first = 0;
    for (const which of combinations(slices.map(({ leads }) => [...leads.keys()]))) {
      const [depth, height, width] = which.map((phase, axis) => slices[axis].leads[phase]);
      const row = parts.length % classes;
      if (row === 0) {
        first = this.#parts + parts.length * aligned(images * problem.filters * part.filter);
        this.#compute(common, which as PerAxis, first, part.filter);
      }
      parts.push(first + row * filters * part.filter + depth * part.depth + height * part.row + 4 * width);
    }
    readFrom(record, { ...part, first: this.#tables.add(parts) });
    record.sourceSkip = (classes - 1) * filters * part.filter;
    record.target = this.#outputs.first;
    record.targetFilter = this.#outputs.filter;
    record.outDepth = this.#outputs.depth;
    record.outRow = this.#outputs.row;
    this.#call('interleave', record, images * problem.filters);
  }

  /** The whole result of the block, for an activation. */
  #finished(): Work {
    const record = new PlanRecord();
    const { problem } = this.plan;
    // in place: all of it, once the last block is done
    const inPlace = this.target < 0;
    const output = inPlace
      ? problem.batch * elements(problem.output)
      : this.images * elements(this.slices.map((slice) => slice.stored));
    record.target = inPlace ? this.at.output : this.target;
    record.width = problem.filters * output;
    return { record: this.#tables.record(record), items: Math.ceil(record.width / CHUNK) };
  }

  /** One class of outputs at `target`, each map dense, `filter` bytes from one to the next. */
  #compute(common: PlanRecord, which: PerAxis, target: number, filter: number): void {
    const { plan, slices } = this;
    const [depth, height, width] = slices.map(({ count }) => count) as PerAxis;
    const phases = slices.map((slice, axis) => slice.phases[which[axis]] as Slice['phases'][0]) as [
      Slice['phases'][0],
      Slice['phases'][0],
      Slice['phases'][0],
    ];
    const subset = plan.subsets.get(subsetKey(...phases)) as Subset;

    const record = { ...common };
    record.depth = depth;
    record.height = height;
    record.width = width;
    record.taps = subset.elements.length;
    record.terms = subset.terms;
    record.termsBlock = subset.termsBlock;
    record.weights = this.at.weights + subset.offset;
    if (plan.tile) {
      record.tileElements = plan.tile.elements;
      record.tilePlanes = plan.tile.planes;
      record.tileStretch = plan.tile.stretch;
      [record.tileDepth, record.tileRows, record.tileOutputs] = plan.tile.outputs;
      [record.tileDepthGap, record.tileRowGap, record.tileGap] = plan.tile.gaps;
    }
    const rowBytes = plan.problem.transposed
      ? record.rawChannel / plan.filters
      : record.rawChannel * plan.channels;
    record.filters = plan.filters * plan.classes;
    const filters = [...Array(plan.filters).keys()];
    record.rowTable = this.#tables.add(
      subset.firsts.flatMap((first) => filters.map((filter) => first + filter * rowBytes)),
    );
    record.kernelTable = this.#tables.add(subset.elements);
    record.tapTable = this.#tables.add(this.#taps(common, which));
    record.target = target;
    record.targetFilter = filter;
    // weights that stay in the second cache while the pixels of a block pass by
    record.tilesTogether = Math.max(1, Math.floor((256 << 10) / (20 * subset.termsBlock)));

    const { algorithm } = plan.choice;
    const [deepTiles, highTiles] = plan.tile ? tilesAlong(plan.tile, [depth, height, width]) : [0, 0];
    const items = {
      map: record.filters,
      row: depth * height,
      tile: Math.ceil((depth * height * width) / 8),
      'tile row': deepTiles * highTiles,
    }[algorithm.item];
    this.#call(algorithm.name, record, this.images * plan.problem.groups * items);
  }

  /** Byte offset in the staged window of every term, channels outermost. */
  #taps(record: PlanRecord, which: PerAxis): number[] {
    const starts = this.slices.map((slice, axis) => slice.starts[which[axis]] as readonly number[]);
    const places = kernelOrder(starts, this.plan.tile).map(
      ([d, h, w]) => d * record.stagedDepth + h * record.stagedRow + 4 * w,
    );
    const taps: number[] = [];
    for (let channel = 0; channel < this.plan.channels; channel++)
      for (const place of places) taps.push(channel * record.stagedChannel + place);
    return taps;
  }

  #call(entry: Call['entry'], record: PlanRecord, items: number): void {
    this.calls.push({ entry, record: this.#tables.record(record), items });
  }
}
