// The wasm memory of a stream, and the interface of the transforms that use it.

import type { Engine } from '../../engine/engine.js';
import { numberBytes, type Precision } from '../../spectrum/sizes.js';
import type { NumberArray } from '../../sums/samples.js';
import { memoryOf } from '../../sums/scratch.js';
import type { StreamEntries } from '../entries.js';
import { type Layout, layoutOf, type StreamSizes } from './layout.js';
import type { StreamPlan } from './plan.js';

/** A real FFT of one size. The spectrum has as many numbers as the signal, as alternating vectors of real and imaginary parts. */
export interface StreamTransform {
  /** a power of two; coefficients multiplied by it make products of spectra the spectrum of the convolution */
  readonly scale: number;
  /** transforms the numbers at one address and writes the spectrum to another */
  forward(signal: number, spectrum: number): void;
  /** transforms back; overwrites the spectrum */
  inverse(spectrum: number, signal: number): void;
}

/** Creates transforms. Their tables are in the stream's own memory, so that no call allocates. */
export interface StreamTransforms {
  /** bytes of the tables for these sizes */
  bytes(sizes: readonly number[], precision: Precision): number;
  /** creates a transform for each size, with tables at an address */
  make(engine: Engine, sizes: readonly number[], precision: Precision, address: number): StreamTransform[];
}

/** A stream's memory and the addresses of its areas. */
export class StreamMemory {
  readonly layout: Layout;
  readonly bytes: number;
  #address: number;

  constructor(
    readonly engine: Engine,
    readonly plan: StreamPlan,
    readonly sizes: StreamSizes,
    readonly precision: Precision,
    tableBytes: number,
  ) {
    this.bytes = numberBytes(precision);
    this.layout = layoutOf(plan, sizes, tableBytes / this.bytes);
    this.#address = engine.allocate(
      this.bytes * this.layout.total,
      `a FirFilter of ${sizes.length} coefficients and ${sizes.channels} channels`,
    );
    this.clear(this.#address, this.layout.total);
  }

  get start(): number {
    return this.#address;
  }

  /** The engine's whole memory as numbers. */
  numbers(): NumberArray {
    return memoryOf(this.engine, this.precision);
  }

  address(offset: number): number {
    return this.#address + this.bytes * offset;
  }

  channelAddress(channel: number, offset: number): number {
    return this.address(this.layout.channels + channel * this.layout.channel + offset);
  }

  /** The address of the sample at a time; the next samples follow it. */
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
    return this.sizes.kernels === 1 ? 0 : channel;
  }

  /** The coefficient of a tap; 0 for the taps of the delay. */
  coefficient(kernel: number, tap: number): number {
    const at = tap - (this.plan.taps - this.sizes.length);
    if (at < 0 || at >= this.sizes.length) return 0;
    return this.numbers()[
      this.address(this.layout.coefficients) / this.bytes + kernel * this.sizes.length + at
    ];
  }

  clear(address: number, count: number): void {
    const at = address / this.bytes;
    this.numbers().fill(0, at, at + count);
  }

  /** Clears the state of all channels. */
  clearChannels(): void {
    this.clear(this.address(this.layout.channels), this.layout.channel * this.sizes.channels);
  }

  /** Copies the state of the channels of a stream with the same layout. */
  copyChannels(other: StreamMemory): void {
    const from = other.channelAddress(0, 0) / this.bytes;
    const count = this.layout.channel * this.sizes.channels;
    this.numbers().copyWithin(this.channelAddress(0, 0) / this.bytes, from, from + count);
  }

  /** Adds direct sums over the taps from `from` to below `to` to outputs of one base block. */
  addRows(
    rows: StreamEntries['firRows32'],
    channel: number,
    time: number,
    count: number,
    from: number,
    to: number,
  ): void {
    const zeros = this.plan.taps - this.sizes.length;
    const first = Math.max(from, zeros);
    const taps = Math.min(to, this.plan.taps) - first;
    if (taps <= 0) return;
    const kernel = this.kernelOf(channel) * this.sizes.length;
    // addresses the second copy in the ring, where all earlier samples are contiguous
    const { past, pastSize } = this.layout;
    const signal = this.channelAddress(channel, past + pastSize + (time % pastSize) - first);
    const coefficients = this.address(this.layout.coefficients + kernel + first - zeros);
    rows(signal, coefficients, this.futureAddress(channel, time), taps, count);
  }
}
