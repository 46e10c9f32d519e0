// Parameters: a layer's weight and bias. They are made, drawn, loaded and given to what computes; with an input they are a problem.

import { FLOAT_BYTES } from '../core/bytes.js';
import { asList, describe, refuse, type Where } from '../core/errors.js';
import { product } from '../core/lists.js';
import { type Shape, sameShape, type Tensor } from '../core/tensor.js';
import { type Problem, problemOf, splitInput } from '../problem/problem.js';
import type { Parameters } from '../run/parameters.js';
import { type Generator, initialBound, nextGenerator, uniform } from './init.js';
import { type Draw, isExposed, Parameter, redraw, valuesOf } from './parameter.js';
import { repr } from './repr.js';
import { className, type LayerSpec, weightShapeOf } from './spec.js';
import { type LoadOptions, type LoadReport, readState, type StateDictLike, stateOf } from './state.js';

/** The largest memory of WebAssembly. It holds weight and a number for each filter, packed, before anything is computed. */
const MOST_BYTES = 2 ** 32;

/** Weight and bias of one layer. A lazy layer has none until it learns its channels. */
export class LayerParameters {
  readonly #spec: LayerSpec;
  readonly #where: Where;
  #inChannels: number;
  #weight: Parameter | undefined;
  #bias: Parameter | null = null;
  #values: Parameters | undefined;
  /** taken by the constructor, also for a lazy layer: so what is drawn depends on the order of construction alone */
  readonly #generators = nextGenerators();

  constructor(spec: LayerSpec, where: Where) {
    this.#spec = spec;
    this.#where = where;
    this.#inChannels = 0;
    if (!spec.lazy) this.#make(spec.inChannels);
  }

  /** Whether weight and bias are there. */
  get isMade(): boolean {
    return this.#weight !== undefined;
  }

  /** Channels of the input; 0 while a lazy layer has learnt none. */
  get inChannels(): number {
    return this.#inChannels;
  }

