// A level of a stream's partitioned convolution: partitions of one size, and the jobs that convolve input blocks with them.

import { lazyEntry } from '../../engine/lazy-module.js';
import type { SignalEntries } from '../../spectrum/entries.js';
import { signalModule } from '../../spectrum/module.js';
import type { Precision } from '../../spectrum/sizes.js';
import type { StreamEntries } from '../entries.js';
import { streamModule } from '../module.js';
import type { LevelLayout } from './layout.js';
import type { StreamMemory, StreamTransform } from './memory.js';
import { type Level, productShare } from './plan.js';

/** The number of jobs whose results may be pending. */
const JOBS = 4;

/** The state of a channel in a level, except its numbers. */
class ChannelState {
  /** blocks whose spectrum is not finite, as a ring */
  readonly spoiled: Uint8Array;
  /** jobs whose result is not finite, as a ring */
  readonly failed = new Uint8Array(JOBS);
  /** the last output block that needs direct sums */
  until = -1;

  constructor(readonly ring: number) {
    this.spoiled = new Uint8Array(ring);
  }

  clear(): void {
    this.spoiled.fill(0);
    this.failed.fill(0);
    this.until = -1;
  }

  copy({ spoiled, failed, until }: ChannelState): void {
    this.spoiled.set(spoiled);
    this.failed.set(failed);
    this.until = until;
  }
}

/**
 * The partitions of one size. A block whose spectrum is not finite is excluded from the products, and its contribution to outputs is
 * computed by direct sums when they are due. The same applies to partitions whose spectrum is not finite and jobs whose result is not.
 */
export class StreamLevel {
  readonly #channels: ChannelState[];
  /** partitions whose spectrum is not finite, kernel by kernel */
  readonly #impossible: Uint8Array;
  /** for each tick of a job, the byte range of the spectrum that is multiplied in it */
  readonly #shares: Float64Array;
  /** number of blocks between a job's input and its output */
  readonly #lead: number;
  readonly #multiplyAdd: StreamEntries['multiplyAdd32'];
  /** 1 for float32, 0 for float64 */
  readonly #isSingle: number;
  readonly #areFinite: SignalEntries['areFinite'];
  readonly #add: StreamEntries['add32'];
  readonly #rows: StreamEntries['firRows32'];

  constructor(
    readonly level: Level,
    readonly layout: LevelLayout,
    readonly memory: StreamMemory,
    readonly transform: StreamTransform,
    precision: Precision,
  ) {
    const { engine } = memory;
    const streams = streamModule(engine);
    const double = precision === 'float64';
    this.#multiplyAdd = lazyEntry(streams, double ? 'multiplyAdd64' : 'multiplyAdd32');
    this.#isSingle = Number(!double);
    this.#areFinite = lazyEntry(signalModule(engine), 'areFinite');
    this.#add = lazyEntry(streams, double ? 'add64' : 'add32');
    this.#rows = lazyEntry(streams, double ? 'firRows64' : 'firRows32');
    const { count, ticks, from, size } = level;
    this.#channels = Array.from({ length: memory.sizes.channels }, () => new ChannelState(count + JOBS));
    this.#impossible = new Uint8Array(count * memory.sizes.kernels);
    this.#lead = from / size;
    this.#shares = new Float64Array(2 * ticks);
    const bytes = memory.bytes * layout.spectrum;
    for (let tick = 0; tick < ticks; tick++)
      productShare(level, tick).forEach((share, i) => {
        this.#shares[2 * tick + i] = 32 * Math.round((share * bytes) / 32);
      });
  }

