// Reads the fixtures: gzipped JSON indices and safetensors files. Independent of src on purpose.

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { ActivationName } from 'convnd';

/** A tensor as the fixtures hold it. */
export interface Stored {
  data: Float32Array;
  shape: number[];
}

/** A number for every dimension, or a tuple, as in torch. */
export type Size = number | number[];

/** Keyword arguments of a torch.nn convolution. */
export interface TorchArgs {
  in_channels?: number;
  out_channels?: number;
  kernel_size?: Size;
  stride?: Size;
  padding?: Size | string;
  output_padding?: Size;
  dilation?: Size;
  groups?: number;
  bias?: boolean;
  padding_mode?: string;
}

export interface TorchLayer {
  module: string;
  args: TorchArgs;
}

export interface TorchCase extends TorchLayer {
  id: string;
  call?: { output_size: number[] };
  input: number[];
  output: number[];
  exact: boolean;
  nonfinite?: boolean;
}

/** What the error of a tensor's elements is judged by: the largest sum of absolute products, and the most products. */
interface Check {
  abs_sum?: number;
  terms?: number;
  /** the largest element, where the numbers went through several layers */
  max?: number;
}

/** A layer with its gradients. */
export interface GradientCase extends Omit<TorchCase, 'nonfinite'> {
  grad?: boolean;
  check: Record<string, Check>;
  activation?: { name: ActivationName; negative_slope?: number };
  /** the gradients that are asked for */
  requires?: ('input' | 'weight' | 'bias')[];
  /** the layer is applied to its own result */
  twice?: boolean;
  /** a second input, whose gradients are added */
  input2?: number[];
  /** the operand that has a NaN and infinities */
  nonfinite?: string;
}

/** A function of torch.nn.grad. */
export interface FunctionalGradientCase {
  id: string;
  function: string;
  args: TorchArgs;
  input: number[];
  weight: number[];
  grad_output: number[];
  exact: boolean;
  check: Record<string, Check>;
}

/** Where torch refuses, with which error; or the shape it gives. */
export interface Verdict {
  stage: string;
  type?: string;
  message?: string;
  output?: number[];
}

/** What PyTorch says to a program that trains: a value, or an error with the first line of its text. */
export type TrainingVerdict = { ok: unknown } | { raises: string; message: string };

/** A program that trains, and the verdict. */
export interface TrainingRow {
  id: string;
  topic: string;
  what: string;
  verdict: TrainingVerdict;
  /** a newer PyTorch's, where it differs; `differs` where in substance */
  also?: Record<string, TrainingVerdict>;
  differs?: boolean;
}

/** An ONNX or WebNN vector with its attributes made explicit. */
export interface ExplicitCase {
  id: string;
  conv: {
    transposed: boolean;
    stride: number[];
    dilation: number[];
    groups: number;
    pads_begin: number[];
    pads_end: number[];
    output_padding?: number[];
  };
  torch: TorchLayer | null;
}

function bytes(name: string): Uint8Array {
  return gunzipSync(readFileSync(new URL(`../../../tests/fixtures/${name}.gz`, import.meta.url)));
}

/** The JSON file of that name. */
export function readJson<T>(name: string): T {
  return JSON.parse(new TextDecoder().decode(bytes(name)));
}

/** The tensors of a safetensors file whose values are all float32. */
export function readTensors(name: string): Map<string, Stored> {
  // A pooled Buffer may lie anywhere; a copy lies at a multiple of 8.
  const file = new Uint8Array(bytes(name)).buffer;
  const length = Number(new DataView(file).getBigUint64(0, true));
  const head: Record<string, { shape: number[]; data_offsets: [number, number] }> = JSON.parse(
    new TextDecoder().decode(new Uint8Array(file, 8, length)),
  );
  delete head.__metadata__;
  return new Map(
    Object.entries(head).map(
      ([
        key,
        {
          shape,
          data_offsets: [begin, end],
        },
      ]) => [key, { shape, data: new Float32Array(file, 8 + length + begin, (end - begin) / 4) }],
    ),
  );
}

/** Torch's name for something as it is called here: weight_decay, weightDecay. */
export function camelCase(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** Keyword arguments as options. */
export function camelCased(args: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(args).map(([key, value]) => [camelCase(key), value]));
}

/** PyTorch's verdicts on programs that train, of some topics. */
export function trainingRows(topics: readonly string[]): TrainingRow[] {
  const { cases } = readJson<{ cases: TrainingRow[] }>('training/verdicts.json');
  return cases.filter(({ topic }) => topics.includes(topic));
}
