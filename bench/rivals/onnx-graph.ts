// Builds ONNX graphs node by node, as exporters write them.

import type { StateDict, Tensor } from 'convnd';
import { ATTRIBUTE, floats, Model, value } from './onnx-model.js';

type Attribute = number | readonly number[] | { readonly float: number } | { readonly text: string };

export class OnnxGraph {
  readonly #nodes: object[] = [];
  readonly #constants: object[] = [];

  /** @param dict the weights: BatchNorms under their names, weight norms already folded */
  constructor(readonly dict: StateDict) {}

  /** Adds a node. Its output has the same name. */
  node(type: string, inputs: readonly string[], attributes: Record<string, Attribute> = {}): string {
    const name = `n${this.#nodes.length}`;
    const attribute = Object.entries(attributes).map(([key, given]) => {
      if (typeof given === 'number') return { name: key, i: given, type: ATTRIBUTE.int };
      if (Array.isArray(given)) return { name: key, ints: given, type: ATTRIBUTE.ints };
      const other = given as { float?: number; text?: string };
      return other.text === undefined
        ? { name: key, f: other.float, type: ATTRIBUTE.float }
        : { name: key, s: new TextEncoder().encode(other.text), type: ATTRIBUTE.text };
    });
    this.#nodes.push({ op_type: type, name, input: inputs, output: [name], attribute });
    return name;
  }

  /** Adds a constant. */
  constant(name: string, { data, shape }: Pick<Tensor, 'data' | 'shape'>): string {
    this.#constants.push(floats(name, shape, data));
    return name;
  }

  /** Adds a tensor of the state dict as a constant. */
  weight(name: string): string {
    return this.constant(name, this.dict[name] as Tensor);
  }

  /** Adds a convolution with the names of the state dict, and a BatchNorm after it if one is named. */
  conv(x: string, name: string, { batchNorm = '', transposed = false, ...sizes }: ConvNode = {}): string {
    const { shape } = this.dict[`${name}.weight`] as Tensor;
    const rank = shape.length - 2;
    const each = (size: number) => new Array<number>(rank).fill(size);
    const { stride = 1, padding = 0, dilation = 1, group = 1 } = sizes;
    const names = ['weight', 'bias'].map((key) => `${name}.${key}`).filter((key) => key in this.dict);
    const y = this.node(transposed ? 'ConvTranspose' : 'Conv', [x, ...names.map((key) => this.weight(key))], {
      kernel_shape: shape.slice(2),
      strides: each(stride),
      dilations: each(dilation),
      pads: [...each(padding), ...each(padding)],
      group,
    });
    if (!batchNorm) return y;
    const norm = ['weight', 'bias', 'running_mean', 'running_var'].map((key) =>
      this.weight(`${batchNorm}.${key}`),
    );
    return this.node('BatchNormalization', [y, ...norm], { epsilon: { float: 1e-5 } });
  }

  /** The model's bytes; the input is `x`. */
  model(input: readonly number[], output: string, outputShape: readonly number[]): Uint8Array {
    const model = {
      ir_version: 8,
      producer_name: 'convnd bench',
      opset_import: [{ domain: '', version: 17 }],
      graph: {
        name: 'network',
        node: this.#nodes,
        initializer: this.#constants,
        input: [value('x', input)],
        output: [value(output, outputShape)],
      },
    };
    return Model.encode(Model.create(model)).finish();
  }
}

interface ConvNode {
  stride?: number;
  padding?: number;
  dilation?: number;
  group?: number;
  transposed?: boolean;
  /** the name of the BatchNorm */
  batchNorm?: string;
}