  /** Computes the spectra of all partitions. */
  prepare(): void {
    const { level, layout, memory, transform } = this;
    const { size, from, count } = level;
    const numbers = memory.numbers();
    for (let kernel = 0; kernel < memory.sizes.kernels; kernel++) {
      for (let p = 0; p < count; p++) {
        const scratch = memory.scratchIndex();
        numbers.fill(0, scratch, scratch + 2 * size);
        for (let i = 0; i < size; i++)
          numbers[scratch + i] = memory.coefficient(kernel, from + p * size + i) * transform.scale;
        const spectrum = memory.address(layout.kernels + (kernel * count + p) * layout.spectrum);
        transform.forward(memory.address(memory.layout.scratch), spectrum);
        if (this.#areFinite(spectrum, layout.spectrum, this.#isSingle)) continue;
        memory.clear(spectrum, layout.spectrum);
        this.#impossible[kernel * count + p] = 1;
      }
    }
    if (this.#impossible.includes(1))
      for (const channel of this.#channels) channel.until = Number.POSITIVE_INFINITY;
  }

  /** Resets all channels. */
  clear(): void {
    for (const channel of this.#channels) {
      channel.clear();
      if (this.#impossible.includes(1)) channel.until = Number.POSITIVE_INFINITY;
    }
  }

  /** Copies the state of another level with the same plan and coefficients. */
  copy(other: StreamLevel): void {
    for (const [i, channel] of this.#channels.entries()) channel.copy(other.#channels[i]);
  }

  /** Does the work of a tick. The tick is the number of base blocks received so far. */
  work(channel: number, tick: number): void {
    const { ticks, forwardAt, inverseAt } = this.level;
    const own = tick % ticks;
    const job = (tick - own) / ticks - 1;
    if (job < 0) return;
    if (own === forwardAt) this.#forward(channel, job);
    const begin = this.#shares[2 * own];
    const end = this.#shares[2 * own + 1];
    if (end > begin) this.#multiply(channel, job, begin, end);
    if (own === inverseAt) this.#inverse(channel, job);
  }

  #forward(channel: number, job: number): void {
    const { level, layout, memory } = this;
    const { size, count } = level;
    const slot = job % count;
    const spectrum = memory.channelAddress(channel, layout.blocks + slot * layout.spectrum);
    this.transform.forward(memory.pastAddress(channel, (job - 1) * size), spectrum);
    const state = this.#channels[channel];
    const finite = this.#areFinite(spectrum, layout.spectrum, this.#isSingle) !== 0;
    state.spoiled[job % state.ring] = finite ? 0 : 1;
    state.failed[job % JOBS] = 0;
    if (!finite) {
      memory.clear(spectrum, layout.spectrum);
      state.until = Math.max(state.until, job + this.#lead + count - 1);
    }
    memory.clear(memory.channelAddress(channel, layout.sum), layout.spectrum);
  }

  /** Multiplies a range of all spectra and adds the products. The block spectra are a ring, so there are up to two runs. */
  #multiply(channel: number, job: number, begin: number, end: number): void {
    const { level, layout, memory } = this;
    const { count } = level;
    const step = layout.spectrum * memory.bytes;
    const slot = job % count;
    const known = Math.min(count, job + 1);
    const first = Math.min(known, slot + 1);
    const sum = memory.channelAddress(channel, layout.sum) + begin;
    const blocks = memory.channelAddress(channel, layout.blocks) + begin;
    const kernel =
      memory.address(layout.kernels + memory.kernelOf(channel) * count * layout.spectrum) + begin;
    this.#multiplyAdd(sum, blocks + slot * step, kernel, step, first, end - begin);
    if (known > first)
      this.#multiplyAdd(
        sum,
        blocks + (count - 1) * step,
        kernel + first * step,
        step,
        known - first,
        end - begin,
      );
  }

  #inverse(channel: number, job: number): void {
    const { level, layout, memory } = this;
    const { size } = level;
    const scratch = memory.address(memory.layout.scratch);
    this.transform.inverse(memory.channelAddress(channel, layout.sum), scratch);
    const due = job + this.#lead;
    const results = scratch + size * memory.bytes;
    if (this.#areFinite(results, size, this.#isSingle)) {
      this.#add(results, memory.futureAddress(channel, due * size), size);
      return;
    }
    const state = this.#channels[channel];
    state.failed[job % JOBS] = 1;
    state.until = Math.max(state.until, due);
  }

  /** Adds the direct sums that replace spectra that were not finite, to outputs of one block. */
  addDirect(channel: number, time: number, count: number): void {
    const state = this.#channels[channel];
    const { size, from, count: partitions } = this.level;
    const due = Math.floor(time / size);
    if (due > state.until) return;
    const job = due - this.#lead;
    const all = state.failed[(job + JOBS) % JOBS];
    const kernel = this.memory.kernelOf(channel) * partitions;
    for (let p = 0; p < partitions && p <= job; p++) {
      if (all || state.spoiled[(job - p) % state.ring] || this.#impossible[kernel + p])
        this.memory.addRows(this.#rows, channel, time, count, from + p * size, from + (p + 1) * size);
    }
  }
}
