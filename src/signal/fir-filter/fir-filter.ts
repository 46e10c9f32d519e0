// FirFilter: a streaming FIR filter.

import { optionsObject, whole } from '../../core/arguments.js';
import { describe, refuse, type Where } from '../../core/errors.js';
import type { Disposing } from '../../core/globals.js';
import type { TypedArray } from '../../core/typed-array.js';
import type { Engine } from '../../engine/engine.js';
import { heap } from '../../engine/heap.js';
import { dtypeOf } from '../../sums/result.js';
import {
  asSamples,
  type Dtype,
  type NumberArray,
  numbersOf,
  type OwnArray,
  type Samples,
  type SamplesLike,
  zeros,
} from '../../sums/samples.js';
import { BlockLines, type FirBlock, type FirOutput, isMixed } from './block.js';
import { planText, streamPlan } from './plan.js';
import { channelsOf, givenState, kernelOf, tailOf } from './state.js';
import { FirStream } from './stream.js';
import { streamTransforms } from './transform.js';

/** Options of `FirFilter`. */
export interface FirFilterOptions<D extends Dtype = Dtype> {
  /** channels of a block; default the number of rows of `b` */
  readonly channels?: number | undefined;
  /** delay of the output in samples, as if zeros preceded the coefficients; default 0 */
  readonly delay?: number | undefined;
  /** type of the sums and of the results; default 'float32' */
  readonly dtype?: D | undefined;
}

/** The coefficients of a `FirFilter`, which may be passed to all functions that accept samples. */
export interface FirCoefficients {
  readonly data: readonly number[];
  /** [taps] or [channels, taps] */
  readonly shape: readonly number[];
}

/** Options of `process`. */
export interface ProcessOptions<O extends FirOutput = FirOutput> {
  /** array for the result, float32 or float64; it may be the block itself */
  readonly out?: O | undefined;
}

/** Frees the memory of garbage-collected filters. */
let registry: FinalizationRegistry<{ readonly engine: Engine; readonly address: number }> | undefined;

/**
 * A FIR filter for a signal that arrives in blocks: `y[n] = Σ b[k] · x[n − delay − k]`. It keeps its state between blocks, which may have any
 * and varying numbers of samples; results do not depend on the division into blocks, bit by bit. The filter adds no latency, and after its
 * first run `process` with `out` allocates nothing.
 *
 * Filters of up to 256 coefficients are direct sums: `|error| ≤ u · (taps + 2) · Σ |b| |x|`, with u = 2^-24, or 2^-53 for float64; a
 * `delay` counts as that many coefficients of 0. Longer filters sum only the first 128 coefficients directly. The others form partitions of
 * 128, 512, 2,048 … coefficients, which are multiplied by FFT; the work of long partitions is spread over the time until their results are
 * due. They add an error of `u · (log2 N + P / 4) · ‖x‖ · ‖b‖`, with N twice the longest partition, P partitions of one size, and the 2-norms
 * of the coefficients and of the last taps + N samples. A NaN or Infinity affects only the outputs that the definition says.
 *
 * The memory of the coefficients and of each channel is in the layers' wasm memory. It is freed when the filter is garbage-collected, or
 * immediately by `dispose`.
 *
 * @see https://docs.scipy.org/doc/scipy/reference/generated/scipy.signal.lfilter.html
 * @example
 * import { FirFilter } from 'convnd/signal';
 * const echo = new FirFilter([1, 0, 0, 0.5]);
 * console.log(echo.process(new Float32Array([1, 2])).join()); // 1,2
 * console.log(echo.process(new Float32Array([0, 0, 4])).join()); // 0,0.5,5
 * console.log(echo.state.data.join()); // 0,0,2
 */
export class FirFilter<D extends Dtype = 'float32'> implements Disposing {
  /** channels of a block */
  readonly channels: number;
  /** delay of the output in samples */
  readonly delay: number;
  /** type of the sums and of new results */
  readonly dtype: D;
  readonly #coefficients: Samples<D>;
  /** the coefficients for the caller, once they have been read */
  #frozen: FirCoefficients | undefined;
  readonly #stream: FirStream;
  readonly #input: BlockLines;
  readonly #output: BlockLines;
  readonly #where: Where = () =>
    `FirFilter of ${describe(this.#coefficients.shape)} coefficients, ${this.channels} channels`;
  readonly #token = {};
  /** what the initial state still adds to outputs, channel by channel: taps − 1 numbers each */
  #pending: NumberArray | undefined;
  /** the last samples of a channel, reused for its state */
  #last: NumberArray | undefined;
  #disposed = false;

