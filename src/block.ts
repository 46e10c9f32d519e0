// Block: one piece of a plan's work. Writes the records and tables that the kernels read, and lists the calls to make.

import { CHUNK } from './activation.js';
import type { AlgorithmName } from './kernels.js';
import { aligned, channelStride, type Plan, subsetKey } from './plan.js';
import { PlanRecord } from './record.js';
import { inputMap, runsOf, type Slice, type Stretch } from './slice.js';
import { elements } from './tensor.js';

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

/** A block: the slices it covers, what to write into memory, and the calls that compute it. */
export interface Block {
  readonly firstImage: number;
  readonly images: number;
  readonly slices: readonly [Slice, Slice, Slice];
  readonly words: Int32Array;
  readonly calls: readonly Call[];
  readonly packings: readonly Work[];
  /** the record an activation of the result reads, and its items */
  readonly finished: Work;
  /** where the input has to be copied to, and the output from; -1 where kernels read and write them in place */
  readonly loaded: number;
  readonly target: number;
  /** i32 that the kernels set to 1 where an output is not finite */
  readonly flag: number;
}

/** Number of blocks of a plan. */
export function blockCount(plan: Plan): number {
  const [depths, heights, widths] = plan.slices;
  return Math.ceil(plan.problem.batch / plan.images) * depths.length * heights.length * widths.length;
}

/** Builds a block. */
export function blockOf(plan: Plan, index: number, at: Addresses): Block {
  const [depths, heights, widths] = plan.slices;
  const w = index % widths.length;
  const h = Math.floor(index / widths.length) % heights.length;
  const d = Math.floor(index / (widths.length * heights.length)) % depths.length;
  const i = Math.floor(index / (widths.length * heights.length * depths.length));
  const slices = [depths[d], heights[h], widths[w]] as [Slice, Slice, Slice];
  const firstImage = i * plan.images;
  return new Builder(
    plan,
    slices,
    firstImage,
    Math.min(plan.images, plan.problem.batch - firstImage),
    at,
  ).build();
}

const RECORD_WORDS = Object.keys(new PlanRecord()).length;

class Builder {
  readonly #words: number[] = [];
  readonly #calls: Call[] = [];
  readonly #packings: Work[] = [];
  readonly #loaded: number;
  readonly #target: number;
  readonly #parts: number;
  /** bytes from one output to the next along filter, depth and row, and where the block's first lies */
  readonly #outputs: Strides;
  readonly #inPlace: boolean;

  constructor(
    readonly plan: Plan,
    readonly slices: readonly [Slice, Slice, Slice],
    readonly firstImage: number,
    readonly images: number,
    readonly at: Addresses,
  ) {
    const { bytes } = plan;
    this.#loaded = at.scratch;
    this.#target = at.scratch + aligned(bytes.loaded) + aligned(bytes.staged);
    this.#parts = this.#target + aligned(bytes.target);
    this.#inPlace = at.output >= 0 && plan.inPlace;
    this.#outputs = this.#inPlace
      ? placeIn(
          at.output,
          plan.axes.map((axis) => axis.output),
          slices.map((slice) => slice.stores),
          this.firstImage * plan.problem.filters,
        )
      : placeIn(
          this.#target,
          slices.map((slice) => slice.stored),
          [],
          0,
        );
  }

  build(): Block {
    const record = this.#common();
    this.#stage(record);
    if (this.plan.interleaved) this.#phases(record);
    else
      this.#compute(
        record,
        this.slices.map(() => 0) as [number, number, number],
        this.#outputs.first,
        this.#outputs.filter,
      );
    const finished = this.#finished();
    return {
      firstImage: this.firstImage,
      images: this.images,
      slices: this.slices,
      words: Int32Array.from(this.#words),
      calls: this.#calls,
      packings: this.#packings,
      finished,
      loaded: this.at.input < 0 ? this.#loaded : -1,
      target: this.#inPlace ? -1 : this.#target,
      flag: this.at.scratch + this.plan.bytes.scratch - 64,
    };
  }

