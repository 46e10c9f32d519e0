// Reads the fixtures: gzipped JSON indices and safetensors files. Independent of src on purpose.

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

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

/** Where torch refuses, with which error; or the shape it gives. */
export interface Verdict {
  stage: string;
  type?: string;
  message?: string;
  output?: number[];
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
  return gunzipSync(readFileSync(new URL(`../../tests/fixtures/${name}.gz`, import.meta.url)));
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
