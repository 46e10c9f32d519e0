// State: state dicts in and out of a layer, with torch's reports.

import { isDict } from '../core/arguments.js';
import { asList, describe, refuseKind } from '../core/errors.js';
import { asTensor, type Shape, sameShape, type Tensor, type TensorLike } from '../core/tensor.js';
import type { TypedArray } from '../core/typed-array.js';
import { type Parameter, valuesOf } from './parameter.js';

/** Tensors by name, as `stateDict` gives and `loadSafetensors` reads them. */
export type StateDict = Record<string, { readonly data: TypedArray; readonly shape: number[] }>;

/** What is taken for a state dict: whatever is taken for tensors, by name. */
export type StateDictLike = Readonly<Record<string, TensorLike>>;

/** What `loadStateDict` found besides the layer's own names. */
export interface LoadReport {
  /** names that the layer has and the dict lacks */
  missingKeys: string[];
  /** names of the dict, after the prefix, that the layer has not */
  unexpectedKeys: string[];
}

/** Options of `loadStateDict`. */
export interface LoadOptions {
  /** refuse missing and unexpected names; default true */
  strict?: boolean | undefined;
  /** take only names that begin so, without it: 'encoder.0.' loads that layer out of a network's state dict; the last dot may lack */
  prefix?: string | undefined;
}

/** What a state dict has for a layer: tensors by the layer's own names. */
export interface Found extends LoadReport {
  tensors: Map<string, Tensor>;
}

/** Options of `readState`. */
interface ReadOptions extends LoadOptions {
  /** names that begin so are another's, though they begin with the prefix */
  apart?: string | undefined;
  /** the weight's sizes beside filters and channels, where a Linear's weight may stand for it: all are 1 */
  ones?: readonly number[] | undefined;
  /** how the prefix is written that finds one layer in a network */
  advice?: (prefix: string) => string;
}

/**
 * The prefix that is meant: 'encoder.0' is 'encoder.0.' where nothing else can be.
 * @param names what may follow it
 * @throws TypeError for what is no state dict, or no prefix
 */
export function prefixIn(
  layerName: string,
  dict: StateDictLike,
  given: string,
  names: readonly string[],
): string {
  if (!isDict(dict))
    refuseKind(() => layerName, `Expected state_dict to be dict-like, got ${describe(dict)}`);
  checkPrefix(given);
  const has = (start: string) => names.some((name) => Object.hasOwn(dict, start + name));
  return given !== '' && !has(given) && has(`${given}.`) ? `${given}.` : given;
}

/**
 * Finds a layer's tensors in a state dict, and checks them all before any is copied.
 * @param shapes what each name must be shaped like; null leaves the shape to the tensor
 * @throws RangeError in torch's words for missing and unexpected names and for sizes that differ
 */
export function readState(
  layerName: string,
  shapes: ReadonlyMap<string, Shape | null>,
  dict: StateDictLike,
  {
    strict = true,
    prefix: given = '',
    apart = '',
    ones,
    advice = (prefix) => `{ prefix: '${prefix}' }`,
  }: ReadOptions,
): Found {
  const names = [...shapes.keys()];
  const prefix = prefixIn(layerName, dict, given, names);
  const missingKeys = names.map((name) => prefix + name).filter((key) => !Object.hasOwn(dict, key));
  const unexpectedKeys = Object.keys(dict).filter(
    (key) =>
      key.startsWith(prefix) &&
      !shapes.has(key.slice(prefix.length)) &&
      !(apart.length > prefix.length && key.startsWith(apart)),
  );
  const tensors = new Map<string, Tensor>();
  const mismatches: string[] = [];
  for (const [name, shape] of shapes) {
    const key = prefix + name;
    if (!Object.hasOwn(dict, key)) continue;
    let values = asTensor(dict[key], key, () => layerName);
    if (ones && name === 'weight' && values.shape.length === 2)
      values = { data: values.data, shape: [...values.shape, ...ones] };
    tensors.set(name, values);
    if (shape && !sameShape(values.shape, shape)) {
      mismatches.push(
        `size mismatch for ${key}: copying a param with shape torch.Size(${asList(values.shape)}) from checkpoint, ` +
          `the shape in current model is torch.Size(${asList(shape)}).`,
      );
    }
  }
  const errors = [
    ...(strict && missingKeys.length > 0 ? [`Missing key(s) in state_dict: ${quoted(missingKeys)}.`] : []),
    ...(strict && unexpectedKeys.length > 0
      ? [`Unexpected key(s) in state_dict: ${quoted(unexpectedKeys)}.`]
      : []),
    ...mismatches,
  ];
  if (errors.length > 0) {
    if (missingKeys.length === names.length) errors.push(...prefixAdvice(dict, advice));
    throw new RangeError(`Error(s) in loading state_dict for ${layerName}:\n\t${errors.join('\n\t')}`);
  }
  return { missingKeys, unexpectedKeys, tensors };
}

/** Says how a layer is found in the state dict of a whole network, if that is what it looks like. */
function prefixAdvice(dict: StateDictLike, advice: (prefix: string) => string): string[] {
  const prefixes = Object.keys(dict).flatMap((key) => /^(.+\.)weight(?:_g|_orig)?$/.exec(key)?.[1] ?? []);
  if (prefixes.length === 0) return [];
  const some = prefixes.slice(0, 3).map(advice);
  const more = prefixes.length > 3 ? `, … (${prefixes.length} in all)` : '';
  return [`These are the names of a network. A prefix takes those of one layer: ${some.join(', ')}${more}`];
}

/** Copies of parameters by name; names of absent ones are left out. */
export function stateOf(
  parameters: Readonly<Record<string, Parameter | null>>,
  prefix: string,
): Record<string, Tensor> {
  checkPrefix(prefix);
  const dict: Record<string, Tensor> = {};
  for (const [name, parameter] of Object.entries(parameters)) {
    if (parameter) dict[prefix + name] = { data: valuesOf(parameter).slice(), shape: [...parameter.shape] };
  }
  return dict;
}

function quoted(keys: readonly string[]): string {
  return keys.map((key) => `"${key}"`).join(', ');
}

function checkPrefix(prefix: unknown): void {
  if (typeof prefix !== 'string') throw new TypeError(`prefix must be a string, but got ${describe(prefix)}`);
}
