// The networks of bench:networks: random weights, the network written with convnd, and the same network as an ONNX graph, in the form that
// exporters write.

import { type Tensor, tensor } from 'convnd';
import { normal, uniform } from '../../tests/helpers/numbers.js';
import { ConvNext } from '../../tests/networks/convnext.js';
import { EfficientNetBlock } from '../../tests/networks/efficientnet-block.js';
import { HiFiGan } from '../../tests/networks/hifigan.js';
import { ResNet } from '../../tests/networks/resnet.js';
import { Rrdb } from '../../tests/networks/rrdb.js';
import { UNet } from '../../tests/networks/unet.js';
import { OnnxGraph } from './onnx-graph.js';

export interface NetworkPair {
  readonly name: string;
  readonly about: string;
  readonly input: readonly number[];
  readonly output: readonly number[];
  make(): { forward(x: Tensor): Tensor };
  /** the model of onnxruntime-web */
  model(): { bytes: Uint8Array; output: string };
}

/** The input of a network. */
export function inputOf({ input }: NetworkPair): Tensor {
  const size = input.reduce((a, b) => a * b);
  return tensor(normal(size, 7), [...input]);
}

/** Builds a state dict of random tensors, name by name. */
class Weights {
  readonly dict: Record<string, Tensor> = {};
  #seed = 1;

