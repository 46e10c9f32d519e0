// The spectra of a layer's kernels, cached in the engine's memory and computed again when the weights change, like packed weights.

import { FLOAT_BYTES, WORD_BYTES } from '../../core/bytes.js';
import { product } from '../../core/lists.js';
import { Cached } from '../../engine/cached.js';
import type { Engine } from '../../engine/engine.js';
import { differs, FINGERPRINT_BYTES, fingerprint } from '../../run/fingerprint.js';
import type { Parameters } from '../../run/parameters.js';
import { blockBytes, scaleOf, type Transform } from '../../spectrum/transform.js';
import { isTransformable } from '../../sums/spectral/accuracy.js';
import { factsOf } from '../../sums/spectral/filter-spectrum.js';
import { type LayerFftPlan, spectrumStep } from './plan.js';

/** Approximate bytes of JavaScript objects that a layer's plan holds. */
const PLAN_BYTES = 16 << 10;

/** Where a block is transformed. */
export interface TransformPlace {
  readonly transform: Transform;
  /** addresses of the transform's task, of the block, and of the row scratch */
  readonly room: number;
  readonly window: number;
  readonly work: number;
}

/** The spectra of one layer's kernels, for blocks of one size: filter by filter, and the channels of each. */
export class LayerSpectra {
  readonly #memory: Cached;
  /** bytes of a spectrum */
  readonly step: number;
  /** the parameters' version that the spectra belong to; NaN before the first */
  #version = Number.NaN;
  /** whether FFT is accurate for these weights: all are finite, and no kernel is so small that it would lose digits */
  isFit = false;
  /** whether all weights are integers, and the largest 2-norm of a kernel */
  areIntegers = false;
  norm = 0;

  constructor(
    readonly engine: Engine,
    readonly layout: LayerFftPlan,
    dropped: () => void,
  ) {
    this.#memory = new Cached(engine, engine.usedOnce, engine.usedAgain, dropped);
    this.step = spectrumStep(layout.sizes, layout.single);
  }

  /** The address of the spectra, after `take`. */
  get address(): number {
    return this.#memory.address;
  }

  /**
   * Allocates memory. Must be called before views are created, because memory may grow.
   * @throws RangeError if memory is insufficient
   */
  take(): void {
    if (this.#memory.use()) return;
    const { plan, spectra } = this.layout;
    this.#memory.take(
      spectra + 2 * FINGERPRINT_BYTES,
      PLAN_BYTES,
      `the spectra of the weights of ${plan.line}`,
    );
    this.#version = Number.NaN;
  }

  /** Computes the spectra again if the weights have changed. Overwrites the window. */
  refresh({ version, exposed, weight }: Parameters, place: TransformPlace): void {
    if (version === this.#version && !exposed) return;
    const { engine, layout } = this;
    const kept = this.address + layout.spectra;
    const given = kept + FINGERPRINT_BYTES;
    const most = blockBytes(layout.sizes, 'float32') / FLOAT_BYTES;
    // pieces are multiples of 32 numbers, except the last
    fingerprint(engine, weight, given, place.window, most - (most % 32));
    const changed = differs(engine, kept, given, FINGERPRINT_BYTES / WORD_BYTES);
    if (changed || Number.isNaN(this.#version)) {
      this.#version = Number.NaN;
      this.#make(weight, place);
    }
    this.#version = version;
  }

  release(): void {
    this.#memory.release();
  }

  #make(weight: Float32Array, place: TransformPlace): void {
    const { layout, step } = this;
    const { groups, filters, channels, weight: strides } = layout.plan.convolution;
    const elements = product(layout.axes.map((axis) => axis.elements));
    this.isFit = false;
    this.areIntegers = true;
    this.norm = 0;
    let to = this.address;
    for (let group = 0; group < groups; group++)
      for (let filter = 0; filter < filters; filter++)
        for (let channel = 0; channel < channels; channel++) {
          const at = group * strides.group + filter * strides.filter + channel * strides.channel;
          const kernel = weight.subarray(at, at + elements);
          const facts = factsOf(kernel);
          this.areIntegers &&= facts.areIntegers;
          this.norm = Math.max(this.norm, Math.sqrt(facts.squares));
          if (!isTransformable(facts, layout.sizes, 'float32')) return;
          this.#transform(kernel, to, place);
          to += step;
        }
    this.isFit = true;
  }

  /** Computes the spectrum of one kernel, scaled for the inverse transform. */
  #transform(kernel: Float32Array, to: number, { transform, room, window, work }: TransformPlace): void {
    const { f32 } = this.engine;
    const { sizes, axes } = this.layout;
    const at = window / FLOAT_BYTES;
    const scale = 1 / scaleOf(sizes);
    f32.fill(0, at, at + blockBytes(sizes, 'float32') / FLOAT_BYTES);
    const steps = [sizes.length * sizes.rows, sizes.length, 1];
    const [depth, height, width] = axes;
    const place = (axis: number, k: number) => steps[axis] * (axes[axis].first + axes[axis].apart * k);
    let from = 0;
    for (let a = 0; a < depth.elements; a++)
      for (let b = 0; b < height.elements; b++) {
        const begin = at + place(0, a) + place(1, b);
        for (let c = 0; c < width.elements; c++) f32[begin + place(2, c)] = kernel[from++] * scale;
      }
    transform.set(room, 'forward', to, work);
    transform.block(room, window);
    if (this.layout.single) transform.factors(room);
  }
}
