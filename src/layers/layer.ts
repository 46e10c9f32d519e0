// Layer: what the six layers share. Options are checked at construction, shapes at every forward.

import { checkShape, optionsObject } from '../core/arguments.js';
import type { Disposing } from '../core/globals.js';
import { allocate, type Shape, type Tensor, type TensorLike } from '../core/tensor.js';
import type { HalfArray, TypedArray } from '../core/typed-array.js';
import type { PaddingMode } from '../geometry/padding.js';
import type { AlgorithmName, Winograd } from '../plan/preference.js';
import { checkSize } from '../problem/line.js';
import { type AnyOptions, checkUpsample } from '../problem/options.js';
import type { Problem } from '../problem/problem.js';
import { forward, inputTensor, outputShapeOf, type PreparedCall } from './call.js';
import { callOptions, epilogueOf, type SizeOptions, type TransposeForwardOptions } from './epilogue.js';
import { explain } from './explain.js';
import { internals } from './inside.js';
import type { Parameter } from './parameter.js';
import { LayerParameters } from './parameters.js';
import { ReadyCalls } from './ready-calls.js';
import { recording } from './recording.js';
import { repr } from './repr.js';
import { autoOrNever, settings } from './settings.js';
import { type LayerArguments, type LayerSpec, layerSpec } from './spec.js';
import type { LoadOptions, LoadReport, StateDictLike } from './state.js';
import type { Timing } from './tune.js';

/** What the compiler says to `layer(x)`, as one calls torch's layers: an instance of a class can't be called. */
type NoFunction = (x: 'a layer is no function: call layer.forward(x)') => never;

export interface Layer extends NoFunction {}

