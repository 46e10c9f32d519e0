// LayerParameters: creates, initialises, loads and saves the weight and bias of a layer, including lazy ones.

import { FLOAT_BYTES } from '../core/bytes.js';
import { asList, describe, refuse, type Where } from '../core/errors.js';
import { product } from '../core/lists.js';
import { type Shape, sameShape, type Tensor } from '../core/tensor.js';
import { type Problem, problemOf, splitInput } from '../problem/problem.js';
import type { Parameters } from '../run/parameters.js';
import { type Generator, initialBound, nextGenerator, uniform } from './init.js';
import { type Draw, isExposed, Parameter, redraw, valuesOf } from './parameter.js';
import { repr } from './repr.js';
import { checkInChannels, className, type LayerSpec, weightShapeOf } from './spec.js';
import { type LoadOptions, type LoadReport, readState, type StateDictLike, stateOf } from './state.js';

/** The largest possible WebAssembly memory. The packed weight and one number per filter must fit into it. */
const MAX_BYTES = 2 ** 32;

/** The weight and bias of one layer. A lazy layer has none until its number of input channels is known. */
export class LayerParameters {
  readonly #spec: LayerSpec;
  readonly #where: Where;
  #inChannels = 0;
  #weight: Parameter | undefined;
  #bias: Parameter | null = null;
  #values: Parameters | undefined;
  /** created by the constructor even for a lazy layer, so that initial values depend on the order of construction only */
  readonly #generators = nextGenerators();

  constructor(spec: LayerSpec, where: Where) {
    this.#spec = spec;
    this.#where = where;
    if (!spec.lazy) this.#create(spec.inChannels);
  }

  /** Whether weight and bias exist. */
  get isMade(): boolean {
    return this.#weight !== undefined;
  }

  /** Channels of the input; 0 for a lazy layer before its first input. */
  get inChannels(): number {
    return this.#inChannels;
  }

