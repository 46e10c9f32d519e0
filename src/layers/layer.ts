// Layer: what the six layers share. Options are checked at construction, shapes at every forward.

import { checkShape, optionsObject } from '../core/arguments.js';
import { refuse } from '../core/errors.js';
import { allocate, sameShape, type Tensor, type TensorLike } from '../core/tensor.js';
import type { AlgorithmName, Winograd, Wish } from '../plan/choice.js';
import { explain } from '../plan/explain.js';
import { checkSize } from '../problem/line.js';
import type { LayerOptions } from '../problem/options.js';
import { type Problem, problemOf } from '../problem/problem.js';
import { Executor } from '../run/plan-cache.js';
import type { Computation } from '../run/prepared-plan.js';
import type { WeightSource } from '../run/weights.js';
import { type ActivationName, activationOf } from './activation.js';
import { forward, inputTensor, outputShapeOf } from './call.js';
import { initialBound, uniform } from './init.js';
import { isExposed, Parameter, peek } from './parameter.js';
import { repr } from './repr.js';
import { checkWinograd, settings } from './settings.js';
import { type Description, describeLayer, type Kind, weightShapeOf } from './spec.js';
import { type LoadOptions, type LoadReport, loadInto, type StateDict, stateOf } from './state.js';
import { type Timing, timings } from './tune.js';

/** Options of `forward`. */
export interface ForwardOptions {
  /** where the output goes: a tensor of its shape, which then nothing is allocated for */
  out?: Tensor;
  /** applied to the result in the same pass: torch's relu, relu6 or leaky_relu */
  activation?: ActivationName;
  /** slope of leakyRelu for negative numbers, default 0.01 */
  negativeSlope?: number;
}

/** What `forward` of any layer may be given. */
type CallOptions = ForwardOptions & { outputSize?: readonly number[] };

const PLAIN_CALL = ['out', 'activation', 'negativeSlope'];
const TRANSPOSED_CALL = [...PLAIN_CALL, 'outputSize'];

const NOTHING: Float32Array = new Float32Array(0);

/** The common base of the convolution layers; not constructed itself. */
export abstract class Layer {
  /**
   * Forces a row of the kernel table, for tests and benchmarks; undefined lets the table choose.
   * `forward` throws a RangeError where that row can't compute the problem.
   */
  algorithm: AlgorithmName | undefined;
  #winograd: Winograd | undefined;
  readonly #description: Description;
  readonly #executor: Executor;
  #name: string;
  #inChannels: number;
  #weight: Parameter | undefined;
  #bias: Parameter | null = null;
  #version = 0;
  readonly #given = { weight: NOTHING, bias: null as Float32Array | null, version: 0, exposed: false };
  readonly #where = () => String(this);
  #last:
    | {
        computation: Computation;
        inputShape: readonly number[];
        outputShape: readonly number[];
        wish: Wish;
      }
    | undefined;

  protected constructor(kind: Kind, options: LayerOptions | undefined) {
    this.#description = describeLayer(kind, options);
    this.#name = kind.name;
    this.#inChannels = this.#description.inChannels;
    this.#executor = new Executor(this);
    if (kind.inChannels !== undefined) this.#materialise(this.#inChannels);
  }

  /** Whether Winograd's algorithm may be taken: as `settings.winograd` says, until it is set for this layer. */
  get winograd(): Winograd {
    return this.#winograd ?? settings.winograd;
  }

  set winograd(value: Winograd) {
    this.#winograd = checkWinograd(value);
  }

  /** Channels of the input; 0 for a lazy layer that has not seen one. */
  get inChannels(): number {
    return this.#inChannels;
  }

  get outChannels(): number {
    return this.#description.outChannels;
  }

  get kernelSize(): readonly number[] {
    return this.#description.kernelSize;
  }

  get stride(): readonly number[] {
    return this.#description.operator.stride;
  }

  get padding(): readonly number[] | 'same' | 'valid' {
    return this.#description.operator.padding;
  }

  get dilation(): readonly number[] {
    return this.#description.operator.dilation;
  }

  get groups(): number {
    return this.#description.operator.groups;
  }

  get paddingMode(): string {
    return this.#description.operator.paddingMode;
  }

  get outputPadding(): readonly number[] {
    return this.#description.operator.outputPadding;
  }