  /** The name of the layer's class; that of the plain class for a lazy layer that has learnt its channels. */
  get className(): string {
    return className(this.#spec.options, this.#spec.lazy && !this.isMade);
  }

  /** @throws Error for a lazy layer that has learnt no channels */
  get weight(): Parameter {
    if (!this.#weight)
      throw new Error(
        `the weight of ${this.#where()} is not initialised: call forward once, or load a state dict`,
      );
    return this.#weight;
  }

  get bias(): Parameter | null {
    return this.#bias;
  }

  /** Weight and, where there is one, bias. */
  get all(): Parameter[] {
    return this.#bias ? [this.weight, this.#bias] : [this.weight];
  }

  /**
   * The parameters to compute with. It is always the same object, so that a call allocates none.
   * @throws Error for a lazy layer that has learnt no channels
   */
  current(): Parameters {
    return (this.#values ??= new Values(this.weight, this.#bias));
  }

  /**
   * The problem of the layer with an input of a shape. A lazy layer is taken to have the channels of that input.
   * @throws RangeError in torch's words where torch refuses
   */
  problem(inputShape: Shape, outputSize?: readonly number[], upsample?: readonly number[]): Problem {
    const weight = weightShapeOf(this.#spec, this.isMade ? this.#inChannels : this.#channelsIn(inputShape));
    const bias = this.#spec.hasBias ? [this.#spec.outChannels] : null;
    return problemOf(
      this.#spec.options,
      { input: inputShape, weight, bias, outputSize, upsample },
      this.#where,
    );
  }

  /**
   * Makes the parameters of a lazy layer for its first input; does nothing where they are there.
   * @throws RangeError with torch's messages for an input that it can't compute; then nothing is made
   */
  learn(inputShape: Shape, upsample?: readonly number[]): void {
    if (this.isMade) return;
    const channels = this.#channelsIn(inputShape);
    const { groups } = this.#spec.options;
    if (channels % groups !== 0)
      refuse(this.#where, `in_channels must be divisible by groups, got ${channels} and ${groups}`);
    this.problem(inputShape, undefined, upsample);
    this.#make(channels);
  }

  /**
   * Makes weight and bias for a number of input channels. They are drawn when they are first needed.
   * @param values for the weight, in the place of drawn ones
   * @throws RangeError for more than can ever be computed with, and nothing is made
   */
  #make(inChannels: number, values?: Tensor): void {
    const spec = this.#spec;
    const shape = weightShapeOf(spec, inChannels);
    const where = nameOf(spec, inChannels);
    const bytes = FLOAT_BYTES * (product(shape) + spec.outChannels);
    if (bytes > MOST_BYTES)
      refuse(where, `not enough memory: ${bytes} bytes for a weight of shape ${describe(shape)}`);
    const bound = initialBound(shape);
    const { weight, bias } = this.#generators;
    const made = new Parameter(drawing(weight, bound), shape, where);
    if (values) made.copy(values);
    this.#weight = made;
    if (spec.hasBias) this.#bias = new Parameter(drawing(bias, bound), [spec.outChannels], where);
    this.#inChannels = inChannels;
  }

  /** Reinitialises weight and bias, uniform in ±1 / sqrt(fan_in), from generators that are taken now. */
  draw(): void {
    const own = this.weight;
    const bound = initialBound(weightShapeOf(this.#spec, this.#inChannels));
    const { weight, bias } = nextGenerators();
    redraw(own, drawing(weight, bound));
    if (this.#bias) redraw(this.#bias, drawing(bias, bound));
  }

  /** Copies of weight and bias by torch's names. */
  state(prefix: string): Record<string, Tensor> {
    return stateOf({ weight: this.weight, bias: this.#bias }, prefix);
  }

  /** Copies weight and bias out of a state dict: nothing where something doesn't fit. A lazy layer learns its channels from it. */
  load(dict: StateDictLike, options: LoadOptions): LoadReport {
    const expected = this.isMade ? weightShapeOf(this.#spec, this.#inChannels) : null;
    const shapes = new Map<string, Shape | null>([['weight', expected]]);
    if (this.#spec.hasBias) shapes.set('bias', [this.#spec.outChannels]);
    const { tensors, missingKeys, unexpectedKeys } = readState(this.className, shapes, dict, {
      ...options,
      ones: onesOf(this.#spec),
    });
    const weight = tensors.get('weight');
    const bias = tensors.get('bias');
    if (weight && !this.isMade) this.#make(this.#channelsOf(weight.shape), weight);
    else if (weight) this.weight.copy(weight);
    if (bias && this.#bias) this.#bias.copy(bias);
    return { missingKeys, unexpectedKeys };
  }

  #channelsIn(inputShape: Shape): number {
    return splitInput(inputShape, this.#spec.options.rank, this.className, this.#where).channels;
  }

  /** The channels of an input that a weight of this shape is for. */
  #channelsOf(weightShape: Shape): number {
    const { groups, transposed } = this.#spec.options;
    const channels = transposed ? weightShape[0] : weightShape[1] * groups;
    const expected = weightShapeOf(this.#spec, channels);
    if (!sameShape(expected, weightShape)) {
      refuse(
        this.#where,
        `size mismatch for weight: expected a shape like ${asList(expected)}, got ${asList(weightShape)}`,
      );
    }
    return channels;
  }
}

/** The values of weight and bias, as they are when they are asked for. A call whose weights are packed doesn't ask. */
class Values implements Parameters {
  readonly #weight: Parameter;
  readonly #bias: Parameter | null;

  constructor(weight: Parameter, bias: Parameter | null) {
    this.#weight = weight;
    this.#bias = bias;
  }

  get weight(): Float32Array {
    return valuesOf(this.#weight);
  }

  get bias(): Float32Array | null {
    return this.#bias && valuesOf(this.#bias);
  }

  get version(): number {
    return this.#weight.version + (this.#bias?.version ?? 0);
  }

  get exposed(): boolean {
    return isExposed(this.#weight) || (this.#bias !== null && isExposed(this.#bias));
  }
}

/** Both, also where there is no bias: so the next layer's don't depend on that. */
function nextGenerators(): { weight: Generator; bias: Generator } {
  return { weight: nextGenerator(), bias: nextGenerator() };
}

/** Draws uniform numbers in ±bound. Functions of their own, which hold no layer: somebody may keep a parameter longer. */
function drawing(generator: Generator, bound: number): Draw {
  return (values) => {
    if (bound > 0) uniform(values, bound, generator);
  };
}

/** The kernel's sizes, where a Linear's weight, (out, in), is that of the layer: a plain one without groups, of one kernel element. */
function onesOf({ kernelSize, options: { transposed, groups } }: LayerSpec): readonly number[] | undefined {
  return transposed || groups > 1 || kernelSize.some((size) => size > 1) ? undefined : kernelSize;
}

/** Names a layer that has its channels. */
function nameOf(spec: LayerSpec, inChannels: number): Where {
  return () => repr(className(spec.options, false), inChannels, spec);
}
