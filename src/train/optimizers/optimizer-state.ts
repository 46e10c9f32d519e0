// Converts the state of an optimizer to torch's state dict, and back.

import { copyOfOptions, whole } from '../../core/arguments.js';
import { describe, refuse, refuseKind, type Where } from '../../core/errors.js';
import { asTensor, sameShape, type Tensor, type TensorLike } from '../../core/tensor.js';
import type { Parameter } from '../../layers/parameter.js';
import { checkTypes, type ParamGroup } from './groups.js';
import { Memory } from './memory.js';
import type { Rule } from './rule.js';

/**
 * An optimizer's state dict, with torch's names (`exp_avg`, `weight_decay`), so that it can be exchanged with torch.
 */
export interface OptimizerState {
  /** the state of each parameter, by its index: tensors, and `step` as a number */
  state: Record<number, Record<string, TensorLike | null>>;
  /** the options of each group, and the indices of its parameters */
  param_groups: ({ params: number[] } & Record<string, unknown>)[];
}

/** The contents of a state dict. */
interface Found {
  readonly groups: object[];
  readonly memories: Map<Parameter, Memory>;
}

/** Torch's name of an option. */
const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The option names of a group. */
export function optionNames(defaults: object): string[] {
  return [...Object.keys(defaults), 'initialLr'];
}

export function writeOptimizerState<O extends object>(
  groups: readonly ParamGroup<O>[],
  memories: ReadonlyMap<Parameter, Memory>,
  { defaults, required }: Rule<O>,
): OptimizerState {
  const state: Record<number, Record<string, Tensor | number>> = {};
  let number = 0;
  const param_groups = groups.map((group) => {
    const options: Record<string, unknown> = {};
    for (const name of optionNames(defaults)) {
      const value: unknown = (group as Record<string, unknown>)[name];
      if (value !== undefined) options[snakeCase(name)] = value;
    }
    const params = group.params.map((parameter) => {
      const memory = memories.get(parameter);
      if (memory && (memory.arrays.size > 0 || required.length > 0)) {
        const entry: Record<string, Tensor | number> = required.includes('step')
          ? { step: memory.steps }
          : {};
        for (const [name, data] of memory.arrays)
          entry[name] = { data: data.slice(), shape: [...memory.shape] };
        state[number] = entry;
      }
      return number++;
    });
    return { ...copyOfOptions(options), params };
  });
  return { state, param_groups };
}

export function readOptimizerState<O extends object>(
  dict: OptimizerState,
  groups: readonly ParamGroup<O>[],
  rule: Rule<O>,
  where: Where,
): Found {
  const { state, param_groups: given } = dict ?? {};
  if (typeof state !== 'object' || state === null || !Array.isArray(given))
    refuseKind(where, `expected a state dict { state, param_groups }, but got ${describe(dict)}`);
  for (const group of given as unknown[])
    if (typeof group !== 'object' || group === null || !Array.isArray((group as { params?: unknown }).params))
      refuseKind(
        where,
        `expected groups { params: [0, 1], ... } in the state dict, but got ${describe(group)}`,
      );
  if (given.length !== groups.length)
    refuse(where, 'loaded state dict has a different number of parameter groups');
  if (given.some(({ params }, i) => params.length !== groups[i].params.length)) {
    refuse(
      where,
      "loaded state dict contains a parameter group that doesn't match the size of optimizer's group",
    );
  }
  const memories = new Map<Parameter, Memory>();
  given.forEach(({ params }, i) => {
    params.forEach((number, at) => {
      const parameter = groups[i].params[at];
      const entry = state[number];
      if (entry) memories.set(parameter, readMemory(entry, parameter.shape, number, rule, where));
    });
  });
  return { groups: given.map((options) => readOptions(options, rule, where)), memories };
}

/** The options of a group. A missing flag, which older versions of torch do not save, is false. */
function readOptions<O extends object>(given: Record<string, unknown>, rule: Rule<O>, where: Where): object {
  const options: Record<string, unknown> = {};
  for (const name of optionNames(rule.defaults)) {
    const torch = snakeCase(name);
    const byDefault = (rule.defaults as Record<string, unknown>)[name];
    if (given[torch] !== undefined) options[name] = given[torch];
    else if (byDefault === false) options[name] = false;
    else if (byDefault !== undefined)
      refuse(where, `'${torch}': it is not in the loaded state dict; is that another optimizer's?`);
  }
  checkTypes(options, rule.defaults, where);
  return copyOfOptions(options);
}

/** Reads the state of one parameter. */
function readMemory(
  entry: Record<string, TensorLike | null>,
  shape: readonly number[],
  number: number,
  { required, optional }: { required: readonly string[]; optional: readonly string[] },
  where: Where,
): Memory {
  const memory = new Memory(shape);
  const missing = required.find((name) => entry[name] === undefined || entry[name] === null);
  const unknown = Object.keys(entry).find((name) => !required.includes(name) && !optional.includes(name));
  if (missing ?? unknown) {
    const what = missing ? 'it is not in' : 'it is not expected in';
    refuse(
      where,
      `'${missing ?? unknown}': ${what} the state of parameter ${number}; is that another optimizer's?`,
    );
  }
  for (const [name, value] of Object.entries(entry)) {
    if (value === null) continue;
    checkNoJson(value, `${name} of parameter ${number}`, where);
    const tensor = asTensor(value, `${name} of parameter ${number}`, where);
    if (name === 'step') {
      memory.steps = whole(tensor.data[0], `step of parameter ${number}`, where);
      continue;
    }
    if (!sameShape(tensor.shape, shape)) {
      refuse(
        where,
        `${name} of parameter ${number}: expected the parameter's shape ${describe([...shape])}, got ${describe(tensor.shape)}`,
      );
    }
    memory.arrays.set(name, tensor.data.slice());
  }
  return memory;
}

/** @throws TypeError for a typed array that was converted to JSON, which makes it a plain object */
function checkNoJson(value: TensorLike, name: string, where: Where): void {
  if (typeof value !== 'object' || !('data' in value)) return;
  const { data } = value;
  if (Object.getPrototypeOf(data ?? []) === Object.prototype)
    refuseKind(
      where,
      `${name}: its data is a plain object, as JSON makes of a Float32Array. Save the tensors of a state dict as safetensors, ` +
        'or their data as lists: { data: [...data], shape }',
    );
}
