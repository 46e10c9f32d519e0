// The parameter groups of an optimizer: their types, and the checks of the constructor's arguments.

import { isIterable } from '../../core/arguments.js';
import { describe, refuse, refuseKind, type Where } from '../../core/errors.js';
import { insideOf } from '../../layers/internals.js';
import { Parameter } from '../../layers/parameter.js';

/** Parameters and their options. */
export type ParamGroup<O extends object> = Required<O> & {
  params: Parameter[];
  /** the initial learning rate; set by the first scheduler */
  initialLr?: number;
};

/** Parameters, and the options that differ from the optimizer's defaults. */
export type GivenGroup<O extends object> = O & { params: Iterable<Parameter> | Parameter };

/** The first argument of an optimizer's constructor: parameters, or groups of them. */
export type GivenParams<O extends object> = Iterable<Parameter> | Iterable<GivenGroup<O>>;

/** What was given in place of parameters. */
function named(given: unknown): string {
  return insideOf(given) ? `${describe(given)}: pass its parameters()` : describe(given);
}

/**
 * The items of the argument of an optimizer's constructor.
 * @throws TypeError for anything that is not iterable, such as a single parameter
 */
function itemsOf(given: unknown, where: Where): unknown[] {
  if (isIterable(given)) return [...given];
  refuseKind(
    where,
    `params argument given to the optimizer should be an iterable of Tensors or dicts, but got ${named(given)}`,
  );
}

/**
 * Converts parameters to a list.
 * @throws TypeError with torch's message for anything else
 */
export function parametersOf(given: unknown, where: Where): Parameter[] {
  if (given instanceof Parameter) return [given];
  const list = itemsOf(given, where);
  for (const item of list) {
    if (item instanceof Parameter) continue;
    if (typeof item === 'object' && item !== null && 'data' in item)
      refuse(
        where,
        'requiresGrad' in item
          ? 'expected parameters of this copy of convnd, got one of another (convnd/wasm, or another version)'
          : "can't optimize a non-leaf Tensor: expected a Parameter, got a plain tensor",
      );
    refuseKind(where, `optimizer can only optimize Tensors, but one of the params is ${named(item)}`);
  }
  return list as Parameter[];
}

/** Converts the first argument of a constructor to groups. As in torch, the first item decides whether the items are groups. */
export function groupsOf<O extends object>(given: GivenParams<O>, where: Where): GivenGroup<O>[] {
  const list = itemsOf(given, where);
  const [first] = list;
  if (list.length === 0) return [];
  const grouped = typeof first === 'object' && first !== null && 'params' in first;
  return grouped ? (list as GivenGroup<O>[]) : [{ params: list } as unknown as GivenGroup<O>];
}

/**
 * Checks that options have the types of their defaults: numbers, booleans, pairs of numbers.
 * @throws TypeError for another type
 */
export function checkTypes(options: object, defaults: object, where: Where): void {
  for (const [name, like] of Object.entries(defaults)) {
    const value: unknown = (options as Record<string, unknown>)[name];
    if (Array.isArray(like)) {
      if (!Array.isArray(value) || value.length !== 2 || value.some((item) => typeof item !== 'number'))
        refuseKind(where, `${name} must be two numbers, but got ${describe(value)}`);
    } else if (typeof value !== typeof like) {
      refuseKind(where, `${name} must be a ${typeof like}, but got ${describe(value)}`);
    }
  }
}
