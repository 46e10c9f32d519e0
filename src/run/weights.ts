// Weights: the parameters of a layer as the kernels read them, packed in wasm memory, and how a change of them is noticed.

import type { Engine } from '../engine/engine.js';
import type { Plan } from '../plan/plan.js';
import { blockOf } from './block.js';

/** Where the values of weight and bias come from. */
export interface WeightSource {
  readonly weight: Float32Array;
  readonly bias: Float32Array | null;
  /** another number whenever values were replaced */
  readonly version: number;
  /** somebody holds the arrays and may write into them: look at the values themselves */
  readonly exposed: boolean;
}

/** Two plans with the same layout read the same packed weights. */
export function weightLayout({ problem, tiles, tile, subsets }: Plan): string {
  const { transposed, groups, channels, filters, kernel } = problem;
  const shape = `${transposed} ${groups} ${channels} ${filters} ${kernel.join('x')}`;
  const blocks = [...subsets].map(([key, subset]) => `${key}:${subset.termsBlock}`).join(';');
  // where the last filter tile begins and ends tells which ones there are
  return `${shape} ${tiles.slice(-2)} ${tile?.elements} ${tile?.planes} ${blocks}`;
}

/** Packed weights and bias of one layout. */
export class PackedWeights {
  /** packed weights of all classes of outputs */
  readonly address: number;
  /** bias of each packed row, followed by a tile of zeros */
  readonly bias: number;
  readonly #prints: number;
  readonly #block: number;
  #version = Number.NaN;

  constructor(
    readonly engine: Engine,
    plan: Plan,
  ) {
    const biasBytes = 4 * plan.rows * plan.problem.groups + 32;
    this.#block = engine.allocate(plan.bytes.weights + biasBytes + 64, `the weights of ${plan.line}`);
    this.address = this.#block;
    this.bias = this.#block + plan.bytes.weights;
    this.#prints = Math.ceil((this.bias + biasBytes) / 16) * 16;
  }

  /** Packs the weights again if they changed since the last time; `tables` is room for a block's tables. */
  refresh(plan: Plan, source: WeightSource, tables: number): boolean {
    if (source.version === this.#version && !source.exposed) return false;
    const changed = this.#changed(plan, source);
    if (!changed && source.version === this.#version) return false;
    this.#pack(plan, source, tables);
    this.#version = source.version;
    return true;
  }

  release(): void {
    this.engine.release(this.#block);
  }

  /** Copies the values into the work space and compares their fingerprints with those of the packed ones. */
  #changed(plan: Plan, { weight, bias }: WeightSource): boolean {
    const { engine } = this;
    const scratch = engine.reserve(4 * (weight.length + (bias?.length ?? 0)), `the weights of ${plan.line}`);
    engine.f32.set(weight, scratch / 4);
    const changed = engine.exports.fingerprint(this.#prints, scratch, weight.length);
    // no bias has a fingerprint of its own
    const address = scratch + 4 * weight.length;
    if (bias) engine.f32.set(bias, address / 4);
    return (engine.exports.fingerprint(this.#prints + 16, address, bias?.length ?? 0) | changed) === 1;
  }

  /** Packs the weights that lie in the work space. */
  #pack(plan: Plan, { bias }: WeightSource, tables: number): void {
    const { engine } = this;
    const { groups } = plan.problem;
    const { rows, filters } = plan;
    const at = this.bias / 4;
    for (let i = 0; i < rows * groups; i++)
      engine.f32[at + i] = bias?.[Math.floor(i / rows) * filters + ((i % rows) % filters)] ?? 0;
    engine.f32.fill(0, at + rows * groups, at + rows * groups + 8);
    const block = blockOf(plan, 0, {
      tables,
      scratch: engine.reserve(0, ''),
      weights: this.address,
      bias: this.bias,
      input: -1,
      output: -1,
    });
    engine.i32.set(block.words, tables / 4);
    for (const { entry, record } of block.calls)
      if (entry === plan.choice.algorithm.name)
        engine.exports.pack(record, 0, groups * (plan.tiles.length - 1));
  }
}
