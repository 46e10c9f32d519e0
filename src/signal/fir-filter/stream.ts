// A stream through a FIR filter: its clock, and the processing of samples. It does not know the public types of blocks.

import type { Engine } from '../../engine/engine.js';
import { lazyEntry } from '../../engine/lazy-module.js';
import type { Precision } from '../../spectrum/sizes.js';
import type { NumberArray } from '../../sums/samples.js';
import type { StreamEntries } from '../entries.js';
import { streamModule } from '../module.js';
import { StreamLevel } from './level.js';
import { StreamMemory, type StreamTransforms } from './memory.js';
import type { StreamPlan } from './plan.js';

/** Samples of several channels: an array and an offset for each. */
export interface Lines {
  readonly arrays: readonly ArrayLike<number>[];
  readonly offsets: readonly number[];
}

/** Channels that are written. */
interface WritableLines extends Lines {
  readonly arrays: readonly NumberArray[];
}

/** Filters all channels of a stream. */
export class FirStream {
  /** number of samples received since the start */
  time = 0;
  readonly memory: StreamMemory;
  readonly #levels: StreamLevel[];
  readonly #rows: StreamEntries['firRows32'];

  constructor(
    readonly engine: Engine,
    readonly plan: StreamPlan,
    coefficients: readonly NumberArray[],
    readonly channels: number,
    readonly precision: Precision,
    readonly transforms: StreamTransforms,
  ) {
    this.#rows = lazyEntry(streamModule(engine), precision === 'float64' ? 'firRows64' : 'firRows32');
    const blocks = plan.levels.map(({ size }) => 2 * size);
    const sizes = { length: coefficients[0].length, kernels: coefficients.length, channels };
    const memory = new StreamMemory(engine, plan, sizes, precision, transforms.bytes(blocks, precision));
    this.memory = memory;
    const made = transforms.make(engine, blocks, precision, memory.address(memory.layout.tables));
    this.#levels = plan.levels.map(
      (level, i) => new StreamLevel(level, memory.layout.levels[i], memory, made[i], precision),
    );
    coefficients.forEach((each, kernel) => {
      const at = memory.address(memory.layout.coefficients) / memory.bytes;
      memory.numbers().set(each, at + kernel * each.length);
    });
    for (const level of this.#levels) level.prepare();
  }

  /** Copies the state of a stream with the same plan and coefficients. */
  copy(other: FirStream): void {
    this.time = other.time;
    this.memory.copyChannels(other.memory);
    for (const [i, level] of this.#levels.entries()) level.copy(other.#levels[i]);
  }

  /** Resets to silence. */
  clear(): void {
    this.time = 0;
    this.memory.clearChannels();
    for (const level of this.#levels) level.clear();
  }

  /** Filters the next samples of each channel. The output may be the input. */
  process(input: Lines, output: WritableLines, count: number): void {
    const { base } = this.plan;
    for (let done = 0; done < count; ) {
      const some = Math.min(count - done, base - (this.time % base));
      for (let channel = 0; channel < this.channels; channel++) {
        this.#take(channel, input.arrays[channel], input.offsets[channel] + done, some);
        this.#give(channel, output.arrays[channel], output.offsets[channel] + done, some);
      }
      done += some;
      this.time += some;
      if (this.time % base === 0) this.#tick(this.time / base);
    }
  }

  #take(channel: number, source: ArrayLike<number>, offset: number, count: number): void {
    const { memory, time } = this;
    const numbers = memory.numbers();
    const { pastSize } = memory.layout;
    const at = memory.pastAddress(channel, time) / memory.bytes;
    for (let i = 0; i < count; i++) {
      const value = source[offset + i];
      numbers[at + i] = value;
      numbers[at + pastSize + i] = value;
    }
  }

  /** Adds the direct sums to what the levels have prepared, and writes the outputs. */
  #give(channel: number, target: NumberArray, offset: number, count: number): void {
    const { memory, time } = this;
    for (let i = 0; i < this.#levels.length; i++) this.#levels[i].addDirect(channel, time, count);
    memory.addRows(this.#rows, channel, time, count, 0, this.plan.direct);
    const numbers = memory.numbers();
    const at = memory.futureAddress(channel, time) / memory.bytes;
    for (let i = 0; i < count; i++) {
      target[offset + i] = numbers[at + i];
      numbers[at + i] = 0;
    }
  }

  #tick(tick: number): void {
    for (let i = 0; i < this.#levels.length; i++)
      for (let channel = 0; channel < this.channels; channel++) this.#levels[i].work(channel, tick);
  }

  /** Fills an array with the last samples of a channel; zeros before the start. */
  copyLast(channel: number, target: NumberArray): void {
    const { memory } = this;
    const { past, pastSize } = memory.layout;
    const end = memory.channelAddress(channel, past + pastSize + (this.time % pastSize)) / memory.bytes;
    target.set(memory.numbers().subarray(end - target.length, end));
  }
}
