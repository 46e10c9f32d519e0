// Weights: the packed weights of a plan in wasm memory, which are packed again when the parameters change.

import { aligned, FLOAT_BYTES, WORD_BYTES } from '../core/bytes.js';
import { detachedError } from '../core/tensor.js';
import { Cached } from '../engine/cached.js';
import type { Engine } from '../engine/engine.js';
import { COMPARED_BYTES } from '../plan/caches.js';
import type { Plan } from '../plan/plan.js';
import { tapsInKernels } from '../plan/transform-kernels.js';
import { ZERO_BIASES } from '../shared/sizes.js';
import { areFinite, differs, FINGERPRINT_BYTES, fingerprint } from './fingerprint.js';
import { packWeights } from './packing.js';
import type { Parameters } from './parameters.js';

/** Words of the fingerprints of weight and bias. */
const FINGERPRINT_WORDS = (2 * FINGERPRINT_BYTES) / WORD_BYTES;

/** Identifies how a plan packs weights. Plans with the same layout can share packed weights. */
export function weightLayout({ convolution, filterTiles, tile, tapSets }: Plan): string {
  const { groups, channels, filters, weight } = convolution;
  const kernels = tile?.kernels.map((own) => own && [...tapsInKernels(own)]);
  const transform = [tile?.transform.id, tile?.planes, kernels];
  return JSON.stringify([groups, channels, filters, weight, filterTiles, transform, tapSets]);
}

/** Packed weights and bias of one layout. If their memory was evicted, the next call packs them again. */
export class PackedWeights {
  readonly #memory: Cached;
  /** bytes of the packed weights of all tap sets, and of the biases behind them */
  readonly #weightBytes: number;
  readonly #biasBytes: number;
  /** the version of the packed parameters; NaN, which equals no version, if none are packed */
  #version = Number.NaN;
  /** how often weights have been packed */
  packings = 0;
  /** whether the weight is finite, and for a transform the bias too */
  isFinite = true;

  constructor(
    readonly engine: Engine,
    plan: Plan,
  ) {
    this.#memory = new Cached(engine, engine.usedOnce, engine.usedAgain, () => {});
    this.#weightBytes = plan.bytes.weights;
    this.#biasBytes = aligned(FLOAT_BYTES * (plan.packedFilters * plan.convolution.groups + ZERO_BIASES));
  }

  /** The address of the packed weights of all tap sets. Only `refresh` changes it. */
  get address(): number {
    return this.#memory.address;
  }

  /** Bytes of packed weights and biases. */
  get bytes(): number {
    return this.#weightBytes + this.#biasBytes;
  }

  /** The address of the biases, one for each packed filter, followed by zeros for a register tile. */
  get bias(): number {
    return this.address + this.#weightBytes;
  }

  /**
   * Packs weight and bias if they changed since the last time, or their memory was evicted. This overwrites the scratch.
   * @throws RangeError if memory is insufficient, or the values are a view of wasm memory that has grown
   */
  refresh(plan: Plan, parameters: Parameters): void {
    const { engine } = this;
    const { version, exposed } = parameters;
    if (!this.#memory.use()) this.#take(plan);
    else if (version === this.#version && !exposed) return;
    const scratch = engine.reserve(plan.bytes.packing, plan.line);
    // the memory does not grow from here on, which would detach views of it
    const { weight, bias } = parameters;
    if (plan.bytes.weights > 0 && weight.length === 0) throw detachedError('the weight');
    if (bias?.length === 0) throw detachedError('the bias');
    const changed = this.#changed(plan, weight, bias, scratch);
    if (!changed && version === this.#version) return;
    this.#version = Number.NaN;
    const most = numbersAtOnce(plan);
    this.isFinite =
      areFinite(engine, weight, scratch, most) && (!plan.tile || areFinite(engine, bias, scratch, most));
    this.packings++;
    this.#packBias(plan, bias);
    packWeights(engine, plan, weight, this.address, scratch);
    this.#version = version;
  }

  /** Whether they are packed. If so, they keep their memory until the call ends. */
  use(): boolean {
    return this.#memory.use();
  }

  /** Releases the memory. */
  release(): void {
    this.#memory.release();
  }

  /** Allocates memory, in which nothing is packed yet. */
  #take(plan: Plan): void {
    // fingerprints of the packed parameters, and of the given ones
    const prints = 2 * WORD_BYTES * FINGERPRINT_WORDS;
    this.#memory.take(this.bytes + prints, 0, `the weights of ${plan.line}`);
    this.#version = Number.NaN;
  }

  /** Whether weight or bias differ from the packed ones, by their fingerprints, which are then replaced. */
  #changed(plan: Plan, weight: Float32Array, bias: Float32Array | null, scratch: number): boolean {
    const packed = this.address + this.bytes;
    const given = packed + WORD_BYTES * FINGERPRINT_WORDS;
    const most = numbersAtOnce(plan);
    fingerprint(this.engine, weight, given, scratch, most);
    fingerprint(this.engine, bias, given + FINGERPRINT_BYTES, scratch, most);
    return differs(this.engine, packed, given, FINGERPRINT_WORDS);
  }

  /** Writes the bias of each packed filter. Classes of outputs that are computed together have the same biases. */
  #packBias(plan: Plan, bias: Float32Array | null): void {
    const { f32 } = this.engine;
    const { groups, filters } = plan.convolution;
    const packed = plan.packedFilters;
    const first = this.bias / FLOAT_BYTES;
    for (let i = 0; i < packed * groups; i++)
      f32[first + i] = bias?.[Math.floor(i / packed) * filters + ((i % packed) % filters)] ?? 0;
    f32.fill(0, first + packed * groups, first + packed * groups + ZERO_BIASES);
  }
}

/** How many numbers are read at a time. */
function numbersAtOnce({ packing }: Plan): number {
  return Math.min(COMPARED_BYTES, packing.bytes) / FLOAT_BYTES;
}