  /**
   * @param b coefficients [taps] for all channels, or [channels, taps]; copied
   * @throws TypeError for unknown options or invalid coefficients
   * @throws RangeError if there are no coefficients or one is not finite, `channels` is below 1 or not the number of rows, `delay` is
   * below 0, or memory is insufficient
   */
  constructor(b: SamplesLike, options?: FirFilterOptions<D>) {
    const where: Where = () => 'FirFilter';
    optionsObject(options, ['channels', 'delay', 'dtype'], where);
    this.dtype = dtypeOf(options?.dtype, where);
    const given = asSamples(b, this.dtype, 'b', where);
    this.channels = channelsOf(given.shape, options?.channels, where);
    this.delay = whole(options?.delay ?? 0, 'delay', where);
    if (this.delay < 0) refuse(where, `delay must be 0 or more, but got ${this.delay}`);
    const wrong = given.data.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) refuse(where, `b must be finite, but coefficient ${wrong} is ${given.data[wrong]}`);
    this.#coefficients = { data: given.data.slice() as NumberArray<D>, shape: [...given.shape] };
    this.#input = new BlockLines(this.channels, this.dtype, 'block', this.#where);
    this.#output = new BlockLines(this.channels, this.dtype, 'out', this.#where);
    const { shape } = this.#coefficients;
    const kernels = Array.from({ length: shape.length === 2 ? shape[0] : 1 }, (_, i) =>
      kernelOf(this.#coefficients, i),
    );
    this.#stream = new FirStream(
      heap(),
      streamPlan(shape[shape.length - 1] + this.delay),
      kernels,
      this.channels,
      this.dtype,
      streamTransforms,
    );
    registry ??= new FinalizationRegistry((held) => held.engine.release(held.address));
    registry.register(this, { engine: this.#stream.engine, address: this.#stream.memory.start }, this.#token);
    // another delay would change `state`, but not what is heard. Fields of a subclass do not exist yet
    for (const name of Object.keys(this)) Object.defineProperty(this, name, { writable: false });
  }

  /** Not 'Object', because Vue wraps what is called so in a proxy, through which private fields cannot be read. */
  get [Symbol.toStringTag](): string {
    return 'FirFilter';
  }

  /**
   * The coefficients, [taps] or [channels, taps], rounded to `dtype`. They are frozen, because a write would not be heard: for others, make a
   * new filter and `reset` it to the `state` of this one.
   * @example
   * import { FirFilter } from 'convnd/signal';
   * console.log(new FirFilter([1, 0, 0.5]).coefficients); // { data: [ 1, 0, 0.5 ], shape: [ 3 ] }
   */
  get coefficients(): FirCoefficients {
    this.#frozen ??= frozenCopy(this.#coefficients);
    return this.#frozen;
  }

  /** number of coefficients, including the delay */
  get #taps(): number {
    return this.#stream.plan.taps;
  }

  #alive(): FirStream {
    if (this.#disposed) throw new Error(`${this.#where()} is disposed`);
    return this.#stream;
  }

