// The convolution that is shown: convnd's layer, its numbers, and the products of each step.

import {
  Conv1d,
  Conv2d,
  Conv3d,
  ConvTranspose1d,
  ConvTranspose2d,
  ConvTranspose3d,
  type Tensor,
  tensor,
} from 'convnd';
import { Axis } from './axis.ts';
import type { State } from './state.ts';

/** A position in three dimensions; axes that a layer lacks have size one. */
export type Place = readonly [number, number, number];

/** One product. */
export interface Term {
  readonly channel: number;
  readonly filter: number;
  /** The position in the left drawing: in the field, or for scatter in the input itself. */
  readonly cell: Place;
  readonly kernel: Place;
  /** The output position; outside of the output it is cut off. */
  readonly output: Place;
  readonly x: number;
  readonly w: number;
}

interface Layer {
  readonly weight: Tensor;
  forward(x: Tensor): Tensor;
  outputShape(shape: readonly number[]): number[];
  loadStateDict(dict: Record<string, Tensor>): unknown;
}
type LayerClass = new (channels: number, filters: number, kernel: number, options: object) => Layer;

/** The layers by number of axes. Named one by one, so that the first view does not load the rest of the library. */
const PLAIN: readonly LayerClass[] = [Conv1d, Conv2d, Conv3d];
const TRANSPOSED: readonly LayerClass[] = [ConvTranspose1d, ConvTranspose2d, ConvTranspose3d];

/** Small integers from a seed (a multiplicative generator, Park and Miller 1988). */
function integers(length: number, seed: number, least: number, most: number): Float32Array<ArrayBuffer> {
  let state = (seed * 7919) % 2147483647;
  return Float32Array.from({ length }, () => {
    state = (state * 48271) % 2147483647;
    return least + (state % (most - least + 1));
  });
}

const product = (sizes: readonly number[]): number => sizes.reduce((total, size) => total * size, 1);

/** All positions of a box, the last axis fastest. */
export function places([depth, height, width]: Place): Place[] {
  return Array.from({ length: depth * height * width }, (_, i) => [
    Math.floor(i / (height * width)),
    Math.floor(i / width) % height,
    i % width,
  ]);
}

export const indexIn = ([, height, width]: Place, [z, y, x]: Place): number => (z * height + y) * width + x;

export class Model {
  readonly axes: readonly [Axis, Axis, Axis];
  readonly x: Float32Array<ArrayBuffer>;
  readonly weight: Float32Array<ArrayBuffer>;
  /** The shapes without batch and channels, in three dimensions. */
  readonly input: Place;
  readonly kernel: Place;
  readonly output: Place;
  readonly field: Place;
  readonly inputShape: readonly number[];
  readonly weightShape: readonly number[];
  readonly outputShape: readonly number[];
  readonly steps: number;
  readonly #layer: Layer;
  readonly #result: Float32Array;

  /** @throws Error of convnd if there is no layer of these options, or it can't take such an input */
  constructor(readonly state: State) {
    const { rank, transposed, channels, filters, kernel } = state;
    const Layer = (transposed ? TRANSPOSED : PLAIN)[rank - 1];
    this.#layer = new Layer(channels, filters, kernel, layerOptions(state));
    this.inputShape = [1, channels, ...Array(rank).fill(state.input)];
    this.outputShape = this.#layer.outputShape(this.inputShape);
    this.weightShape = this.#layer.weight.shape;

    const lift = (sizes: readonly number[]) => [...Array(3 - rank).fill(1), ...sizes] as unknown as Place;
    this.input = lift(this.inputShape.slice(2));
    this.output = lift(this.outputShape.slice(2));
    this.kernel = lift(this.weightShape.slice(2));
    const { stride, padding, dilation } = state;
    this.axes = [0, 1, 2].map((axis) => {
      const sizes = [this.input[axis], this.output[axis], this.kernel[axis]] as const;
      return axis < 3 - rank
        ? new Axis(state, ...sizes, 1, 0, 1)
        : new Axis(state, ...sizes, stride, padding, dilation);
    }) as unknown as Model['axes'];
    this.field = this.axes.map(({ field }) => field) as unknown as Place;

    const fitting = (numbers: readonly number[] | null, length: number) =>
      numbers?.length === length ? Float32Array.from(numbers) : undefined;
    this.x =
      fitting(state.x, product(this.inputShape)) ?? integers(product(this.inputShape), state.seed, 0, 4);
    const count = product(this.weightShape);
    this.weight = fitting(state.weight, count) ?? integers(count, state.seed + 5000, -1, 2);
    this.#layer.loadStateDict({ weight: tensor(this.weight, [...this.weightShape]) });
    this.#result = this.#forward(this.x);
    this.steps = this.scatter ? channels * product(this.input) : filters * product(this.output);
  }

