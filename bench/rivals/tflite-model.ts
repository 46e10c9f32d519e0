// Writes a .tflite model of one layer in memory, with the flatbuffers library. Defines only the tables of TensorFlow Lite's schema that it
// needs: there is no maintained package of the schema for JavaScript.

import { Builder } from 'flatbuffers';
import type { Problem } from '#src/problem/problem.js';
import { inputShape, type Operands, outputShape, weightShape } from '../operands.js';
import { channelsLast } from './rival.js';

/** A field of a table: its index in the schema, its kind, its value. */
type Field = [slot: number, kind: 'int' | 'byte' | 'offset', value: number];

interface TensorEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data?: Float32Array | Int32Array;
}

/** One operator: its number in BuiltinOperator, the number of its options in BuiltinOptions, the options, and tensor indices. */
interface Step {
  readonly code: number;
  readonly optionsType: number;
  readonly options: readonly Field[];
  readonly inputs: readonly number[];
  readonly output: number;
}

const OPERATORS = { conv2d: 3, depthwise: 4, pad: 34, transposeConv: 67, conv3d: 132, conv3dTranspose: 141 };
const OPTIONS = { conv2d: 1, depthwise: 2, pad: 22, transposeConv: 49, conv3d: 106 };
const FLOAT32 = 0;
const INT32 = 2;
const SAME = 0;
const VALID = 1;

function table(builder: Builder, fields: readonly Field[]): number {
  builder.startObject(1 + Math.max(0, ...fields.map(([slot]) => slot)));
  for (const [slot, kind, value] of fields) {
    if (kind === 'int') builder.addFieldInt32(slot, value, null);
    else if (kind === 'byte') builder.addFieldInt8(slot, value, null);
    else builder.addFieldOffset(slot, value, 0);
  }
  return builder.endObject();
}

function vector(builder: Builder, values: readonly number[], add: 'addInt32' | 'addOffset'): number {
  builder.startVector(4, values.length, 4);
  for (const value of [...values].reverse()) builder[add](value);
  return builder.endVector();
}

/** A vector of bytes aligned to 16, as the schema requires for tensor data. */
function bytes(builder: Builder, data: Float32Array | Int32Array): number {
  builder.startVector(1, data.byteLength, 16);
  for (let i = data.length - 1; i >= 0; i--) {
    if (data instanceof Int32Array) builder.addInt32(data[i]);
    else builder.addFloat32(data[i]);
  }
  return builder.endVector();
}

function model(tensors: readonly TensorEntry[], steps: readonly Step[], output: number): Uint8Array {
  const builder = new Builder(1024);
  const constants = tensors.filter(({ data }) => data);
  const buffers = [
    table(builder, []),
    ...constants.map(({ data }) => table(builder, [[0, 'offset', bytes(builder, data!)]])),
  ];
  const tensorTables = tensors.map((tensor) => {
    const fields: Field[] = [
      [0, 'offset', vector(builder, tensor.shape, 'addInt32')],
      [1, 'byte', tensor.data instanceof Int32Array ? INT32 : FLOAT32],
      [2, 'int', 1 + constants.indexOf(tensor)],
      [3, 'offset', builder.createString(tensor.name)],
    ];
    return table(builder, fields);
  });
  const operators = steps.map((step, index) =>
    table(builder, [
      [0, 'int', index],
      [1, 'offset', vector(builder, step.inputs, 'addInt32')],
      [2, 'offset', vector(builder, [step.output], 'addInt32')],
      [3, 'byte', step.optionsType],
      [4, 'offset', table(builder, step.options)],
    ]),
  );
  const graph = table(builder, [
    [0, 'offset', vector(builder, tensorTables, 'addOffset')],
    [1, 'offset', vector(builder, [0], 'addInt32')],
    [2, 'offset', vector(builder, [output], 'addInt32')],
    [3, 'offset', vector(builder, operators, 'addOffset')],
    [4, 'offset', builder.createString('layer')],
  ]);
  // Codes above 126 do not fit into the older of the two fields.
  const codes = steps.map(({ code }) =>
    table(builder, [
      [0, 'byte', Math.min(code, 127)],
      [2, 'int', code === OPERATORS.transposeConv ? 3 : 1],
      [3, 'int', code],
    ]),
  );
  const root = table(builder, [
    [0, 'int', 3],
    [1, 'offset', vector(builder, codes, 'addOffset')],
    [2, 'offset', vector(builder, [graph], 'addOffset')],
    [3, 'offset', builder.createString('one layer')],
    [4, 'offset', vector(builder, buffers, 'addOffset')],
  ]);
  builder.finish(root, 'TFL3');
  return builder.asUint8Array();
}

/** A shape with channels last; 1-D as 2-D of height 1. */
const last = (p: Problem, [batch, channels, ...space]: readonly number[]): number[] => [
  batch,
  ...(p.rank === 1 ? [1] : []),
  ...space,
  channels,
];

/** The named padding that equals that of the problem, if any. */
function namedPadding(p: Problem): number | null {
  if (
    p.paddingBegin.every(
      (begin, axis) => begin === 0 && p.paddingEnd[axis] === 0 && p.outputPadding[axis] === 0,
    )
  )
    return VALID;
  const same = p.input.every((size, axis) => {
    const [few, many] = p.kind.transposed ? [size, p.output[axis]] : [p.output[axis], size];
    if (few !== Math.ceil(many / p.stride[axis])) return false;
    const reach = p.dilation[axis] * (p.kernel[axis] - 1) + 1;
    const total = Math.max(0, (few - 1) * p.stride[axis] + reach - many);
    return p.paddingBegin[axis] === Math.floor(total / 2);
  });
  return same ? SAME : null;
}

