// Runs a layer's convolution by FFT, with overlapping blocks. Each channel's block is transformed once; for each filter, the products of
// all channels' spectra are added and transformed back once.

import { FLOAT_BYTES } from '../../core/bytes.js';
import { product } from '../../core/lists.js';
import type { Engine } from '../../engine/engine.js';
import type { Epilogue } from '../../run/activation.js';
import type { Implementation } from '../../run/alternative.js';
import type { Operands } from '../../run/operands.js';
import type { SignalEntries } from '../../spectrum/entries.js';
import { signalModule } from '../../spectrum/module.js';
import { blockBytes, rowBytes, TRANSFORM_BYTES, Transform } from '../../spectrum/transform.js';
import { Drain } from '../../sums/spectral/drain.js';
import { Feed } from '../../sums/spectral/feed.js';
import type { StreamEntries } from '../entries.js';
import { streamModule } from '../module.js';
import { norm32 } from './exact.js';
import type { LayerFftPlan } from './plan.js';
import { LayerSpectra, type TransformPlace } from './weights.js';

/** The unit roundoff of float32. */
const UNIT = 2 ** -24;

/** No activation. */
const PLAIN = { slope: 1, most: Number.POSITIVE_INFINITY };

/** The slope below zero and the upper limit of an activation; undefined for an epilogue that this file does not support. */
function finishOf(epilogue: Epilogue | undefined): typeof PLAIN | undefined {
  if (!epilogue) return PLAIN;
  const { input, add, scale, activation } = epilogue;
  if (input || add || scale !== 1) return undefined;
  if (activation?.entry === 'clamp') return { slope: 0, most: activation.operand };
  return activation?.entry === 'leakyRelu' ? { ...PLAIN, slope: activation.operand } : undefined;
}

/** Addresses and views of a call. They are valid as long as memory does not grow. */
interface Work extends TransformPlace {
  readonly entries: SignalEntries;
  readonly streams: StreamEntries;
  /** addresses of the channels' spectra, in descending order from `first`, and of the sum of products */
  readonly first: number;
  readonly sum: number;
  readonly input: Float32Array;
  readonly output: Float32Array;
  readonly bias: Float32Array | null;
  readonly slope: number;
  readonly most: number;
}

/** The FFT implementation of one plan's convolution. */
export class LayerFft implements Implementation {
  readonly #spectra: LayerSpectra;
  /** the sum of the norms of a block's inputs; used if all are integers */
  #norms = 0;

  constructor(
    readonly engine: Engine,
    readonly layout: LayerFftPlan,
    onEvict: () => void,
  ) {
    this.#spectra = new LayerSpectra(engine, layout, onEvict);
  }

  release(): void {
    this.#spectra.release();
  }

