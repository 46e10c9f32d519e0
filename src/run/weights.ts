// Weights: the parameters of a layer as the kernels read them, packed in wasm memory, and how a change of them is noticed.

import { aligned, FLOAT_BYTES, WORD_BYTES } from '../core/bytes.js';
import { product } from '../core/lists.js';
import type { Engine } from '../engine/engine.js';
import { tileFields } from '../plan/algorithms/algorithm.js';
import { packedFiltersOf } from '../plan/filter-tiles.js';
import type { Plan } from '../plan/plan.js';
import { elementsOf, ONE_TAP, type TapSet } from '../plan/tap-sets.js';
import { LINE, TILE_PIXELS } from '../shared/sizes.js';
import { PackTask, PackWinogradTask } from '../shared/task.js';
import type { Parameters } from './parameters.js';
import type { Runner } from './runner.js';
import { TaskWriter, wordsOf } from './task-writer.js';

/** Bytes of a fingerprint. */
const PRINT_BYTES = 16;

/** Names how a plan packs weights. Plans of the same name can read the same packed weights. */
export function weightLayout({
  convolution,
  axes,
  firstElement,
  slices,
  filterTiles,
  tile,
  tapSets,
}: Plan): string {
  const { groups, channels, filters, weight } = convolution;
  const shape = [
    groups,
    channels,
    filters,
    weight.filter,
    weight.channel,
    ...axes.map(({ elements }) => elements),
    firstElement,
  ];
  // the kernel elements of each phase make those of all classes
  const met = slices.map(([slice]) => slice?.phases.map(({ kernel, taps }) => `${kernel}+${taps}`));
  const termsAtOnce = new Map(tapSets.map((set) => [set.terms, set.termsAtOnce]));
  return [shape, filterTiles, tile?.transform, tile?.planes, tapSets[0]?.steps, ...met, ...termsAtOnce].join(
    ';',
  );
}

/** Packed weights and bias of one layout. */
export class PackedWeights {
  /** address of the packed weights of all tap sets */
  readonly address: number;
  /** address of the bias of each packed filter, with a register tile of zeros behind */
  readonly bias: number;
  /** address of the fingerprints of the weight and of the bias that are packed */
  readonly #prints: number;
  /** that of the parameters that are packed; not equal to any before the first time */
  #version = Number.NaN;
  /** how often they were packed */
  packings = 0;
  /** all numbers that matter are finite: the weight's, and for a transform the bias's */
  isFinite = true;

  constructor(
    readonly engine: Engine,
    plan: Plan,
  ) {
    const biasBytes = aligned(
      FLOAT_BYTES * (packedFiltersOf(plan.filterTiles) * plan.convolution.groups + TILE_PIXELS),
    );
    this.address = engine.allocate(plan.bytes.weights + biasBytes + LINE, `the weights of ${plan.line}`);
    this.bias = this.address + plan.bytes.weights;
    this.#prints = this.bias + biasBytes;
  }

  /** Packs weight and bias if they changed since the last time. What lies in the scratch is lost. */
  refresh(plan: Plan, parameters: Parameters, runner: Runner): void {
    const { version, exposed } = parameters;
    if (version === this.#version && !exposed) return;
    const raw = this.#copyIn(plan, parameters);
    const changed = this.#changed(raw, parameters);
    if (!changed && version === this.#version) return;
    const { weight, bias } = parameters;
    const { finite } = this.engine.exports;
    this.isFinite = finite(raw, weight.length + (plan.tile && bias ? bias.length : 0)) !== 0;
    this.packings++;
    this.#packBias(plan, bias);
    this.#pack(plan, raw, raw + rawBytes(plan), runner);
    this.#version = version;
  }

  /** Gives the memory back. */
  release(): void {
    this.engine.release(this.address);
  }

  /** Copies weight and bias into the scratch, with room for the tables of packing behind them. */
  #copyIn(plan: Plan, { weight, bias }: Parameters): number {
    const { engine } = this;
    const raw = engine.reserve(packingBytes(plan), `the weights of ${plan.line}`);
    const first = raw / FLOAT_BYTES;
    engine.f32.set(weight, first);
    if (bias) engine.f32.set(bias, first + weight.length);
    return raw;
  }

  /** Whether weight or bias in the scratch have other fingerprints than what is packed, which are replaced. A lacking bias has one too. */
  #changed(raw: number, { weight, bias }: Parameters): boolean {
    const { fingerprint } = this.engine.exports;
    const weightChanged = fingerprint(this.#prints, raw, weight.length);
    const biasChanged = fingerprint(
      this.#prints + PRINT_BYTES,
      raw + FLOAT_BYTES * weight.length,
      bias?.length ?? 0,
    );
    return weightChanged !== 0 || biasChanged !== 0;
  }

  /** Writes the bias of each packed filter; classes of outputs that are computed together have the same biases. */
  #packBias(plan: Plan, bias: Float32Array | null): void {
    const { f32 } = this.engine;
    const { groups, filters } = plan.convolution;
    const packed = packedFiltersOf(plan.filterTiles);
    const first = this.bias / FLOAT_BYTES;
    for (let i = 0; i < packed * groups; i++)
      f32[first + i] = bias?.[Math.floor(i / packed) * filters + ((i % packed) % filters)] ?? 0;
    f32.fill(0, first + packed * groups, first + packed * groups + TILE_PIXELS);
  }