  conv(name: string, shape: number[], bias = true, transposed = false): this {
    const size = shape.reduce((a, b) => a * b);
    const terms = size / shape[transposed ? 1 : 0];
    this.dict[`${name}.weight`] = tensor(
      normal(size, this.#seed++).map((v) => v * Math.sqrt(1.5 / terms)),
      shape,
    );
    if (bias) this.#vector(`${name}.bias`, transposed ? shape[1] : shape[0], -0.1, 0.1);
    return this;
  }

  norm(name: string, channels: number): this {
    for (const [key, from, to] of [
      ['weight', 0.7, 1.3],
      ['bias', -0.1, 0.1],
      ['running_mean', -0.1, 0.1],
      ['running_var', 0.5, 1.5],
    ] as const)
      this.#vector(`${name}.${key}`, channels, from, to);
    return this;
  }

  #vector(name: string, count: number, from: number, to: number): void {
    const next = uniform(this.#seed++);
    this.dict[name] = tensor(
      Float32Array.from({ length: count }, () => from + (to - from) * next()),
      [count],
    );
  }
}

function uNet(): NetworkPair {
  const widths = [32, 64, 128, 256];
  const weights = new Weights();
  const double = (name: string, from: number, to: number) =>
    weights
      .conv(`${name}.0`, [to, from, 3, 3], false)
      .norm(`${name}.1`, to)
      .conv(`${name}.3`, [to, to, 3, 3], false)
      .norm(`${name}.4`, to);
  widths.forEach((width, i) => {
    double(`enc${i + 1}`, i === 0 ? 3 : widths[i - 1], width);
    if (i === 0) return;
    weights.conv(`up${i}`, [width, widths[i - 1], 2, 2], true, true);
    double(`dec${i}`, width, widths[i - 1]);
  });
  weights.conv('head', [2, widths[0], 1, 1]);
  const { dict } = weights;
  const input = [1, 3, 256, 256];
  const output = [1, 2, 256, 256];
  return {
    name: 'U-Net',
    about: '32 to 256 channels, 256²',
    input,
    output,
    make: () => new UNet(dict),
    model() {
      const graph = new OnnxGraph(dict);
      const twice = (x: string, name: string) =>
        [0, 3].reduce(
          (from, at) =>
            graph.node('Relu', [
              graph.conv(from, `${name}.${at}`, { padding: 1, batchNorm: `${name}.${at + 1}` }),
            ]),
          x,
        );
      const skips: string[] = [];
      let x = 'x';
      widths.forEach((_, i) => {
        if (i > 0) x = graph.node('MaxPool', [x], { kernel_shape: [2, 2], strides: [2, 2] });
        x = twice(x, `enc${i + 1}`);
        skips.push(x);
      });
      for (let i = widths.length - 1; i > 0; i--) {
        const up = graph.conv(x, `up${i}`, { transposed: true, stride: 2 });
        x = twice(graph.node('Concat', [skips[i - 1], up], { axis: 1 }), `dec${i}`);
      }
      const y = graph.conv(x, 'head');
      return { bytes: graph.model(input, y, output), output: y };
    },
  };
}

function hifiGan(): NetworkPair {
  const [channels, strides, kernels, widths] = [512, [8, 8, 2, 2], [16, 16, 4, 4], [3, 7, 11]];
  const weights = new Weights();
  weights.conv('conv_pre', [channels, 80, 7]);
  let block = 0;
  strides.forEach((_, i) => {
    const [from, to] = [channels >> i, channels >> (i + 1)];
    weights.conv(`ups.${i}`, [from, to, kernels[i]], true, true);
    for (const width of widths) {
      for (let j = 0; j < 3; j++)
        for (const list of ['convs1', 'convs2'])
          weights.conv(`resblocks.${block}.${list}.${j}`, [to, to, width]);
      block++;
    }
  });
  weights.conv('conv_post', [1, channels >> strides.length, 7]);
  const { dict } = weights;
  const input = [1, 80, 64];
  const output = [1, 1, 64 * 256];
  return {
    name: 'HiFi-GAN',
    about: 'generator V1, 64 frames',
    input,
    output,
    make: () => new HiFiGan(dict, strides),
    model() {
      const graph = new OnnxGraph(dict);
      const leaky = (x: string, alpha = 0.1) => graph.node('LeakyRelu', [x], { alpha: { float: alpha } });
      const count = graph.constant('count', { data: new Float32Array([widths.length]), shape: [1] });
      let x = graph.conv('x', 'conv_pre', { padding: 3 });
      let number = 0;
      strides.forEach((stride, i) => {
        const start = graph.conv(leaky(x), `ups.${i}`, {
          transposed: true,
          stride,
          padding: (kernels[i] - stride) / 2,
        });
        const ends = widths.map((width) => {
          let sum = start;
          [1, 3, 5].forEach((dilation, j) => {
            const at = `resblocks.${number}`;
            const half = (dilated: number) => (dilated * (width - 1)) / 2;
            const y = graph.conv(leaky(sum), `${at}.convs1.${j}`, { dilation, padding: half(dilation) });
            sum = graph.node('Add', [graph.conv(leaky(y), `${at}.convs2.${j}`, { padding: half(1) }), sum]);
          });
          number++;
          return sum;
        });
        x = graph.node('Div', [ends.reduce((a, b) => graph.node('Add', [a, b])), count]);
      });
      const y = graph.node('Tanh', [graph.conv(leaky(x, 0.01), 'conv_post', { padding: 3 })]);
      return { bytes: graph.model(input, y, output), output: y };
    },
  };
}

function resNet(): NetworkPair {
  const widths = [64, 64, 128, 256, 512];
  const weights = new Weights().conv('conv1', [64, 3, 7, 7], false).norm('bn1', 64);
  const blocks: { at: string; stride: number; down: boolean }[] = [];
  for (let layer = 1; layer < widths.length; layer++) {
    for (let block = 0; block < 2; block++) {
      const at = `layer${layer}.${block}`;
      const to = widths[layer];
      const from = block === 0 ? widths[layer - 1] : to;
      weights.conv(`${at}.conv1`, [to, from, 3, 3], false).norm(`${at}.bn1`, to);
      weights.conv(`${at}.conv2`, [to, to, 3, 3], false).norm(`${at}.bn2`, to);
      const down = block === 0 && layer > 1;
      if (down) weights.conv(`${at}.downsample.0`, [to, from, 1, 1], false).norm(`${at}.downsample.1`, to);
      blocks.push({ at, stride: down ? 2 : 1, down });
    }
  }
  const { dict } = weights.conv('fc', [1000, 512]);
  const input = [1, 3, 224, 224];
  const output = [1, 1000];
  return {
    name: 'ResNet-18',
    about: '224²',
    input,
    output,
    make: () => new ResNet(dict),
    model() {
      const graph = new OnnxGraph(dict);
      const relu = (x: string) => graph.node('Relu', [x]);
      const first = relu(graph.conv('x', 'conv1', { stride: 2, padding: 3, batchNorm: 'bn1' }));
      let x = graph.node('MaxPool', [first], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] });
      for (const { at, stride, down } of blocks) {
        const half = relu(graph.conv(x, `${at}.conv1`, { stride, padding: 1, batchNorm: `${at}.bn1` }));
        const y = graph.conv(half, `${at}.conv2`, { padding: 1, batchNorm: `${at}.bn2` });
        const skip = down
          ? graph.conv(x, `${at}.downsample.0`, { stride, batchNorm: `${at}.downsample.1` })
          : x;
        x = relu(graph.node('Add', [y, skip]));
      }
      const mean = graph.node('Flatten', [graph.node('GlobalAveragePool', [x])], { axis: 1 });
      const y = graph.node('Gemm', [mean, graph.weight('fc.weight'), graph.weight('fc.bias')], { transB: 1 });
      return { bytes: graph.model(input, y, output), output: y };
    },
  };
}