  get scatter(): boolean {
    return this.state.transposed && this.state.view === 'scatter';
  }

  #forward(x: Float32Array<ArrayBuffer>): Float32Array {
    return this.#layer.forward(tensor(x, [...this.inputShape])).data as Float32Array;
  }

  /** Channels of a filter's group, and filters of a channel's group. */
  channelsOf(filter: number): number[] {
    const size = this.state.channels / this.state.groups;
    const first = size * Math.floor(filter / (this.state.filters / this.state.groups));
    return Array.from({ length: size }, (_, i) => first + i);
  }

  filtersOf(channel: number): number[] {
    const size = this.state.filters / this.state.groups;
    const first = size * Math.floor(channel / (this.state.channels / this.state.groups));
    return Array.from({ length: size }, (_, i) => first + i);
  }

  /** torch's layout: (filters, channels / groups, …), transposed (channels, filters / groups, …). */
  weightAt(filter: number, channel: number, kernel: Place): number {
    const { transposed, channels, filters, groups } = this.state;
    const row = transposed
      ? channel * (filters / groups) + (filter % (filters / groups))
      : filter * (channels / groups) + (channel % (channels / groups));
    return this.weight[row * product(this.kernel) + indexIn(this.kernel, kernel)];
  }

  /** The value in a cell of the field. */
  fieldAt(channel: number, cell: Place): number {
    const source = this.axes.map((axis, i) => axis.source(cell[i])) as unknown as Place;
    return source.some((i) => i < 0) ? 0 : this.inputAt(channel, source);
  }

  inputAt(channel: number, place: Place): number {
    return this.x[channel * product(this.input) + indexIn(this.input, place)];
  }

  /** For scatter: the channel and position of the step's input. Otherwise: the filter and position of the step's output. */
  at(step: number): { readonly plane: number; readonly place: Place } {
    const box = this.scatter ? this.input : this.output;
    const size = product(box);
    return { plane: Math.floor(step / size), place: places(box)[step % size] };
  }

  /** The products of a step. */
  terms(step: number): Term[] {
    const { plane, place } = this.at(step);
    const taps = places(this.kernel);
    if (this.scatter) {
      const x = this.inputAt(plane, place);
      return this.filtersOf(plane).flatMap((filter) =>
        taps.map((kernel) => {
          const output = this.axes.map((axis, i) => axis.target(place[i], kernel[i])) as unknown as Place;
          return {
            channel: plane,
            filter,
            cell: place,
            kernel,
            output,
            x,
            w: this.weightAt(filter, plane, kernel),
          };
        }),
      );
    }
    return this.channelsOf(plane).flatMap((channel) =>
      taps.map((kernel) => {
        const cell = this.axes.map((axis, i) => axis.cell(place[i], kernel[i])) as unknown as Place;
        const w = this.weightAt(plane, channel, kernel);
        return { channel, filter: plane, cell, kernel, output: place, x: this.fieldAt(channel, cell), w };
      }),
    );
  }

  /**
   * The outputs after a step, computed by convnd. For scatter: the layer's result for the inputs of the steps so far. Otherwise: the
   * outputs of the steps so far, and NaN for the others.
   */
  outputs(step: number): Float32Array {
    if (this.scatter) return this.#forward(this.x.map((value, i) => (i <= step ? value : 0)));
    return this.#result.map((value, i) => (i <= step ? value : Number.NaN));
  }
}

/** The layer's options with convnd's names. */
export function layerOptions(state: State): object {
  const { stride, padding, dilation, groups, outputPadding, paddingMode, transposed } = state;
  const kind = transposed ? { outputPadding } : { paddingMode };
  return { stride, padding, dilation, groups, bias: false, ...kind };
}