  /** Packs the weights at `raw`, one tap set after another; `tables` is room for the tables. */
  #pack(plan: Plan, raw: number, tables: number, runner: Runner): void {
    const { engine } = this;
    const items = plan.convolution.groups * plan.filterTiles.length;
    const writer = new TaskWriter(tables);
    const filterTable = writer.table(plan.tileStarts);
    const tasks: number[] = [];
    for (const [set, offset] of plan.weightOffsets) {
      const task = Object.assign(newPackTask(plan, set), {
        raw,
        weights: this.address + offset,
        filterTable,
        kernelTable: writer.table(kernelOffsets(plan, set)),
        elementTable: writer.table(elementsOf(set, plan.tile?.taps ?? ONE_TAP, FLOAT_BYTES)),
      });
      tasks.push(writer.task(task));
    }
    engine.i32.set(writer.words, tables / WORD_BYTES);
    const entry = plan.tile ? 'packWinograd' : 'pack';
    for (const task of tasks) runner.run(engine, entry, task, 0, 0, items);
  }
}

/** A task for packing a tap set, without addresses. */
function newPackTask(plan: Plan, set: TapSet): PackTask {
  const { terms, termsAtOnce, taps } = set;
  const { convolution, classes, tile, filterTiles } = plan;
  const { channels, filters, weight } = convolution;
  const common = {
    filters: filters * classes,
    channels,
    taps,
    terms,
    termsAtOnce,
    rawGroup: FLOAT_BYTES * weight.group,
    rawChannel: FLOAT_BYTES * weight.channel,
    packedFilters: packedFiltersOf(plan.filterTiles),
    filterTiles: filterTiles.length,
  };
  if (!tile) return Object.assign(new PackTask(), common);
  return Object.assign(new PackWinogradTask(), common, tileFields(tile, set, channels));
}

/** Byte offset of the first kernel element that each filter meets, class by class. */
function kernelOffsets({ convolution }: Plan, { firsts }: TapSet): Int32Array {
  const { filters, weight } = convolution;
  const offsets = new Int32Array(firsts.length * filters);
  let filled = 0;
  for (const first of firsts)
    for (let filter = 0; filter < filters; filter++)
      offsets[filled++] = FLOAT_BYTES * (first + filter * weight.filter);
  return offsets;
}

/** Bytes of weight and bias as they are given. */
function rawBytes({ convolution }: Plan): number {
  const { groups, filters, channels, axes } = convolution;
  const kernel = product(axes.map((axis) => axis.kernel));
  return aligned(FLOAT_BYTES * groups * filters * (channels * kernel + 1));
}

/** Scratch that packing takes: weight and bias as they are given, and the tasks and tables behind them. */
export function packingBytes(plan: Plan): number {
  let words = plan.tileStarts.length;
  for (const set of plan.weightOffsets.keys()) {
    words += wordsOf(newPackTask(plan, set)) + set.firsts.length * plan.convolution.filters + set.taps;
  }
  return rawBytes(plan) + WORD_BYTES * words;
}