  /** The name of the layer's class. As in torch, a lazy layer changes its class after its first input. */
  get className(): string {
    return className(this.#spec.options, this.#spec.lazy && !this.isMade);
  }

  /** @throws Error for a lazy layer before its first input */
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

  /** The weight and, if there is one, the bias. */
  get all(): Parameter[] {
    return this.#bias ? [this.weight, this.#bias] : [this.weight];
  }

  /**
   * The parameters as the runner reads them. Always the same object, so that a call allocates nothing.
   * @throws Error for a lazy layer before its first input
   */
  current(): Parameters {
    return (this.#values ??= valuesOnDemand(this.weight, this.#bias));
  }

  /**
   * The convolution problem for an input shape. A lazy layer is assumed to have the channels of that input.
   * @throws RangeError where torch throws, with its message
   */
  problem(inputShape: Shape, outputSize?: readonly number[], upsample?: readonly number[]): Problem {
    const weight = weightShapeOf(this.#spec, this.isMade ? this.#inChannels : this.#channelsIn(inputShape));
    return problemOf(this.#spec.options, { input: inputShape, weight, outputSize, upsample }, this.#where);
  }

  /**
   * Creates the parameters of a lazy layer for its first input. Does nothing if they exist.
   * @throws RangeError with torch's message for an invalid input; then no parameters are created
   */
  learn(inputShape: Shape, upsample?: readonly number[]): void {
    if (this.isMade) return;
    const channels = this.#channelsIn(inputShape);
    this.problem(inputShape, undefined, upsample);
    this.#create(channels);
  }

  /**
   * Creates weight and bias for a number of input channels. Initial values are drawn when they are first needed.
   * @param values the weight's values, if they are not to be drawn
   * @throws RangeError if the weight could never fit into wasm memory; then nothing is created
   */
  #create(inChannels: number, values?: Tensor): void {
    const spec = this.#spec;
    const shape = weightShapeOf(spec, inChannels);
    const where = nameOf(spec, inChannels);
    const bytes = FLOAT_BYTES * (product(shape) + spec.outChannels);
    if (bytes > MAX_BYTES)
      refuse(where, `not enough memory: ${bytes} bytes for a weight of shape ${describe(shape)}`);
    const bound = initialBound(shape);
    const { weight, bias } = this.#generators;
    const parameter = new Parameter(drawing(weight, bound), shape, where);
    if (values) parameter.copy(values);
    this.#weight = parameter;
    if (spec.hasBias) this.#bias = new Parameter(drawing(bias, bound), [spec.outChannels], where);
    this.#inChannels = inChannels;
  }

  /** Draws new values for weight and bias, uniform in ±1 / sqrt(fan_in), from new generators. */
  draw(): void {
    // throws for a lazy layer before any generator is taken
    const parameter = this.weight;
    const bound = initialBound(weightShapeOf(this.#spec, this.#inChannels));
    const { weight, bias } = nextGenerators();
    redraw(parameter, drawing(weight, bound));
    if (this.#bias) redraw(this.#bias, drawing(bias, bound));
  }

  /** Copies of weight and bias, by torch's names. */
  state(prefix: string): Record<string, Tensor> {
    return stateOf({ weight: this.weight, bias: this.#bias }, prefix);
  }

  /** Copies weight and bias from a state dict, all or nothing. A lazy layer takes its input channels from the stored weight. */
  load(dict: StateDictLike, options: LoadOptions): LoadReport {
    const expected = this.isMade ? weightShapeOf(this.#spec, this.#inChannels) : null;
    const shapes = new Map<string, Shape | null>([['weight', expected]]);
    if (this.#spec.hasBias) shapes.set('bias', [this.#spec.outChannels]);
    const { tensors, missingKeys, unexpectedKeys } = readState(this.className, shapes, dict, {
      ...options,
      linearKernel: linearKernelOf(this.#spec),
    });
    const weight = tensors.get('weight');
    const bias = tensors.get('bias');
    if (bias && !weight && !this.isMade)
      refuse(this.#where, 'bias without a weight, which the layer does not have yet: call forward once');
    if (weight && !this.isMade) this.#create(this.#channelsOf(weight.shape), weight);
    else if (weight) this.weight.copy(weight);
    if (bias && this.#bias) this.#bias.copy(bias);
    return { missingKeys, unexpectedKeys };
  }

  /** The channels of an input, of which a lazy layer can be made. */
  #channelsIn(inputShape: Shape): number {
    const { options } = this.#spec;
    const { channels } = splitInput(inputShape, options.rank, this.className, this.#where);
    checkInChannels(channels, options, this.#where);
    return channels;
  }

  /** The input channels of a layer with a weight of this shape. */
  #channelsOf(weightShape: Shape): number {
    const { options } = this.#spec;
    const given = options.kind.mapsOf(weightShape, options.groups).channels;
    // a shape of fewer axes has none
    const channels = given >= 0 ? given : options.groups;
    const expected = weightShapeOf(this.#spec, channels);
    if (!sameShape(expected, weightShape)) {
      refuse(
        this.#where,
        `size mismatch for weight: expected a shape like ${asList(expected)}, got ${asList(weightShape)}`,
      );
    }
    checkInChannels(channels, options, this.#where);
    return channels;
  }
}

/** Reads the values of weight and bias on demand: a call whose weights are packed already does not read them. */
function valuesOnDemand(weight: Parameter, bias: Parameter | null): Parameters {
  return {
    get weight() {
      return valuesOf(weight);
    },
    get bias() {
      return bias && valuesOf(bias);
    },
    get version() {
      return weight.version + (bias?.version ?? 0);
    },
    get exposed() {
      return isExposed(weight) || (bias !== null && isExposed(bias));
    },
  };
}

/** Generators for weight and bias, even without bias, so that the next layer's values don't depend on whether this one has a bias. */
function nextGenerators(): { weight: Generator; bias: Generator } {
  return { weight: nextGenerator(), bias: nextGenerator() };
}

/** Draws uniform numbers in ±bound. A top-level function, so that its closure does not keep the layer alive with the parameter. */
function drawing(generator: Generator, bound: number): Draw {
  return (values) => {
    if (bound > 0) uniform(values, bound, generator);
  };
}

/** The kernel size, all ones, if the layer computes a Linear: one kernel element, no groups, not transposed; else undefined. */
function linearKernelOf({ kernelSize, options: { kind, groups } }: LayerSpec): readonly number[] | undefined {
  return kind.transposed || groups > 1 || kernelSize.some((size) => size > 1) ? undefined : kernelSize;
}

/** The layer's name for error messages, once its channels are known. */
function nameOf(spec: LayerSpec, inChannels: number): Where {
  return () => repr(className(spec.options, false), inChannels, spec);
}
