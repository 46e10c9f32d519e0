// Reads and writes state dicts, and reports missing, unexpected and mismatched entries like torch.

import { flag, isDict } from '../core/arguments.js';
import { asList, describe, refuseKind } from '../core/errors.js';
import { asTensor, type Shape, sameShape, type Tensor, type TensorLike } from '../core/tensor.js';
import type { TypedArray } from '../core/typed-array.js';
import { type Parameter, valuesOf } from './parameter.js';

/** Tensors by name, as `stateDict` and `loadSafetensors` return them. */
export type StateDict = Record<string, { readonly data: TypedArray; readonly shape: number[] }>;

/** What is accepted as a state dict: any tensor-like values, by name. */
export type StateDictLike = Readonly<Record<string, TensorLike>>;

/** The result of `loadStateDict`, like torch's. */
export interface LoadReport {
  /** names that the layer expects and the dict does not have */
  missingKeys: string[];
  /** names in the dict, with the prefix, that the layer does not expect */
  unexpectedKeys: string[];
}

/** Options of `loadStateDict`. */
export interface LoadOptions {
  /** throw for missing and unexpected names; default true */
  strict?: boolean | undefined;
  /** load only names with this prefix: 'encoder.0.' selects one layer of a network's state dict. The trailing dot may be omitted */
  prefix?: string | undefined;
}

/** A layer's tensors, by name without the prefix. */
export interface Found extends LoadReport {
  tensors: Map<string, Tensor>;
}

/** Options of `readState`. */
interface ReadOptions extends LoadOptions {
  /** a longer prefix whose names belong to another module, and are not unexpected */
  apart?: string | undefined;
  /** sizes to append to a two-dimensional weight, so that the weight of a Linear layer is accepted: all are 1 */
  linearKernel?: readonly number[] | undefined;
  /** formats a prefix as the caller would pass it, for the error message */
  advice?: (prefix: string) => string;
}

/**
 * Completes a prefix: 'encoder.0' becomes 'encoder.0.', unless names follow it without a dot.
 * @param names the names that may follow the prefix
 * @throws TypeError if `dict` is not an object or the prefix is not a string
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
  return given === '' || given.endsWith('.') || has(given) ? given : `${given}.`;
}

/**
 * Finds a layer's tensors in a state dict and checks all of them. Copies nothing.
 * @param shapes the expected shape of each name; null accepts any
 * @throws RangeError for missing and unexpected names and for mismatched sizes, with torch's message
 */
export function readState(
  layerName: string,
  shapes: ReadonlyMap<string, Shape | null>,
  dict: StateDictLike,
  {
    strict = true,
    prefix: given = '',
    apart = '',
    linearKernel,
    advice = (prefix) => `{ prefix: '${prefix}' }`,
  }: ReadOptions,
): Found {
  const names = [...shapes.keys()];
  const prefix = prefixIn(layerName, dict, given, names);
  flag(strict, 'strict', () => layerName);
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
    if (linearKernel && name === 'weight' && values.shape.length === 2)
      values = { data: values.data, shape: [...values.shape, ...linearKernel] };
    tensors.set(name, values);
    if (shape && !sameShape(values.shape, shape)) {
      mismatches.push(
        `size mismatch for ${key}: copying a param with shape torch.Size(${asList(values.shape)}) from checkpoint, ` +
          `the shape in current model is torch.Size(${asList(shape)}).`,
      );
    }
  }
  const faulty = (fault: string, keys: readonly string[]) =>
    strict && keys.length > 0 ? [`${fault} key(s) in state_dict: "${keys.join('", "')}".`] : [];
  const errors = [...faulty('Missing', missingKeys), ...faulty('Unexpected', unexpectedKeys), ...mismatches];
  if (errors.length > 0) {
    if (missingKeys.length === names.length)
      errors.push(...prefixAdvice(layerName, dict, prefix, names[0], advice));
    throw new RangeError(`Error(s) in loading state_dict for ${layerName}:\n\t${errors.join('\n\t')}`);
  }
  return { missingKeys, unexpectedKeys, tensors };
}

/**
 * If the dict looks like that of a whole network, suggests prefixes that select one layer: those that begin with the given one, or all. If
 * the given one already selects a layer whose weight is not stored as such, suggests what folds it.
 * @param name the first name of a layer or of a BatchNorm
 */
function prefixAdvice(
  layerName: string,
  dict: StateDictLike,
  given: string,
  name: string,
  advice: (prefix: string) => string,
): string[] {
  const pattern =
    name === 'running_mean'
      ? /^(.+\.)running_mean$/
      : /^(.+?\.)(?:weight(?:_g|_orig)?|parametrizations\.weight\.original0?)$/;
  const all = Object.keys(dict).flatMap((key) => pattern.exec(key)?.[1] ?? []);
  if (all.includes(given))
    return [`The weight is parametrized: ${layerName}.from(dict, '${given}') folds it`];
  const inside = all.filter((prefix) => prefix.startsWith(given));
  const prefixes = inside.length > 0 ? inside : all;
  if (prefixes.length === 0) return [];
  const some = prefixes.slice(0, 3).map(advice);
  const more = prefixes.length > 3 ? `, … (${prefixes.length} in all)` : '';
  return [
    `This looks like the state dict of a network. Select one layer by a prefix: ${some.join(', ')}${more}`,
  ];
}

/** Copies of the parameters by name; null parameters are omitted. */
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

function checkPrefix(prefix: unknown): void {
  if (typeof prefix !== 'string') throw new TypeError(`prefix must be a string, but got ${describe(prefix)}`);
}