  /** What all records of the block share. */
  #common(): PlanRecord {
    const { plan, at } = this;
    const { problem, bytes } = plan;
    const record = new PlanRecord();
    record.images = this.images;
    record.groups = problem.groups;
    record.channels = plan.channels;
    record.filters = plan.filters;
    record.fives = plan.tiles.fives;
    record.fours = plan.tiles.fours;
    record.threes = plan.tiles.threes;
    record.ones = plan.tiles.ones;
    record.bias = at.bias;
    record.biasGroup = 4 * plan.tiles.rows;
    record.panel = this.#parts + aligned(bytes.parts);
    record.edge = record.panel + aligned(bytes.panel);
    record.flag = at.scratch + bytes.scratch - 64;
    record.panelTiles = plan.panelTiles;
    const kernel = problem.kernel.reduce((product, size) => product * size, 1);
    record.rawGroup = 4 * plan.filters * plan.channels * kernel;
    record.rawFilter = 4 * kernel * (problem.transposed ? 1 : plan.channels);
    record.rawChannel = 4 * kernel * (problem.transposed ? plan.filters : 1);
    return record;
  }

  /** The padded copy; none where the window is the input as it is. */
  #stage(record: PlanRecord): void {
    const [depth, height, width] = this.slices;
    const { at, plan } = this;
    const resident = at.input >= 0;
    const source = resident
      ? placeIn(
          at.input,
          plan.axes.map((axis) => axis.input),
          [],
          this.firstImage * plan.problem.channels,
        )
      : placeIn(
          this.#loaded,
          this.slices.map((slice) => slice.loaded),
          [],
          0,
        );
    record.source = source.first;
    record.sourceRow = source.row;
    record.sourceDepth = source.depth;
    record.sourceChannel = source.filter;
    if (plan.planeStep > 0) {
      this.#plane(record, resident, source);
      return;
    }
    if (depth.map === null && height.map === null && width.map === null) {
      const [d, h, w] = resident ? this.slices.map((slice) => slice.loads[0]?.first ?? 0) : [0, 0, 0];
      record.staged =
        source.first + (d as number) * source.depth + (h as number) * source.row + 4 * (w as number);
      record.stagedRow = record.sourceRow;
      record.stagedDepth = record.sourceDepth;
      record.stagedChannel = record.sourceChannel;
      return;
    }
    record.staged = this.#loaded + aligned(this.plan.bytes.loaded);
    record.stagedRow = 4 * width.staged;
    record.stagedDepth = record.stagedRow * height.staged;
    record.stagedChannel = channelStride(width.staged * height.staged * depth.staged);
    record.stagedDepths = depth.staged;
    record.stagedRows = height.staged;
    const mapOf = (slice: Slice) => (resident ? inputMap(slice) : (slice.map ?? places(slice.staged)));
    record.depthMap = this.#table(mapOf(depth));
    record.rowMap = this.#table(mapOf(height));
    const from = resident ? (width.loads[0]?.first ?? 0) : 0;
    const runs = width.map ? runsOf(mapOf(width)) : [{ to: 0, from, count: width.staged, step: 1 }];
    record.runCount = runs.length;
    record.runs = this.#table(
      runs.flatMap(({ to, from, count, step }) => [4 * to, from < 0 ? -1 : 4 * from, count, step]),
    );
    if (this.plan.choice.algorithm.item === 'map') {
      // the kernel stages each plane itself, all in the same place
      record.stagedChannel = 0;
      return;
    }
    this.#call('stage', record, this.images * this.plan.problem.channels);
  }

  /** A 3x3 depthwise kernel reads its planes as they are. */
  #plane(record: PlanRecord, resident: boolean, source: Strides): void {
    const [, height, width] = this.slices;
    const [, rows, columns] = this.plan.axes;
    const step = this.plan.planeStep;
    const begin = height.stores[0]?.first ?? 0;
    const first = step * begin - rows.padding - (resident ? 0 : (height.loads[0]?.first ?? 0));
    const column = width.loads[0]?.first ?? 0;
    record.planeStep = step;
    record.planeTop = Math.max(0, -first);
    record.planeRows = (resident ? rows.input : height.loaded) - Math.max(0, first);
    record.planeLeft = columns.padding;
    record.planeRight = step * (columns.output - 1) + 2 - columns.padding >= columns.input ? 1 : 0;
    record.staged = source.first + Math.max(0, first) * source.row - (resident ? 0 : 4 * column);
    record.stagedRow = source.row;
    record.stagedDepth = source.depth;
    record.stagedChannel = source.filter;
  }

  /** A transposed convolution: the classes along the width are computed side by side, then woven into the output. */
  #phases(common: PlanRecord): void {
    const [depth, height, width] = this.slices;
    const { first, filter, depth: outDepth, row: outRow } = this.#outputs;
    depth.counts.forEach((depths, pd) => {
      height.counts.forEach((heights, ph) => {
        if (depths === 0 || heights === 0) return;
        const partBytes = aligned(
          4 * this.images * this.plan.problem.filters * depths * heights * width.count,
        );
        width.counts.forEach((_, pw) => {
          this.#compute(common, [pd, ph, pw], this.#parts + pw * partBytes, 0);
        });
        const record = copyOf(common);
        record.depth = depths;
        record.height = heights;
        record.parts = this.#parts;
        record.partBytes = partBytes;
        record.partCount = width.counts.length;
        record.outFilter = filter;
        record.out = first + pd * outDepth + ph * outRow;
        record.outDepth = outDepth * depth.counts.length;
        record.outRow = outRow * height.counts.length;
        record.outWidth = width.stored;
        this.#call('interleave', record, this.images * this.plan.problem.filters);
      });
    });
  }

  /** The whole result of the block, for an activation. */
  #finished(): Work {
    const record = new PlanRecord();
    const { problem } = this.plan;
    // in place: all of it, once the last block is done
    const output = this.#inPlace
      ? problem.batch * elements(problem.output)
      : this.images * elements(this.slices.map((slice) => slice.stored));
    record.target = this.#inPlace ? this.at.output : this.#target;
    record.width = problem.filters * output;
    return { record: this.#write(record), items: Math.ceil(record.width / CHUNK) };
  }

  /** One class of outputs at `target`, each map dense, `filterBytes` from one to the next (0: just behind it). */
  #compute(common: PlanRecord, which: [number, number, number], target: number, filterBytes: number): void {
    const { plan, slices } = this;
    const [depth, height, width] = slices.map(
      (slice, axis) => slice.counts[which[axis] as number] as number,
    ) as [number, number, number];
    const phases = slices.map((slice, axis) => slice.phases[which[axis] as number] as Slice['phases'][0]) as [
      Slice['phases'][0],
      Slice['phases'][0],
      Slice['phases'][0],
    ];
    const subset = plan.subsets.get(subsetKey(...phases));
    if (!subset) throw new Error(`no packed weights for a phase of ${plan.line}`);

    const record = copyOf(common);
    record.depth = depth;
    record.height = height;
    record.width = width;
    record.taps = subset.elements.length;
    record.terms = subset.terms;
    record.termsBlock = subset.termsBlock;
    record.weights = this.at.weights + subset.offset;
    record.weightsGroup = 4 * plan.tiles.rows * subset.terms * (plan.tile?.elements ?? 1);
    record.tileSide = plan.tile?.side ?? 0;
    record.tileOutputs = plan.tile?.outputs ?? 0;
    record.tileElements = plan.tile?.elements ?? 0;
    record.tileGap = plan.tile?.gap ?? 0;
    record.kernelTable = this.#table(subset.elements.map((element) => 4 * element));
    record.tapTable = this.#table(this.#taps(common, which));
    record.target = target;
    record.targetFilter = filterBytes || 4 * depth * height * width;
    // weights that stay in the second cache while the pixels of a block pass by
    record.filterTiles = Math.max(1, Math.floor((256 << 10) / (20 * subset.termsBlock)));

    const { groups } = plan.problem;
    const address = this.#write(record);
    this.#packings.push({
      record: address,
      items: groups * (plan.tiles.fives + plan.tiles.fours + plan.tiles.threes + plan.tiles.ones),
    });
    const { algorithm } = plan.choice;
    const items = {
      map: plan.filters,
      row: depth * height,
      tile: Math.ceil((depth * height * width) / 8),
      'tile row': plan.tile
        ? depth * (plan.tile.elements === plan.tile.side ? height : Math.ceil(height / plan.tile.outputs))
        : 0,
    }[algorithm.item];
    if (depth * height * width > 0 && plan.filters > 0) {
      this.#calls.push({ entry: algorithm.name, record: address, items: this.images * groups * items });
    }
  }

  /** Byte offset in the staged window of every term, channels outermost. */
  #taps(record: PlanRecord, which: [number, number, number]): number[] {
    const [depth, height, width] = this.slices.map(
      (slice, axis) => slice.starts[which[axis] as number] as readonly number[],
    ) as [readonly number[], readonly number[], readonly number[]];
    const taps: number[] = [];
    for (let channel = 0; channel < this.plan.channels; channel++) {
      for (const d of depth) {
        for (const h of height) {
          for (const w of width) {
            taps.push(channel * record.stagedChannel + d * record.stagedDepth + h * record.stagedRow + 4 * w);
          }
        }
      }
    }
    return taps;
  }

  #call(entry: Call['entry'], record: PlanRecord, items: number): void {
    const address = this.#write(record);
    if (items > 0) this.#calls.push({ entry, record: address, items });
  }

  #write(record: PlanRecord): number {
    return this.#table(Object.values(record) as number[]);
  }

  #table(values: ArrayLike<number>): number {
    const address = this.at.tables + 4 * this.#words.length;
    for (let i = 0; i < values.length; i++) this.#words.push(values[i] as number);
    return address;
  }
}