/** The common base of the convolution layers; not constructed itself. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the interface has no member, only what the compiler says
export abstract class Layer implements Disposing {
  /**
   * Forces an algorithm, for tests and benchmarks; undefined leaves the choice to `tune`, or to the table of algorithms.
   * `forward` throws a RangeError where that algorithm can't compute the problem.
   */
  algorithm: AlgorithmName | undefined;
  #winograd: Winograd | undefined;
  readonly #spec: LayerSpec;
  readonly #where = () => String(this);
  readonly #parameters: LayerParameters;
  readonly #calls: ReadyCalls;

  static {
    internals.insideOf = (layer) =>
      #spec in layer
        ? {
            spec: layer.#spec,
            parameters: layer.#parameters,
            plans: layer.#calls.plans,
            callOf: (shape, options) => layer.#call(shape, options),
          }
        : undefined;
  }

  protected constructor(given: LayerArguments, options: AnyOptions | undefined) {
    this.#spec = layerSpec(given, options);
    this.#parameters = new LayerParameters(this.#spec, this.#where);
    this.#calls = new ReadyCalls(this);
  }

  /** Whether Winograd's algorithm may be taken: as `settings.winograd` says, until it is set for this layer. */
  get winograd(): Winograd {
    return this.#winograd ?? settings.winograd;
  }

  set winograd(value: Winograd) {
    this.#winograd = autoOrNever(value, 'winograd');
  }

  /** Channels of the input; 0 for a lazy layer that has not seen one. */
  get inChannels(): number {
    return this.#parameters.inChannels;
  }

  /** Channels of the output. */
  get outChannels(): number {
    return this.#spec.outChannels;
  }

  /** Sizes of the kernel, one for each spatial axis. */
  get kernelSize(): readonly number[] {
    return this.#spec.kernelSize;
  }

  /** The step between neighbouring outputs (transposed: between the outputs of neighbouring inputs), one for each spatial axis. */
  get stride(): readonly number[] {
    return this.#spec.options.stride;
  }

  /** The padding on both sides of each spatial axis, or its name as it was given. */
  get padding(): readonly number[] | 'same' | 'valid' {
    return this.#spec.options.padding;
  }

  /** The distance between neighbouring kernel elements, one for each spatial axis. */
  get dilation(): readonly number[] {
    return this.#spec.options.dilation;
  }

  /** The number of separate convolutions that the channels are split into. */
  get groups(): number {
    return this.#spec.options.groups;
  }

  /** What stands outside the input. */
  get paddingMode(): PaddingMode {
    return this.#spec.options.paddingMode;
  }

  /** The outputs added at the end of each spatial axis by a transposed layer; zeros for a plain one. */
  get outputPadding(): readonly number[] {
    return this.#spec.options.outputPadding;
  }

  /**
   * The weight: (outChannels, inChannels / groups, ...kernelSize), transposed (inChannels, outChannels / groups, ...kernelSize).
   * @throws Error for a lazy layer that has not seen an input
   */
  get weight(): Parameter {
    return this.#parameters.weight;
  }

  /** Copies the values of a tensor of the same shape, or of a typed array. */
  set weight(values: TensorLike | TypedArray | HalfArray) {
    this.weight.copy(values);
  }

  /** The bias, (outChannels), or null. */
  get bias(): Parameter | null {
    return this.#parameters.bias;
  }

  /** Copies the values of a tensor of the same shape, or of a typed array. */
  set bias(values: TensorLike | TypedArray | HalfArray | null) {
    if (!this.bias) throw new TypeError(`${String(this)} has no bias; construct it with bias: true`);
    this.bias.copy(values as TensorLike);
  }

  /**
   * Weight and, where there is one, bias.
   * @throws Error for a lazy layer that has not seen an input
   * @example
   * import { Conv2d } from 'convnd';
   * console.log(new Conv2d(3, 8, 5).parameters().map(({ shape }) => shape.join()).join(' ')); // 8,3,5,5 8
   */
  parameters(): Parameter[] {
    return this.#parameters.all;
  }

  /** Forgets the gradients of weight and bias, as torch's `zero_grad` does. */
  zeroGrad(): void {
    // a lazy layer has none yet
    if (this.#parameters.isMade) for (const parameter of this.parameters()) parameter.grad = null;
  }

  /**
   * Says whether weight and bias are to be trained, as torch's `requires_grad_`.
   * @returns the layer
   * @throws Error for a lazy layer that has not seen an input
   */
  requiresGrad_(requiresGrad = true): this {
    for (const parameter of this.parameters()) parameter.requiresGrad = requiresGrad;
    return this;
  }

  /**
   * Fills weight and bias anew, uniform in ±1 / sqrt(fan_in), as torch's `reset_parameters`.
   * @throws Error for a lazy layer that has not seen an input
   */
  resetParameters(): void {
    this.#parameters.draw();
  }

  /**
   * Copies of the parameters under torch's names, `weight` and `bias`, with a prefix where one is given.
   * @throws Error for a lazy layer that has not seen an input
   * @example
   * import { Conv1d } from 'convnd';
   * console.log(Object.keys(new Conv1d(1, 1, 3).stateDict('enc.')).join()); // enc.weight,enc.bias
   */
  stateDict(prefix = ''): Record<string, Tensor> {
    return this.#parameters.state(prefix);
  }

  /**
   * Copies weight and bias out of a state dict. Nothing is changed where something doesn't fit. The weight of a Linear, (out, in), is
   * one of a plain layer without groups whose kernel has one element.
   *
   * @param dict tensors by name, as from `loadSafetensors`
   * @param options.strict refuse missing and unexpected names; default true
   * @param options.prefix take the names that begin so: `'encoder.0.'` loads one layer out of a network's state dict
   * @throws RangeError in torch's words for missing and unexpected names and for sizes that differ
   * @example
   * import { Conv1d } from 'convnd';
   * const layer = new Conv1d(1, 1, 2);
   * layer.loadStateDict({ 'enc.weight': [[[1, -1]]], 'enc.bias': [0.5] }, { prefix: 'enc.' });
   * console.log(layer.forward([[4, 2, 1]]).data.join()); // 2.5,1.5
   */
  loadStateDict(dict: StateDictLike, options: LoadOptions = {}): LoadReport {
    optionsObject(options, ['strict', 'prefix'], this.#where);
    return this.#parameters.load(dict, options);
  }

  /**
   * The shape of the output for an input of a shape, without data.
   * @throws RangeError where `forward` would
   * @example
   * import { Conv2d } from 'convnd';
   * console.log(new Conv2d(3, 64, 7, { stride: 2, padding: 3 }).outputShape([1, 3, 224, 224]).join()); // 1,64,112,112
   */
  outputShape(inputShape: readonly number[], options?: SizeOptions): number[] {
    const upsample = this.#asked(inputShape, options, ['outputSize', 'upsample']);
    return outputShapeOf(
      this.#parameters.problem(inputShape, options?.outputSize, upsample),
      inputShape.length,
    );
  }

  /**
   * How an input of a shape would be computed: problem line, output shape, algorithm and why, work, memory, receptive field.
   * @throws RangeError where `forward` would
   * @example
   * import { Conv2d } from 'convnd';
   * console.log(new Conv2d(3, 8, 3, { padding: 1 }).explain([1, 3, 32, 32]).split('\n')[0]); // n1 g1 c3 f8 i32x32 k3x3 p1x1
   */
  explain(inputShape: readonly number[], options?: Pick<SizeOptions, 'upsample'>): string {
    const problem = this.#problem(inputShape, undefined, this.#asked(inputShape, options, ['upsample']));
    const plan = this.#calls.plan(problem, { algorithm: this.algorithm, winograd: this.winograd });
    return explain(problem, plan, outputShapeOf(problem, inputShape.length));
  }

  /**
   * Times every algorithm that can compute an input of a shape, and takes the fastest for inputs of that shape from now on. Inputs of
   * other shapes are computed as before, and `algorithm` goes before what was timed. Takes some calls of each algorithm; the choice
   * that the table makes by itself is within a few per cent for most layers.
   * @returns the times, the fastest first
   * @throws RangeError for shapes that `forward` refuses, and where memory for an algorithm lacks
   * @example
   * import { Conv2d } from 'convnd';
   * const times = new Conv2d(8, 8, 3).tune([1, 8, 16, 16]);
   * console.log(times.map(({ algorithm }) => algorithm).sort().join()); // direct,gemm,winograd
   */
  tune(inputShape: readonly number[], options?: Pick<SizeOptions, 'upsample'>): Timing[] {
    const where = this.#where;
    const upsample = this.#asked(inputShape, options, ['upsample']);
    this.#parameters.learn(inputShape, upsample);
    const problem = this.#problem(inputShape, undefined, upsample);
    const x = allocate([...inputShape], () => `an input to tune ${where()}`);
    const out = allocate(outputShapeOf(problem, inputShape.length), () => `an output to tune ${where()}`);
    return this.#calls.tune(problem, inputShape, this.winograd, (call) => {
      forward(call, x, this.#parameters.current(), out, undefined, where);
    });
  }

  /** Torch's repr. */
  toString(): string {
    return repr(this.#parameters.className, this.inChannels, this.#spec);
  }

  /** What Node's `console.log` prints. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return String(this);
  }

  /** Gives the wasm memory of the layer back now rather than when it is collected. The layer stays usable. */
  dispose(): void {
    this.#calls.release();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /**
   * What `forward` does in all layers.
   * @internal
   */
  protected compute(x: TensorLike, options: TransposeForwardOptions | undefined): Tensor {
    const where = this.#where;
    optionsObject(options, callOptions(this.#spec.options.transposed), where);
    const epilogue = epilogueOf(options, where);
    const input = inputTensor(x, where);
    const call = this.#call(input.shape, options);
    const y = forward(call, input, this.#parameters.current(), options?.out, epilogue, where);
    recording.recorder?.layerCalled(this, x, input, y, options);
    return y;
  }

  /** What an input of a shape is computed with: a call that is ready, or one that is prepared now. */
  #call(shape: Shape, options: SizeOptions | undefined): PreparedCall {
    const outputSize = options?.outputSize;
    const upsample = this.#upsample(options);
    this.#parameters.learn(shape, upsample);
    const { algorithm, winograd } = this;
    const ready = outputSize ? undefined : this.#calls.repeated(shape, algorithm, winograd, upsample);
    if (ready) return ready;
    const problem = this.#problem(shape, outputSize, upsample);
    return this.#calls.prepare(problem, shape, { algorithm, winograd }, !outputSize);
  }

  /** Checks a shape and the options that go with it; as `#upsample` from there on. */
  #asked(
    inputShape: readonly number[],
    options: SizeOptions | undefined,
    known: readonly string[],
  ): readonly number[] | undefined {
    checkShape(inputShape, 'input shape', this.#where);
    optionsObject(options, known, this.#where);
    return this.#upsample(options);
  }

  /** How often the input is repeated along each axis, where it is. */
  #upsample(options: SizeOptions | undefined): readonly number[] | undefined {
    const { transposed, rank } = this.#spec.options;
    return checkUpsample(options?.upsample, transposed, rank, this.#where);
  }

  /** The problem of an input, none of whose tensors is too large for an array. */
  #problem(inputShape: Shape, outputSize?: readonly number[], upsample?: readonly number[]): Problem {
    const problem = this.#parameters.problem(inputShape, outputSize, upsample);
    checkSize(problem, this.#where);
    return problem;
  }
}
