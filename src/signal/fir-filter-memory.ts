// A stream's memory, and the transforms that work in it.

import type { Engine } from '../engine/engine.js';
import { numberBytes, type Precision } from '../spectrum/sizes.js';
import type { NumberArray } from '../sums/samples.js';
import type { StreamEntries } from './entries.js';
import { type Layout, layoutOf } from './fir-filter-layout.js';
import type { StreamPlan } from './fir-filter-plan.js';

/** A real transform of one size into a spectrum of as many numbers, in which real parts and imaginary parts are vectors in turn. */
export interface StreamTransform {
  /** what makes the product of two spectra that of their signals, a power of two: for the coefficients */
  readonly scale: number;
  /** reads the numbers at an address and writes their spectrum to another */
  forward(signal: number, spectrum: number): void;
  /** writes the numbers of a spectrum, which is lost */
  inverse(spectrum: number, signal: number): void;
}

/** Makes transforms. What they keep lies in memory of the stream's own, so that it is there in every call and nothing is made in one. */
export interface StreamTransforms {
  /** bytes that those of these sizes keep */
  bytes(sizes: readonly number[], precision: Precision): number;
  /** one for each size, in memory that begins at an address */
  make(engine: Engine, sizes: readonly number[], precision: Precision, address: number): StreamTransform[];
}

/** A stream's memory: addresses of what lies there. */
export class StreamMemory {
  readonly layout: Layout;
  readonly bytes: number;
  #view: NumberArray;
  #address: number;

  constructor(
    readonly engine: Engine,
    readonly plan: StreamPlan,
    readonly length: number,
    readonly kernels: number,
    readonly channels: number,
    readonly precision: Precision,
    tableBytes: number,
  ) {
    this.bytes = numberBytes(precision);
    this.layout = layoutOf(plan, length, kernels, channels, tableBytes / this.bytes);
    this.#address = engine.allocate(
      this.bytes * this.layout.total,
      `a FirFilter of ${length} coefficients and ${channels} channels`,
    );
    this.#view = this.#fresh();
    const begin = this.#address / this.bytes;
    this.#view.fill(0, begin, begin + this.layout.total);
  }

  get start(): number {
    return this.#address;
  }

  #fresh(): NumberArray {
    const { f32 } = this.engine;
    return this.precision === 'float64' ? new Float64Array(f32.buffer) : f32;
  }

  /** All of memory as numbers. A new view only where memory has grown. */
  numbers(): NumberArray {
    if (this.#view.buffer !== this.engine.f32.buffer) this.#view = this.#fresh();
    return this.#view;
  }

  address(offset: number): number {
    return this.#address + this.bytes * offset;
  }

  channelAddress(channel: number, offset: number): number {
    return this.address(this.layout.channels + channel * this.layout.channel + offset);
  }

  /** Where the sample of a time lies, with those that follow it. */
  pastAddress(channel: number, time: number): number {
    const { past, pastSize } = this.layout;
    return this.channelAddress(channel, past + ((time + pastSize) % pastSize));
  }

  futureAddress(channel: number, time: number): number {
    const { future, futureSize } = this.layout;
    return this.channelAddress(channel, future + (time % futureSize));
  }

  scratchIndex(): number {
    return this.address(this.layout.scratch) / this.bytes;
  }

  kernelOf(channel: number): number {
    return this.kernels === 1 ? 0 : channel;
  }

  /** The coefficient at a tap; those before the first are the zeros of the delay. */
  coefficient(kernel: number, tap: number): number {
    const at = tap - (this.plan.taps - this.length);
    if (at < 0 || at >= this.length) return 0;
    return this.numbers()[this.address(this.layout.coefficients) / this.bytes + kernel * this.length + at];
  }

  clear(address: number, count: number): void {
    const at = address / this.bytes;
    this.numbers().fill(0, at, at + count);
  }

  /** Clears everything that channels have heard. */
  clearChannels(): void {
    this.clear(this.address(this.layout.channels), this.layout.channel * this.channels);
  }

  /** Takes over what the channels of a stream with the same layout have heard. */
  copyChannels(other: StreamMemory): void {
    const from = other.channelAddress(0, 0) / this.bytes;
    const count = this.layout.channel * this.channels;
    this.numbers().copyWithin(this.channelAddress(0, 0) / this.bytes, from, from + count);
  }

  /** Adds the sums of some taps, from `from` to below `to`, to outputs of one base block. */
  addRows(
    rows: StreamEntries['firRows32'],
    channel: number,
    time: number,
    count: number,
    from: number,
    to: number,
  ): void {
    const zeros = this.plan.taps - this.length;
    const first = Math.max(from, zeros);
    const taps = Math.min(to, this.plan.taps) - first;
    if (taps <= 0) return;
    const kernel = this.kernelOf(channel) * this.length;
    // the samples up to the block's last one lie in one piece that ends behind it
    const { past, pastSize } = this.layout;
    const signal = this.channelAddress(channel, past + pastSize + (time % pastSize) - first);
    const coefficients = this.address(this.layout.coefficients + kernel + first - zeros);
    rows(signal, coefficients, this.futureAddress(channel, time), taps, count);
  }
}