/** A block of EfficientNet-B0, with its residual connection. */
function efficientNet(channels: number, size: number, kernel: number): NetworkPair {
  const inner = 6 * channels;
  const { dict } = new Weights()
    .conv('expand', [inner, channels, 1, 1], false)
    .norm('bn0', inner)
    .conv('depthwise', [inner, 1, kernel, kernel], false)
    .norm('bn1', inner)
    .conv('reduce', [channels >> 2, inner, 1, 1])
    .conv('excite', [inner, channels >> 2, 1, 1])
    .conv('project', [channels, inner, 1, 1], false)
    .norm('bn2', channels);
  const input = [1, channels, size, size];
  return {
    name: `EfficientNet-B0, ${channels}`,
    about: `a block of ${channels} channels on ${size}², ${kernel}x${kernel}`,
    input,
    output: input,
    make: () => new EfficientNetBlock(dict),
    model() {
      const graph = new OnnxGraph(dict);
      const silu = (x: string) => graph.node('Mul', [x, graph.node('Sigmoid', [x])]);
      const expanded = silu(graph.conv('x', 'expand', { batchNorm: 'bn0' }));
      const y = silu(
        graph.conv(expanded, 'depthwise', { group: inner, padding: (kernel - 1) / 2, batchNorm: 'bn1' }),
      );
      const few = silu(graph.conv(graph.node('GlobalAveragePool', [y]), 'reduce'));
      const gates = graph.node('Sigmoid', [graph.conv(few, 'excite')]);
      const gated = graph.node('Mul', [y, gates]);
      const out = graph.node('Add', [graph.conv(gated, 'project', { batchNorm: 'bn2' }), 'x']);
      return { bytes: graph.model(input, out, input), output: out };
    },
  };
}

/** The layers of a block of ConvNeXt-T, without its LayerNorm. */
function convNext(channels: number, size: number): NetworkPair {
  const { dict } = new Weights()
    .conv('dwconv', [channels, 1, 7, 7])
    .conv('pwconv1', [4 * channels, channels, 1, 1])
    .conv('pwconv2', [channels, 4 * channels, 1, 1]);
  const input = [1, channels, size, size];
  return {
    name: `ConvNeXt-T, ${channels}`,
    about: `the layers of a block of ${channels} channels on ${size}²`,
    input,
    output: input,
    make: () => new ConvNext(dict),
    model() {
      const graph = new OnnxGraph(dict);
      const number = (name: string, value: number) =>
        graph.constant(name, { data: new Float32Array([value]), shape: [1] });
      const x = graph.conv(graph.conv('x', 'dwconv', { group: channels, padding: 3 }), 'pwconv1');
      // gelu as torch exports it
      const erf = graph.node('Erf', [graph.node('Div', [x, number('root', Math.SQRT2)])]);
      const sum = graph.node('Mul', [x, graph.node('Add', [erf, number('one', 1)])]);
      const gelu = graph.node('Mul', [sum, number('half', 0.5)]);
      const out = graph.node('Add', [graph.conv(gelu, 'pwconv2'), 'x']);
      return { bytes: graph.model(input, out, input), output: out };
    },
  };
}

function esrgan(): NetworkPair {
  const [channels, growth, size] = [64, 32, 64];
  const weights = new Weights().conv('conv_first', [channels, 3, 3, 3]);
  for (let i = 0; i < 5; i++)
    weights.conv(`dense.${i}`, [i < 4 ? growth : channels, channels + i * growth, 3, 3]);
  const { dict } = weights
    .conv('conv_up1', [channels, channels, 3, 3])
    .conv('conv_up2', [channels, channels, 3, 3])
    .conv('conv_last', [3, channels, 3, 3]);
  const input = [1, 3, size, size];
  const output = [1, 3, 4 * size, 4 * size];
  return {
    name: 'ESRGAN',
    about: 'a dense block of 64 channels on 64², and four times the size behind it',
    input,
    output,
    make: () => new Rrdb(dict),
    model() {
      const graph = new OnnxGraph(dict);
      const padding = 1;
      const leaky = (x: string) => graph.node('LeakyRelu', [x], { alpha: { float: 0.2 } });
      const first = graph.conv('x', 'conv_first', { padding });
      const parts = [first];
      const all = () => (parts.length > 1 ? graph.node('Concat', [...parts], { axis: 1 }) : first);
      for (let i = 0; i < 4; i++) parts.push(leaky(graph.conv(all(), `dense.${i}`, { padding })));
      const fifth = graph.constant('fifth', { data: new Float32Array([0.2]), shape: [1] });
      const scaled = graph.node('Mul', [graph.conv(all(), 'dense.4', { padding }), fifth]);
      let x = graph.node('Add', [scaled, first]);
      const scales = graph.constant('scales', { data: new Float32Array([1, 1, 2, 2]), shape: [4] });
      for (const name of ['conv_up1', 'conv_up2']) {
        const larger = graph.node('Resize', [x, '', scales], {
          mode: { text: 'nearest' },
          coordinate_transformation_mode: { text: 'asymmetric' },
          nearest_mode: { text: 'floor' },
        });
        x = leaky(graph.conv(larger, name, { padding }));
      }
      const y = graph.conv(x, 'conv_last', { padding });
      return { bytes: graph.model(input, y, output), output: y };
    },
  };
}

/** The measured networks. EfficientNet-B0 and ConvNeXt-T are measured block by block. */
export const pairs: readonly (() => NetworkPair)[] = [
  uNet,
  hifiGan,
  resNet,
  () => efficientNet(24, 56, 3),
  () => efficientNet(80, 14, 3),
  () => efficientNet(192, 7, 5),
  () => convNext(96, 56),
  () => convNext(384, 14),
  esrgan,
];