/** The layer as a model, and the shapes of its input and output. */
export function tfliteModel(p: Problem, { weight, bias }: Operands): { bytes: Uint8Array; input: number[] } {
  if (p.paddingMode !== 'zeros') throw new RangeError(`no padding mode ${p.paddingMode}`);
  const named = namedPadding(p);
  if (p.kind.transposed && p.groups > 1) throw new RangeError('TRANSPOSE_CONV has no groups');
  if (p.kind.transposed && p.dilation.some((step) => step > 1))
    throw new RangeError('TRANSPOSE_CONV has no dilation');
  if (p.kind.transposed && named === null)
    throw new RangeError('TRANSPOSE_CONV pads only SAME or VALID, neither fits');
  const input = last(p, inputShape(p));
  const output = last(p, outputShape(p));
  const depthwise = !p.kind.transposed && p.groups > 1 && p.groups === p.channels;
  const tensors: TensorEntry[] = [
    { name: 'x', shape: input },
    { name: 'y', shape: output },
    { name: 'bias', shape: [p.filters], data: bias },
    { name: 'weight', ...layout(p, weight, depthwise) },
  ];
  const steps: Step[] = [];
  let source = 0;
  if (named === null) {
    const pads = [
      [0, 0],
      ...(p.rank === 1 ? [[0, 0]] : []),
      ...p.paddingBegin.map((begin, axis) => [begin, p.paddingEnd[axis]]),
      [0, 0],
    ];
    const padded = input.map((size, axis) => size + pads[axis][0] + pads[axis][1]);
    source = tensors.push({ name: 'padded', shape: padded }) - 1;
    const amounts =
      tensors.push({ name: 'pads', shape: [pads.length, 2], data: Int32Array.from(pads.flat()) }) - 1;
    steps.push({
      code: OPERATORS.pad,
      optionsType: OPTIONS.pad,
      options: [],
      inputs: [0, amounts],
      output: source,
    });
  }
  const padding: Field = [0, 'byte', named ?? VALID];
  const [height, width] = [p.stride.at(-2) ?? 1, p.stride.at(-1)!];
  const strides: Field[] = [
    [1, 'int', width],
    [2, 'int', height],
  ];
  const [dilationH, dilationW] = [p.dilation.at(-2) ?? 1, p.dilation.at(-1)!];
  const shape = () =>
    tensors.push({ name: 'shape', shape: [output.length], data: Int32Array.from(output) }) - 1;
  const inputs = p.kind.transposed ? [shape(), 3, source, 2] : [source, 3, 2];
  if (p.rank === 3) {
    const code = p.kind.transposed ? OPERATORS.conv3dTranspose : OPERATORS.conv3d;
    const options: Field[] = [padding, [1, 'int', p.stride[0]], [2, 'int', width], [3, 'int', height]];
    options.push([5, 'int', p.dilation[0]], [6, 'int', dilationW], [7, 'int', dilationH]);
    steps.push({ code, optionsType: OPTIONS.conv3d, options, inputs, output: 1 });
  } else if (p.kind.transposed) {
    const options = [padding, ...strides];
    steps.push({
      code: OPERATORS.transposeConv,
      optionsType: OPTIONS.transposeConv,
      options,
      inputs,
      output: 1,
    });
  } else if (depthwise) {
    const options: Field[] = [
      padding,
      ...strides,
      [3, 'int', p.filters / p.groups],
      [5, 'int', dilationW],
      [6, 'int', dilationH],
    ];
    steps.push({ code: OPERATORS.depthwise, optionsType: OPTIONS.depthwise, options, inputs, output: 1 });
  } else {
    const options: Field[] = [padding, ...strides, [4, 'int', dilationW], [5, 'int', dilationH]];
    steps.push({ code: OPERATORS.conv2d, optionsType: OPTIONS.conv2d, options, inputs, output: 1 });
  }
  return { bytes: model(tensors, steps, 1), input };
}

/** Weights in the operator's order: filters, kernel, channels. Depthwise and 3-D operators have the kernel first. */
function layout(
  p: Problem,
  weight: Float32Array,
  depthwise: boolean,
): { shape: number[]; data: Float32Array } {
  const [first, second, ...space] = weightShape(p);
  const kernel = p.rank === 1 ? [1, ...space] : space;
  const volume = kernel.reduce((a, b) => a * b, 1);
  if (depthwise) {
    return { shape: [1, ...kernel, first], data: channelsLast(weight, [1, first, volume]) };
  }
  if (p.rank === 3) {
    // Torch's (first, second, kernel) becomes (kernel, second, first) for both kinds of layers.
    const swapped = channelsLast(weight, [first, second, volume]);
    return { shape: [...kernel, second, first], data: channelsLast(swapped, [1, first, volume * second]) };
  }
  if (!p.kind.transposed)
    return { shape: [first, ...kernel, second], data: channelsLast(weight, [first, second, volume]) };
  const byFilter = channelsLast(weight, [1, first, second * volume]);
  return { shape: [second, ...kernel, first], data: byFilter };
}