  /**
   * Filters the next block.
   * @param block samples of each channel: a typed array for one channel; a list of them, as an AudioWorklet's processor receives it; or a
   * tensor [n] or [channels, n]
   * @returns `out`, or a new block of the form and length of `block`
   * @throws TypeError for an invalid block; RangeError if its number of channels differs, or if `out` has another size or shares memory with
   * another channel. An AudioWorklet's list is empty while nothing is connected: pass zeros then
   * @throws Error after `dispose`
   * @example
   * import { FirFilter } from 'convnd/signal';
   * const stereo = new FirFilter([0.5, 0.5], { channels: 2 });
   * const block = [new Float32Array([2, 4]), new Float32Array([0, 8])];
   * stereo.process(block, { out: block }); // in place: nothing is allocated
   * console.log(block.map((channel) => channel.join()).join(' ')); // 1,3 0,4
   */
  process<O extends FirOutput>(block: FirBlock, options: { out: O }): O;
  process(block: TypedArray, options?: ProcessOptions): OwnArray<D>;
  process(block: readonly TypedArray[], options?: ProcessOptions): OwnArray<D>[];
  process(block: SamplesLike, options?: ProcessOptions): Samples<D>;
  process(block: FirBlock, options?: ProcessOptions): FirOutput {
    const stream = this.#alive();
    optionsObject(options, PROCESS_OPTIONS, this.#where);
    const input = this.#input;
    const output = this.#output;
    input.read(block);
    let result = options?.out;
    if (result === undefined) result = output.like(input);
    else {
      output.write(result, input.count);
      if (isMixed(input, output))
        refuse(
          this.#where,
          'out: shares memory with another part of the block; pass the block itself or other memory',
        );
    }
    const begin = stream.time;
    stream.process(input, output, input.count);
    if (this.#pending) this.#addPending(begin);
    return result;
  }

  /** Adds the contribution of the initial state to the block that began at a time. */
  #addPending(begin: number): void {
    const pending = this.#pending!;
    const length = this.#taps - 1;
    const { arrays, offsets, count } = this.#output;
    for (let channel = 0; channel < this.channels; channel++) {
      const target = arrays[channel];
      for (let i = 0; i < count && begin + i < length; i++)
        target[offsets[channel] + i] += pending[channel * length + begin + i];
    }
    if (begin + count >= length) this.#pending = undefined;
  }

  /**
   * What the samples so far contribute to future outputs, as `lfilter`'s `zf`: [taps − 1], or [channels, taps − 1] for several channels. A
   * delay adds that many numbers. It is computed at each read.
   * @throws Error after `dispose`
   */
  get state(): Samples<D> {
    const stream = this.#alive();
    const { channels, dtype, delay } = this;
    const length = this.#taps - 1;
    const state = zeros(channels === 1 ? [length] : [channels, length], dtype);
    const where: Where = () => `state of ${this.#where()}`;
    // reuses the array: sums cache what they compute from it, as for weights, until its numbers change
    this.#last ??= numbersOf(length, dtype);
    for (let channel = 0; channel < channels; channel++) {
      const own = state.data.subarray(channel * length, (channel + 1) * length);
      stream.copyLast(channel, this.#last);
      own.set(tailOf(this.#last, kernelOf(this.#coefficients, channel), delay, dtype, where));
      const pending = this.#pending?.subarray(channel * length + stream.time, (channel + 1) * length);
      pending?.forEach((value, i) => {
        own[i] += value;
      });
    }
    return state;
  }

  /**
   * Restarts the filter in silence or in a given state.
   * @param zi the contribution to the first outputs, as `state` and `lfilter`'s `zf` have it: [taps − 1] for all channels, or
   * [channels, taps − 1]
   * @throws RangeError if it has another shape
   * @example
   * import { FirFilter } from 'convnd/signal';
   * const echo = new FirFilter([1, 0, 0.5]);
   * echo.process([4, 4]);
   * const { state } = echo;
   * echo.reset();
   * console.log(echo.process(new Float32Array(2)).join()); // 0,0
   * echo.reset(state);
   * console.log(echo.process(new Float32Array(2)).join()); // 2,2
   */
  reset(zi?: SamplesLike): void {
    const stream = this.#alive();
    this.#pending =
      zi === undefined ? undefined : givenState(zi, this.#taps - 1, this.channels, this.dtype, this.#where);
    stream.clear();
  }

  /**
   * An independent filter with the same coefficients and the same state.
   * @throws Error after `dispose`; RangeError if memory is insufficient
   * @example
   * import { FirFilter } from 'convnd/signal';
   * const one = new FirFilter([1, 1]);
   * one.process([5]);
   * const other = one.clone();
   * console.log(one.process(new Float32Array([1]))[0], other.process(new Float32Array([2]))[0]); // 6 7
   */
  clone(): FirFilter<D> {
    const stream = this.#alive();
    const { channels, delay, dtype } = this;
    const copy = new FirFilter<D>(this.#coefficients, { channels, delay, dtype });
    copy.#stream.copy(stream);
    copy.#pending = this.#pending?.slice();
    return copy;
  }

  /**
   * The filter's partitioning as text: how many coefficients are summed directly, and the number and size of partitions.
   * @example
   * import { FirFilter } from 'convnd/signal';
   * console.log(new FirFilter(new Float32Array(1000)).explain()); // 128 direct, 7 x 128
   */
  explain(): string {
    return planText(this.#stream.plan);
  }

  /** Frees the memory immediately. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    registry?.unregister(this.#token);
    this.#stream.engine.release(this.#stream.memory.start);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

const PROCESS_OPTIONS = ['out'];

/** A loop takes a third of the time of a spread, and V8 freezes a list of objects, as nulls make it, without a copy of its own. */
function frozenCopy({ data, shape }: Samples): FirCoefficients {
  const list = new Array<number | null>(data.length).fill(null);
  for (let i = 0; i < data.length; i++) list[i] = data[i];
  return Object.freeze({ data: Object.freeze(list as number[]), shape: Object.freeze([...shape]) });
}
