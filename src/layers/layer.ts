// The base class of the six convolution layers: parameters, state dicts, shape inference and `forward`.
// Options are checked by the constructor, shapes by every call.

import { checkShape, flag, optionsObject } from '../core/arguments.js';
import type { Disposing } from '../core/globals.js';
import { allocate, type Shape, type Tensor, type TensorLike } from '../core/tensor.js';
import type { PaddingMode } from '../geometry/padding.js';
import { checkAlgorithm } from '../plan/choice.js';
import type { AlgorithmName, Winograd } from '../plan/preference.js';
import { checkSize } from '../problem/line.js';
import { type AnyOptions, checkUpsample, paddingAsGiven } from '../problem/options.js';
import type { Problem } from '../problem/problem.js';
import type { Sides } from '../problem/sizes.js';
import { forward, inputTensor, outputShapeOf, type PreparedCall } from './call.js';
import { CallCache } from './call-cache.js';
import {
  callOptions,
  epilogueOf,
  type SizeOptions,
  sizeOptions,
  type TransposeForwardOptions,
} from './epilogue.js';
import { explain } from './explain.js';
import { internals } from './internals.js';
import type { Parameter } from './parameter.js';
import { LayerParameters } from './parameters.js';
import { recording } from './recording.js';
import { repr } from './repr.js';
import { type LayerArguments, type LayerSpec, layerSpec } from './spec.js';
import type { LoadOptions, LoadReport, StateDictLike } from './state.js';
import type { Timing } from './tune.js';
import { autoOrNever, winogradSetting } from './winograd-setting.js';

/** Makes the compiler explain why `layer(x)`, the way torch calls a layer, does not work: a class instance is not callable. */
type NotCallable = (x: 'a layer is not a function: call layer.forward(x)') => never;

export interface Layer extends NotCallable {}

