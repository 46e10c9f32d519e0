// State: state dicts in and out of a layer, with torch's reports.

import { asTensor, sameShape, type TensorLike } from '../core/tensor.js';
import type { Parameter } from './parameter.js';

/** Tensors by name. */
export type StateDict = Record<string, TensorLike>;

/** What `loadStateDict` found besides the layer's own names. */
export interface LoadReport {
  missingKeys: string[];
  unexpectedKeys: string[];
}

/** Options of `loadStateDict`. */
export interface LoadOptions {
  /** refuse missing and unexpected names; default true */
  strict?: boolean;
  /** take only names that begin so, without it: 'encoder.0.' loads that layer out of a network's state dict */
  prefix?: string;
}

/**
 * Copies tensors into parameters: all of them, or none where something doesn't fit.
 * @param shapes what each name must be shaped like; null leaves the shape to the tensor
 */
export function loadInto(
  layerName: string,
  shapes: ReadonlyMap<string, readonly number[] | null>,
  dict: StateDict,
  options: LoadOptions,
): LoadReport & { found: Map<string, { data: Float32Array; shape: number[] }> } {
  const { strict = true, prefix = '' } = options;
  if (typeof dict !== 'object' || dict === null) {
    throw new TypeError(`Expected state_dict to be dict-like, got ${String(dict)} [${layerName}]`);
  }
  const missingKeys = [...shapes.keys()]
    .map((name) => prefix + name)
    .filter((key) => !Object.hasOwn(dict, key));
  const unexpectedKeys = Object.keys(dict).filter(
    (key) => key.startsWith(prefix) && !shapes.has(key.slice(prefix.length)),
  );
  const found = new Map<string, { data: Float32Array; shape: number[] }>();
  const errors: string[] = [];
  for (const [name, shape] of shapes) {
    const key = prefix + name;
    if (!Object.hasOwn(dict, key)) continue;
    const given = asTensor(dict[key] as TensorLike, key);
    found.set(name, given);
    if (shape && !sameShape(given.shape, shape)) {
      errors.push(
        `size mismatch for ${key}: copying a param with shape torch.Size([${given.shape.join(', ')}]) from checkpoint, ` +
          `the shape in current model is torch.Size([${shape.join(', ')}]).`,
      );
    }
  }
  if (strict && unexpectedKeys.length > 0)
    errors.unshift(`Unexpected key(s) in state_dict: ${quoted(unexpectedKeys)}.`);
  if (strict && missingKeys.length > 0)
    errors.unshift(`Missing key(s) in state_dict: ${quoted(missingKeys)}.`);
  if (errors.length > 0)
    throw new RangeError(`Error(s) in loading state_dict for ${layerName}:\n\t${errors.join('\n\t')}`);
  return { missingKeys, unexpectedKeys, found };
}

/** Copies of parameters by name; names of absent ones are left out. */
export function stateOf(
  parameters: Readonly<Record<string, Parameter | null>>,
  values: (parameter: Parameter) => Float32Array,
  prefix: string,
): Record<string, { data: Float32Array; shape: number[] }> {
  const dict: Record<string, { data: Float32Array; shape: number[] }> = {};
  for (const [name, parameter] of Object.entries(parameters)) {
    if (parameter) dict[prefix + name] = { data: values(parameter).slice(), shape: [...parameter.shape] };
  }
  return dict;
}

function quoted(keys: readonly string[]): string {
  return keys.map((key) => `"${key}"`).join(', ');
}
