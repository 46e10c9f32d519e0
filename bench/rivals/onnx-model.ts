// Writes an ONNX model of one or several layers in memory, with protobufjs, a dependency of onnxruntime-web. Defines only the fields that
// it needs, because packages with the whole schema depend on unmaintained versions of protobufjs.

import protobuf from 'protobufjs';
import type { Problem } from '#src/problem/problem.js';
import { inputShape, type Operands, outputShape, weightShape } from '../operands.js';

// Field numbers of onnx.proto.
const SCHEMA = `syntax = "proto3";
message Attribute { string name = 1; float f = 2; int64 i = 3; bytes s = 4; repeated int64 ints = 8; int32 type = 20; }
message Node { repeated string input = 1; repeated string output = 2; string name = 3; string op_type = 4; repeated Attribute attribute = 5; }
message Tensor { repeated int64 dims = 1; int32 data_type = 2; string name = 8; bytes raw_data = 9; }
message Dimension { int64 dim_value = 1; }
message Shape { repeated Dimension dim = 1; }
message TensorType { int32 elem_type = 1; Shape shape = 2; }
message Type { TensorType tensor_type = 1; }
message ValueInfo { string name = 1; Type type = 2; }
message Graph { repeated Node node = 1; string name = 2; repeated Tensor initializer = 5; repeated ValueInfo input = 11; repeated ValueInfo output = 12; }
message OperatorSet { string domain = 1; int64 version = 2; }
message Model { int64 ir_version = 1; string producer_name = 2; Graph graph = 7; repeated OperatorSet opset_import = 8; }`;

const FLOAT = 1;

/** AttributeProto's type codes. */
export const ATTRIBUTE = { float: 1, int: 2, text: 3, ints: 7 } as const;

export const { Model } = protobuf.parse(SCHEMA, { keepCase: true }).root as unknown as {
  Model: protobuf.Type;
};

/** A constant tensor. */
export const floats = (name: string, dims: readonly number[], data: Float32Array) => ({
  name,
  dims,
  data_type: FLOAT,
  raw_data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
});

/** An input or an output. */
export const value = (name: string, dims: readonly number[]) => ({
  name,
  type: { tensor_type: { elem_type: FLOAT, shape: { dim: dims.map((size) => ({ dim_value: size })) } } },
});

const ints = (name: string, values: readonly number[]) => ({ name, ints: values, type: ATTRIBUTE.ints });

/** The convolution of a problem as one node from `from` to `to`, with weights named after it. */
function convNode(p: Problem, name: string, from: string, to: string) {
  if (p.paddingMode !== 'zeros') throw new RangeError(`Conv has no padding mode ${p.paddingMode}`);
  return {
    op_type: p.kind.transposed ? 'ConvTranspose' : 'Conv',
    name,
    input: [from, `${name}.weight`, `${name}.bias`],
    output: [to],
    attribute: [
      ints('kernel_shape', p.kernel),
      ints('strides', p.stride),
      ints('dilations', p.dilation),
      ints('pads', [...p.paddingBegin, ...p.paddingEnd]),
      ...(p.kind.transposed ? [ints('output_padding', p.outputPadding)] : []),
      { name: 'group', i: p.groups, type: ATTRIBUTE.int },
    ],
  };
}

/** A model of layers in sequence with a leaky ReLU between them: input `x`, output `y`; weights and biases are constants. */
export function onnxChain(
  layers: readonly { problem: Problem; operands: Operands }[],
  negativeSlope = 0,
): Uint8Array {
  const last = layers.length - 1;
  const activation =
    negativeSlope === 0
      ? { op_type: 'Relu' }
      : { op_type: 'LeakyRelu', attribute: [{ name: 'alpha', f: negativeSlope, type: ATTRIBUTE.float }] };
  const node = layers.flatMap(({ problem }, i) => {
    const from = i === 0 ? 'x' : `relu${i - 1}`;
    if (i === last) return [convNode(problem, `layer${i}`, from, 'y')];
    const relu = { ...activation, name: `relu${i}`, input: [`conv${i}`], output: [`relu${i}`] };
    return [convNode(problem, `layer${i}`, from, `conv${i}`), relu];
  });
  const initializer = layers.flatMap(({ problem, operands }, i) => [
    floats(`layer${i}.weight`, weightShape(problem), operands.weight),
    floats(`layer${i}.bias`, [problem.filters], operands.bias),
  ]);
  const model = {
    ir_version: 8,
    producer_name: 'convnd bench',
    opset_import: [{ domain: '', version: 17 }],
    graph: {
      name: 'layers',
      node,
      initializer,
      input: [value('x', inputShape(layers[0].problem))],
      output: [value('y', outputShape(layers[last].problem))],
    },
  };
  return Model.encode(Model.create(model)).finish();
}

/** A model of one layer: input `x`, output `y`; weight and bias are constants. */
export function onnxModel(problem: Problem, operands: Operands): Uint8Array {
  return onnxChain([{ problem, operands }]);
}
