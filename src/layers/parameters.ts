// Parameters: a layer's weight and bias. They are made, drawn, loaded and given to what computes; with an input they are a problem.

import { refuse, type Where } from '../core/errors.js';
import { allocate, type Shape, sameShape, type Tensor } from '../core/tensor.js';
import { type Problem, problemOf, splitInput } from '../problem/problem.js';
import type { Parameters } from '../run/parameters.js';
import { initialBound, uniform } from './init.js';
import { isExposed, Parameter, valuesOf } from './parameter.js';
import { className, type LayerSpec, weightShapeOf } from './spec.js';
import { type LoadOptions, type LoadReport, readState, type StateDict, stateOf } from './state.js';

const NOTHING: Float32Array = new Float32Array(0);

/** Weight and bias of one layer. A lazy layer has none until it learns its channels. */
export class LayerParameters {
  readonly #spec: LayerSpec;
  readonly #where: Where;
  readonly #current = { weight: NOTHING, bias: null as Float32Array | null, version: 0, exposed: false };
  #inChannels: number;
  #weight: Parameter | undefined;
  #bias: Parameter | null = null;
  #draws = 0;

  /** Makes nothing yet: an error of `make` names the layer, whose constructor must have come so far. */
  constructor(spec: LayerSpec, where: Where) {
    this.#spec = spec;
    this.#where = where;
    this.#inChannels = spec.inChannels;
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
   * The parameters as they are now, to compute with. It is always the same object, filled anew, so that a call allocates none.
   * @throws Error for a lazy layer that has learnt no channels
   */
  current(): Parameters {
    const current = this.#current;
    const weight = this.weight;
    const bias = this.#bias;
    current.weight = valuesOf(weight);
    current.bias = bias ? valuesOf(bias) : null;
    current.version = this.#draws + weight.version + (bias?.version ?? 0);
    current.exposed = isExposed(weight) || (bias !== null && isExposed(bias));
    return current;
  }

  /**
   * The problem of the layer with an input of a shape. A lazy layer is taken to have the channels of that input.
   * @throws RangeError in torch's words where torch refuses
   */
  problem(inputShape: Shape, outputSize?: readonly number[]): Problem {
    const weight = this.#weight?.shape ?? weightShapeOf(this.#spec, this.#channelsIn(inputShape));
    const bias = this.#spec.hasBias ? [this.#spec.outChannels] : null;
    return problemOf(this.#spec.options, { input: inputShape, weight, bias, outputSize }, this.#where);
  }

  /**
   * Makes the parameters of a lazy layer for its first input; does nothing where they are there.
   * @throws RangeError in torch's words for an input that it can't compute; then nothing is made
   */
  learn(inputShape: Shape): void {
    if (this.isMade) return;
    const channels = this.#channelsIn(inputShape);
    const { groups } = this.#spec.options;
    if (channels % groups !== 0)
      refuse(this.#where, `in_channels must be divisible by groups, got ${channels} and ${groups}`);
    this.problem(inputShape);
    this.make(channels);
  }

  /** Makes weight and bias for a number of input channels, and draws them. */
  make(inChannels: number): void {
    const weight = this.#zeros(weightShapeOf(this.#spec, inChannels));
    const bias = this.#spec.hasBias ? this.#zeros([this.#spec.outChannels]) : null;
    this.#inChannels = inChannels;
    this.#weight = weight;
    this.#bias = bias;
    this.draw();
  }

  /** Fills weight and bias anew, uniform in ±1 / sqrt(fan_in). */
  draw(): void {
    const bound = initialBound(this.weight.shape);
    for (const parameter of this.all) {
      if (bound > 0) uniform(valuesOf(parameter), bound);
    }
    this.#draws++;
  }

  /** Copies of weight and bias by torch's names. */
  state(prefix: string): Record<string, Tensor> {
    return stateOf({ weight: this.weight, bias: this.#bias }, prefix);
  }

  /** Copies weight and bias out of a state dict: nothing where something doesn't fit. A lazy layer learns its channels from it. */
  load(dict: StateDict, options: LoadOptions): LoadReport {
    const shapes = new Map<string, Shape | null>([['weight', this.#weight?.shape ?? null]]);
    if (this.#spec.hasBias) shapes.set('bias', [this.#spec.outChannels]);
    const { tensors, missingKeys, unexpectedKeys } = readState(this.className, shapes, dict, options);
    const weight = tensors.get('weight');
    const bias = tensors.get('bias');
    if (weight && !this.isMade) this.make(this.#channelsOf(weight.shape));
    if (weight) this.weight.copy(weight);
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
        `size mismatch for weight: expected a shape like [${expected.join(', ')}], got [${weightShape.join(', ')}]`,
      );
    }
    return channels;
  }

  #zeros(shape: number[]): Parameter {
    const purpose = () => `a parameter of shape [${shape.join(', ')}] [${this.#where()}]`;
    return new Parameter(allocate(shape, purpose).data, shape);
  }
}
