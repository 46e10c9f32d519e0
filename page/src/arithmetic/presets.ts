// The settings of the animations of Dumoulin and Visin, A guide to convolution arithmetic for deep learning,
// https://arxiv.org/abs/1603.07285 and https://github.com/vdumoulin/conv_arithmetic. All axes are equal, with one channel.

import { initial, type State } from './state.ts';

export interface Preset {
  readonly name: string;
  readonly state: State;
}

type Row = readonly [
  name: string,
  input: number,
  kernel: number,
  stride: number,
  padding: number,
  dilation?: number,
  outputPadding?: number,
];

const convolutions: readonly Row[] = [
  ['No padding, no strides', 4, 3, 1, 0],
  ['Arbitrary padding, no strides', 5, 4, 1, 2],
  ['Half padding, no strides', 5, 3, 1, 1],
  ['Full padding, no strides', 5, 3, 1, 2],
  ['No padding, strides', 5, 3, 2, 0],
  ['Padding, strides', 5, 3, 2, 1],
  ['Padding, strides (odd)', 6, 3, 2, 1],
  ['Dilation', 7, 3, 1, 0, 2],
];

const transposed: readonly Row[] = [
  ['No padding, no strides, transposed', 2, 3, 1, 0],
  ['Arbitrary padding, no strides, transposed', 6, 4, 1, 2],
  ['Half padding, no strides, transposed', 5, 3, 1, 1],
  ['Full padding, no strides, transposed', 7, 3, 1, 2],
  ['No padding, strides, transposed', 2, 3, 2, 0],
  ['Padding, strides, transposed', 3, 3, 2, 1],
  ['Padding, strides, transposed (odd)', 3, 3, 2, 1, 1, 1],
];

const preset =
  (isTransposed: boolean) =>
  ([name, input, kernel, stride, padding, dilation = 1, outputPadding = 0]: Row) => ({
    name,
    state: { ...initial, transposed: isTransposed, input, kernel, stride, padding, dilation, outputPadding },
  });

export const presets: readonly Preset[] = [
  ...convolutions.map(preset(false)),
  ...transposed.map(preset(true)),
];