/** Where the first element lies, and the bytes from one filter (or channel), depth and row to the next. */
interface Strides {
  readonly first: number;
  readonly filter: number;
  readonly depth: number;
  readonly row: number;
}

/** Strides of maps of given sizes, and the address of what lies first: `maps` whole maps and the first stretches further. */
function placeIn(
  address: number,
  sizes: readonly number[],
  stretches: readonly (readonly Stretch[])[],
  maps: number,
): Strides {
  const [depths, height, width] = sizes as [number, number, number];
  const row = 4 * width;
  const depth = row * height;
  const filter = depth * depths;
  const [d = 0, h = 0, w = 0] = stretches.map((list) => list[0]?.first ?? 0);
  return { first: address + maps * filter + d * depth + h * row + 4 * w, filter, depth, row };
}

function copyOf(record: PlanRecord): PlanRecord {
  return Object.assign(new PlanRecord(), record);
}

function places(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => i);
}

/** Upper bound of the bytes that the tables of any block of a plan take. */
export function tableBytes(plan: Plan): number {
  const most = (numbers: readonly number[]) => numbers.reduce((a, b) => Math.max(a, b), 0);
  const staged = (list: readonly Slice[]) => most(list.map((slice) => slice.staged));
  const [depths, heights, widths] = plan.slices;
  const runs = most(widths.map(({ map }) => (map ? runsOf(map).length : 1)));
  let words = staged(depths) + staged(heights) + 4 * runs + 2 * RECORD_WORDS;
  const combinations = plan.interleaved
    ? plan.slices.reduce((product, list) => product * most(list.map((slice) => slice.counts.length)), 1)
    : 1;
  const largest = most(
    [...plan.subsets.values()].map(({ elements }) => (plan.channels + 1) * elements.length),
  );
  words += combinations * (2 * RECORD_WORDS + largest);
  return 4 * words;
}