  /**
   * The weight: (outChannels, inChannels / groups, ...kernelSize), transposed (inChannels, outChannels / groups, ...kernelSize).
   * @throws Error for a lazy layer that has not seen an input
   */
  get weight(): Parameter {
    if (!this.#weight)
      throw new Error(
        `the weight of ${String(this)} is not initialised: call forward once, or load a state dict`,
      );
    return this.#weight;
  }

  /** Copies the values of a tensor of the same shape. */
  set weight(values: TensorLike) {
    this.weight.copy(values);
  }

  /** The bias, (outChannels), or null. */
  get bias(): Parameter | null {
    return this.#bias;
  }

  /** Copies the values of a tensor of the same shape. */
  set bias(values: TensorLike) {
    if (!this.#bias) throw new TypeError(`${String(this)} has no bias; construct it with bias: true`);
    this.#bias.copy(values);
  }

  /** Weight and, where there is one, bias. */
  parameters(): Parameter[] {
    return this.#bias ? [this.weight, this.#bias] : [this.weight];
  }

  /** Fills weight and bias anew, uniform in ±1 / sqrt(fan_in), as torch's `reset_parameters`. */
  resetParameters(): void {
    const bound = initialBound(this.weight.shape);
    for (const parameter of this.parameters()) {
      if (bound > 0) uniform(peek(parameter), bound);
    }
    this.#version++;
  }

  /** Copies of the parameters under torch's names, `weight` and `bias`, with a prefix where one is given. */
  stateDict(prefix = ''): Record<string, Tensor> {
    return stateOf({ weight: this.weight, bias: this.#bias }, peek, prefix);
  }

  /**
   * Copies weight and bias out of a state dict. Nothing is changed where something doesn't fit.
   *
   * @param dict tensors by name, as from `loadSafetensors`
   * @param options.strict refuse missing and unexpected names; default true
   * @param options.prefix take the names that begin so: `'encoder.0.'` loads one layer out of a network's state dict
   * @throws RangeError in torch's words for missing and unexpected names and for sizes that differ
   */
  loadStateDict(dict: StateDict, options: LoadOptions = {}): LoadReport {
    const shapes = new Map<string, readonly number[] | null>([['weight', this.#weight?.shape ?? null]]);
    if (this.#description.hasBias) shapes.set('bias', [this.outChannels]);
    const { found, ...report } = loadInto(this.#name, shapes, dict, options);
    const weight = found.get('weight');
    const bias = found.get('bias');
    if (weight && !this.#weight) this.#materialise(this.#channelsOf(weight.shape));
    if (weight) this.weight.copy(weight);
    if (bias && this.#bias) this.#bias.copy(bias);
    return report;
  }

  /**
   * The shape of the output for an input of a shape, without data.
   * @throws RangeError where `forward` would
   */
  outputShape(inputShape: readonly number[], options: { outputSize?: readonly number[] } = {}): number[] {
    checkShape(inputShape, 'input shape', this.#where);
    return outputShapeOf(this.#problem(inputShape, options.outputSize), inputShape.length);
  }

  /**
   * How an input of a shape would be computed: problem line, output shape, algorithm and why, work, memory, receptive field.
   * @throws RangeError where `forward` would
   */
  explain(inputShape: readonly number[]): string {
    checkShape(inputShape, 'input shape', this.#where);
    const problem = this.#problem(inputShape, undefined);
    checkSize(problem, this.#where);
    return explain(
      this.#executor.plan(problem, { algorithm: this.algorithm, winograd: this.winograd }),
      outputShapeOf(problem, inputShape.length),
    );
  }

  /**
   * Times every algorithm that can compute an input of a shape, and sets `algorithm` to the fastest. Takes some calls of each; the
   * choice that the table makes by itself is within a few per cent for most layers.
   * @returns the times, the fastest first
   * @throws RangeError where `forward` would
   */
  tune(inputShape: readonly number[]): Timing[] {
    checkShape(inputShape, 'input shape', this.#where);
    const x = allocate([...inputShape], () => `an input to tune ${String(this)}`);
    const out = this.compute(x, undefined);
    const before = this.algorithm;
    let found: Timing[] = [];
    try {
      found = timings((algorithm) => {
        if (algorithm === 'winograd' && this.winograd === 'never') throw new RangeError('switched off');
        this.algorithm = algorithm;
        this.compute(x, { out });
      });
    } finally {
      this.algorithm = found[0]?.algorithm ?? before;
    }
    return found;
  }

  /** Torch's repr. */
  toString(): string {
    return repr({
      name: this.#name,
      inChannels: this.#inChannels,
      outChannels: this.outChannels,
      kernelSize: this.kernelSize,
      operator: this.#description.operator,
      hasBias: this.#description.hasBias,
    });
  }

  /** Gives the wasm memory of the layer back now rather than when it is collected. The layer stays usable. */
  dispose(): void {
    this.#last = undefined;
    this.#executor.release();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /**
   * What `forward` does in all layers.
   * @internal
   */
  protected compute(x: TensorLike, options: CallOptions | undefined): Tensor {
    const where = this.#where;
    optionsObject(options, this.#description.operator.transposed ? TRANSPOSED_CALL : PLAIN_CALL, where);
    const out = options?.out;
    const outputSize = options?.outputSize;
    const activation = activationOf(options?.activation, options?.negativeSlope, where);
    const input = inputTensor(x, where);
    if (!this.#weight) this.#learn(input.shape);
    const { shape } = input;
    let last = this.#last;
    if (
      !last ||
      last.wish.algorithm !== this.algorithm ||
      last.wish.winograd !== this.winograd ||
      outputSize ||
      !sameShape(last.inputShape, shape)
    ) {
      const problem = this.#problem(shape, outputSize);
      checkSize(problem, where);
      const wish = { algorithm: this.algorithm, winograd: this.winograd };
      last = {
        computation: this.#executor.computation(problem, wish),
        inputShape: [...shape],
        outputShape: outputShapeOf(problem, shape.length),
        wish,
      };
      // an output size is not part of the key that repeated calls are compared by
      this.#last = outputSize ? undefined : last;
    }
    return forward(last.computation, last.outputShape, input, this.#source(), out, activation, where);
  }

  /** The values to compute with; the one object is made anew so that a call allocates none. */
  #source(): WeightSource {
    const source = this.#given;
    const weight = this.weight;
    const bias = this.#bias;
    source.weight = peek(weight);
    source.bias = bias ? peek(bias) : null;
    source.version = this.#version + weight.version + (bias?.version ?? 0);
    source.exposed = isExposed(weight) || (bias !== null && isExposed(bias));
    return source;
  }

  #problem(inputShape: readonly number[], outputSize: readonly number[] | undefined): Problem {
    const weight = this.#weight?.shape ?? weightShapeOf(this.#description, this.#channelsIn(inputShape));
    return problemOf(
      this.#description.operator,
      { input: inputShape, weight, bias: this.#description.hasBias ? [this.outChannels] : null, outputSize },
      this.#where,
    );
  }

  #channelsIn(inputShape: readonly number[]): number {
    const { rank } = this.#description.operator;
    if (inputShape.length !== rank + 1 && inputShape.length !== rank + 2) {
      const sentence = `Expected ${rank + 1}D (unbatched) or ${rank + 2}D (batched) input to ${this.#name}, but got input of size: [${inputShape.join(', ')}]`;
      refuse(this.#where, sentence);
    }
    return inputShape[inputShape.length - rank - 1];
  }

  /** The channels of an input that a weight of this shape is for. */
  #channelsOf(weightShape: readonly number[]): number {
    const { groups, transposed } = this.#description.operator;
    const channels = transposed ? weightShape[0] : weightShape[1] * groups;
    const expected = weightShapeOf(this.#description, channels);
    if (!sameShape(expected, weightShape)) {
      refuse(
        this.#where,
        `size mismatch for weight: expected a shape like [${expected.join(', ')}], got [${weightShape.join(', ')}]`,
      );
    }
    return channels;
  }

  /** A lazy layer takes its channels from its first input. */
  #learn(inputShape: readonly number[]): void {
    const channels = this.#channelsIn(inputShape);
    const { groups } = this.#description.operator;
    if (channels % groups !== 0)
      refuse(this.#where, `in_channels must be divisible by groups, got ${channels} and ${groups}`);
    this.#problem(inputShape, undefined);
    this.#materialise(channels);
  }

  #materialise(inChannels: number): void {
    this.#inChannels = inChannels;
    this.#name = this.#name.replace('Lazy', '');
    this.#weight = zeros(weightShapeOf(this.#description, inChannels), this.#where);
    if (this.#description.hasBias) this.#bias = zeros([this.outChannels], this.#where);
    this.resetParameters();
  }
}

function zeros(shape: number[], where: () => string): Parameter {
  return new Parameter(
    allocate(shape, () => `a parameter of shape [${shape.join(', ')}] [${where()}]`).data,
    shape,
  );
}