/** The abstract base class of all convolution layers. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the interface has no members, only a message for the compiler to show
export abstract class Layer implements Disposing {
  #algorithm: AlgorithmName | undefined;
  #winograd: Winograd | undefined;
  readonly #spec: LayerSpec;
  readonly #where = () => String(this);
  readonly #parameters: LayerParameters;
  readonly #calls: CallCache;

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
    this.#calls = new CallCache(this, this.#where);
  }

  /**
   * Forces one algorithm, for tests and benchmarks. If undefined, the layer uses what `tune` measured, or else the cost model.
   * `forward` throws a RangeError if the forced algorithm does not support the problem.
   * @throws RangeError for an unknown name, when it is set
   */
  get algorithm(): AlgorithmName | undefined {
    return this.#algorithm;
  }

  set algorithm(value: AlgorithmName | undefined) {
    checkAlgorithm(value, this.#where);
    this.#algorithm = value;
  }

  /** Whether this layer may use Winograd's algorithm: `settings.winograd`, unless set here. */
  get winograd(): Winograd {
    return this.#winograd ?? winogradSetting.preference;
  }

  set winograd(value: Winograd) {
    this.#winograd = autoOrNever(value, 'winograd');
  }

  /** Channels of the input; 0 for a lazy layer before its first input. */
  get inChannels(): number {
    return this.#parameters.inChannels;
  }

  /** Channels of the output. */
  get outChannels(): number {
    return this.#spec.outChannels;
  }

  /** The size of the kernel along each spatial axis. */
  get kernelSize(): readonly number[] {
    return this.#spec.kernelSize;
  }

  /** The stride along each spatial axis. */
  get stride(): readonly number[] {
    return this.#spec.options.stride;
  }

  /** The padding on both sides of each spatial axis, pairs if the sides differ on any axis, or the name passed to the constructor. */
  get padding(): readonly Sides[] | 'same' | 'valid' {
    return paddingAsGiven(this.#spec.options);
  }

  /** The distance between neighbouring kernel elements along each spatial axis. */
  get dilation(): readonly number[] {
    return this.#spec.options.dilation;
  }

  /** The number of groups that input and output channels are divided into. */
  get groups(): number {
    return this.#spec.options.groups;
  }

  /** How the input is padded. */
  get paddingMode(): PaddingMode {
    return this.#spec.options.paddingMode;
  }

  /** The elements that a transposed layer adds at the end of each spatial axis of its output; zeros for other layers. */
  get outputPadding(): readonly number[] {
    return this.#spec.options.outputPadding;
  }

  /**
   * The weight, of shape (outChannels, inChannels / groups, ...kernelSize); of a transposed layer (inChannels, outChannels / groups,
   * ...kernelSize). Assigning a tensor of the same shape copies its values.
   * @throws Error for a lazy layer before its first input
   */
  get weight(): Parameter {
    return this.#parameters.weight;
  }

  /** Copies the values of a tensor of the same shape, or of a typed array. */
  set weight(values: TensorLike) {
    this.weight.copy(values);
  }

  /** The bias, of shape (outChannels), or null; null too for a lazy layer before its first input. Assigning a tensor of the same shape copies its values. */
  get bias(): Parameter | null {
    return this.#parameters.bias;
  }

  /**
   * Copies the values of a tensor of the same shape, or of a typed array.
   * @throws TypeError if there is no bias; Error for a lazy layer before its first input
   */
  set bias(values: TensorLike | null) {
    const bias = this.parameters()[1];
    if (!bias) throw new TypeError(`${String(this)} has no bias; construct it with bias: true`);
    bias.copy(values as TensorLike);
  }

  /**
   * The weight and, if there is one, the bias.
   * @throws Error for a lazy layer before its first input
   * @example
   * import { Conv2d } from 'convnd';
   * console.log(new Conv2d(3, 8, 5).parameters().map(({ shape }) => shape.join()).join(' ')); // 8,3,5,5 8
   */
  parameters(): Parameter[] {
    return this.#parameters.all;
  }

  /** Sets the gradients of weight and bias to null, like torch's `zero_grad`. */
  zeroGrad(): void {
    // a lazy layer has no parameters before its first input
    if (this.#parameters.isMade) for (const parameter of this.parameters()) parameter.grad = null;
  }

  /**
   * Sets whether `backward` computes gradients for weight and bias, like torch's `requires_grad_`.
   * @returns this layer
   * @throws TypeError unless it is a boolean, Error for a lazy layer before its first input
   * @example
   * import { Conv1d } from 'convnd';
   * console.log(new Conv1d(1, 1, 3).requiresGrad_(false).weight.requiresGrad); // false
   */
  requiresGrad_(requiresGrad = true): this {
    flag(requiresGrad, 'requires_grad', this.#where);
    for (const parameter of this.parameters()) parameter.requiresGrad = requiresGrad;
    return this;
  }

  /**
   * Draws new values for weight and bias from torch's default distribution, uniform in ±1 / sqrt(fan_in), like `reset_parameters`.
   * @throws Error for a lazy layer before its first input
   */
  resetParameters(): void {
    this.#parameters.draw();
  }

  /**
   * Copies of weight and bias under torch's names.
   * @param prefix prepended to the names `weight` and `bias`
   * @throws Error for a lazy layer before its first input
   * @example
   * import { Conv1d } from 'convnd';
   * console.log(Object.keys(new Conv1d(1, 1, 3).stateDict('enc.')).join()); // enc.weight,enc.bias
   */
  stateDict(prefix = ''): Record<string, Tensor> {
    return this.#parameters.state(prefix);
  }

  /**
   * Copies weight and bias from a state dict. If it throws, the layer is unchanged. A layer with a kernel of one element and no groups
   * also accepts the weight of a Linear layer, (out, in).
   *
   * @param dict tensors by name, for example from `loadSafetensors`
   * @param options.strict throw for missing and unexpected names; default true
   * @param options.prefix load only the names that start with it: `'encoder.0.'` selects one layer of a network's state dict
   * @returns the missing and the unexpected names
   * @throws RangeError for missing and unexpected names and for mismatched sizes, with torch's message
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
   * The output shape for an input of the given shape. Computes no output.
   * @param options `outputSize` and `upsample`, as for `forward`
   * @throws RangeError where `forward` would throw
   * @example
   * import { Conv2d } from 'convnd';
   * console.log(new Conv2d(3, 64, 7, { stride: 2, padding: 3 }).outputShape([1, 3, 224, 224]).join()); // 1,64,112,112
   */
  outputShape(inputShape: readonly number[], options?: SizeOptions): number[] {
    return outputShapeOf(this.#problemFor(inputShape, options), inputShape.length);
  }

  /**
   * Describes how an input of the given shape would be computed: problem line, output shape, algorithm and the reasons for it, FLOPs,
   * memory and receptive field.
   * @param options `outputSize` and `upsample`, as for `forward`
   * @throws RangeError where `forward` would throw
   * @example
   * import { Conv2d } from 'convnd';
   * console.log(new Conv2d(3, 8, 3, { padding: 1 }).explain([1, 3, 32, 32]).split('\n')[0]); // n1 g1 c3 f8 i32x32 k3x3 p1x1
   */
  explain(inputShape: readonly number[], options?: SizeOptions): string {
    const problem = this.#problemFor(inputShape, options);
    const plan = this.#calls.plan(problem, { algorithm: this.algorithm, winograd: this.winograd });
    return explain(problem, plan, outputShapeOf(problem, inputShape.length));
  }

  /**
   * Times every algorithm that supports the given input shape, and uses the fastest for that shape from now on. Other shapes are not
   * affected, and `algorithm`, if set, takes precedence. This runs each algorithm several times; for most layers the default choice is
   * within a few per cent of the fastest.
   * @param options `outputSize` and `upsample`, as for `forward`
   * @returns the times in milliseconds, fastest first
   * @throws RangeError for shapes that `forward` rejects, and if an algorithm needs more memory than there is
   * @example
   * import { Conv2d } from 'convnd';
   * const times = new Conv2d(8, 8, 3).tune([1, 8, 16, 16]);
   * console.log(times.map(({ algorithm }) => algorithm).sort().join()); // direct,gemm,winograd
   */
  tune(inputShape: readonly number[], options?: SizeOptions): Timing[] {
    const where = this.#where;
    const problem = this.#problemFor(inputShape, options);
    this.#parameters.learn(inputShape, problem.upsample);
    const x = allocate([...inputShape], () => `an input to tune ${where()}`);
    const out = allocate(outputShapeOf(problem, inputShape.length), () => `an output to tune ${where()}`);
    return this.#calls.tune(problem, inputShape, this.winograd, (call) => {
      forward(call, x, this.#parameters.current(), out, undefined, where);
    });
  }

  /** The layer as torch prints it. */
  toString(): string {
    return repr(this.#parameters.className, this.inChannels, this.#spec);
  }

  /** Not 'Object', because Vue wraps what is called so in a proxy, through which private fields cannot be read. */
  get [Symbol.toStringTag](): string {
    return 'Layer';
  }

  /** The printed form, for JSON and for snapshots of test runners. The numbers are in `stateDict`. */
  toJSON(): string {
    return String(this);
  }

  /** What `console.log` prints in Node. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return String(this);
  }

  /** Frees the layer's wasm memory now, rather than when the layer is garbage-collected. The layer stays usable. */
  dispose(): void {
    this.#calls.release();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /**
   * Implements `forward` for all layers.
   * @internal
   */
  protected compute(x: TensorLike, options: TransposeForwardOptions | undefined): Tensor {
    const where = this.#where;
    optionsObject(options, callOptions(this.#spec.options.kind), where);
    const epilogue = epilogueOf(options, where);
    const input = inputTensor(x, where);
    const call = this.#call(input.shape, options);
    const y = forward(call, input, this.#parameters.current(), options?.out, epilogue, where);
    recording.recorder?.layerCalled(this, x, input, y, options);
    return y;
  }

  /** The prepared call for an input shape: a cached one if it exists, else a new one. */
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

  /** The problem of a method that takes an input shape. Checks its arguments. */
  #problemFor(inputShape: readonly number[], options: SizeOptions | undefined): Problem {
    checkShape(inputShape, 'input shape', this.#where);
    optionsObject(options, sizeOptions(this.#spec.options.kind), this.#where);
    return this.#problem(inputShape, options?.outputSize, this.#upsample(options));
  }

  /** The upsampling factor of each axis, or undefined. */
  #upsample(options: SizeOptions | undefined): readonly number[] | undefined {
    return checkUpsample(options?.upsample, this.#spec.options, this.#where);
  }

  /** The convolution problem for an input shape, checked to have no tensor that is too large for a typed array. */
  #problem(inputShape: Shape, outputSize?: readonly number[], upsample?: readonly number[]): Problem {
    const problem = this.#parameters.problem(inputShape, outputSize, upsample);
    checkSize(problem, this.#where);
    return problem;
  }
}