  run({ input: x, output: out, parameters, epilogue }: Operands): boolean {
    const finish = finishOf(epilogue);
    if (!finish || !Number.isFinite(finish.slope)) return false;
    const { layout } = this;
    const spectra = this.#spectra;
    spectra.take();
    const place = this.#place();
    // memory does not grow from here on; growing would detach views of it
    const { weight, bias } = parameters;
    const [input, output] = [x.data, out.data];
    // the plan's own implementation reports detached arrays
    if ([weight, bias, input, output].some((numbers) => numbers?.length === 0)) return false;
    spectra.refresh(parameters, place);
    if (!spectra.isFit) return false;
    const { step } = spectra;
    const low = place.window + blockBytes(layout.sizes, 'float32');
    const first = low + (layout.plan.convolution.channels - 1) * step;
    const { engine } = this;
    const [entries, streams] = [signalModule(engine), streamModule(engine)];
    return this.#maps({
      ...place,
      ...finish,
      entries,
      streams,
      first,
      sum: first + step,
      input,
      output,
      bias,
    });
  }

  /** Reserves memory for a block and its transform. */
  #place(): TransformPlace {
    const { engine, layout } = this;
    const { sizes, plan, scratch } = layout;
    const transform = new Transform(engine, sizes, 'float32');
    const room = engine.reserve(scratch, plan.line);
    const work = room + TRANSFORM_BYTES;
    return { transform, room, work, window: work + rowBytes(sizes, 'float32') };
  }

  /** Computes all images and groups; false if a result is not finite. */
  #maps(work: Work): boolean {
    const { axes, border, plan } = this.layout;
    const { batch, groups, channels, filters, input, output } = plan.convolution;
    const sizes = product(axes.map(({ size }) => size));
    const counts = product(axes.map(({ count }) => count));
    const { f32 } = this.engine;
    for (let image = 0; image < batch; image++)
      for (let group = 0; group < groups; group++) {
        const feeds = Array.from({ length: channels }, (_, channel) => {
          const at = image * input.image + group * input.group + channel * input.map;
          return new Feed(work.entries, f32, work.input.subarray(at, at + sizes), axes, border);
        });
        const drains = Array.from({ length: filters }, (_, filter) => {
          const at = image * output.image + group * output.group + filter * output.map;
          return new Drain(f32, work.output.subarray(at, at + counts), axes);
        });
        if (!this.#blocks(work, group, feeds, drains)) return false;
      }
    return true;
  }

  /** Computes the blocks of one group of an image. */
  #blocks(work: Work, group: number, feeds: readonly Feed[], drains: readonly Drain[]): boolean {
    const { good, axes } = this.layout;
    const [planes, rows, row] = axes;
    for (let a = 0; a < planes.count; a += good[0])
      for (let b = 0; b < rows.count; b += good[1])
        for (let c = 0; c < row.count; c += good[2])
          if (!this.#block(work, group, [a, b, c], feeds, drains)) return false;
    return true;
  }

  #block(
    work: Work,
    group: number,
    first: readonly number[],
    feeds: readonly Feed[],
    drains: readonly Drain[],
  ): boolean {
    const { transform, room, window } = work;
    const { step } = this.#spectra;
    const channels = feeds.length;
    const count = first.map((at, i) => Math.min(this.layout.good[i], this.layout.axes[i].count - at));
    const kernels = this.#spectra.address + group * drains.length * channels * step;
    this.#norms = 0;
    if (this.layout.single) {
      this.#load(work, feeds[0], first, count);
      transform.set(room, 'product', kernels, work.work);
      transform.block(room, window);
      return this.#finish(work, drains[0], group, first, count);
    }
    for (const [channel, feed] of feeds.entries()) {
      this.#load(work, feed, first, count);
      transform.set(room, 'forward', work.first - channel * step, work.work);
      transform.block(room, window);
    }
    const { f32 } = this.engine;
    transform.set(room, 'inverse', work.sum, work.work);
    for (const [filter, drain] of drains.entries()) {
      f32.fill(0, work.sum / FLOAT_BYTES, (work.sum + step) / FLOAT_BYTES);
      const kernel = kernels + filter * channels * step;
      work.streams.multiplyAdd32(work.sum, work.first, kernel, step, channels, step);
      transform.block(room, window);
      if (!this.#finish(work, drain, group * drains.length + filter, first, count)) return false;
    }
    return true;
  }

  /** Loads the inputs of a block into the window. */
  #load(work: Work, feed: Feed, first: readonly number[], count: readonly number[]): void {
    const { sizes } = this.layout;
    this.#fill(work, feed, first, count);
    // the norm decides whether results may be rounded to integers
    if (this.#spectra.areIntegers)
      this.#norms += norm32(work.entries, work.window, sizes.rows * sizes.planes, sizes.length);
  }

  #fill(work: Work, feed: Feed, first: readonly number[], count: readonly number[]): void {
    const { axes, sizes } = this.layout;
    const { length, rows, planes } = sizes;
    const positions = axes.map(({ last, taps }, i) => last + first[i] - taps + 1);
    const [depth, height, width] = axes.map(({ taps }, i) => count[i] + taps - 1);
    if (rows * planes === 1) {
      feed.row({ address: work.window, length }, positions, width);
      return;
    }
    for (let plane = 0; plane < planes; plane++) {
      const place = { address: work.window + plane * rows * rowBytes(sizes, 'float32'), length, rows };
      const needed = plane < depth ? [height, width] : [0, 0];
      feed.plane(place, [positions[0] + plane, positions[1], positions[2]], needed);
    }
  }

  /** Adds the bias, applies the activation and copies the results of a block; false if one is not finite. */
  #finish(
    work: Work,
    drain: Drain,
    filter: number,
    first: readonly number[],
    count: readonly number[],
  ): boolean {
    const { axes, sizes, logSize } = this.layout;
    const { entries, streams, slope, most, window } = work;
    const pitch = rowBytes(sizes, 'float32');
    const bias = work.bias?.[filter] ?? 0;
    const isExact = this.#spectra.areIntegers && this.#norms * this.#spectra.norm * UNIT * logSize < 0.25;
    const [planes, rows, length] = count;
    for (let plane = 0; plane < planes; plane++) {
      const row = (plane + axes[0].taps - 1) * sizes.rows + axes[1].taps - 1;
      const address = window + row * pitch + (axes[2].taps - 1) * FLOAT_BYTES;
      for (let i = 0; i < rows && isExact; i++) entries.round(address + i * pitch, length, 1);
      if (!streams.finish32(address, rows, length, pitch, bias, slope, most)) return false;
      entries.closeUp(address, 1, rows, 0, pitch, length * FLOAT_BYTES);
      drain.plane(address, rows, length, [first[0] + plane, first[1], first[2]], false);
    }
    return true;
  }
}
