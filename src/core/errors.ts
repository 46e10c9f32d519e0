// Errors: torch's sentence first, then the layer or function whose argument it was.

import { isTypedArray, viewName } from './typed-array.js';

/** Names the layer or function in an error: called only when there is one. */
export type Where = () => string;

/** Throws for a wrong value: a RangeError with torch's sentence, then the layer, where there is one to name. */
export function refuse(where: Where | undefined, sentence: string): never {
  throw new RangeError(located(sentence, where));
}

/** Throws for a wrong kind of value: a TypeError with torch's sentence, then the layer, where there is one to name. */
export function refuseKind(where: Where | undefined, sentence: string): never {
  throw new TypeError(located(sentence, where));
}

/**
 * A value that must be there.
 * @throws Error where it is not, which is a fault of the library
 */
export function present<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`there is no ${name}`);
  return value;
}

/** A sentence, then the layer, where there is one to name. */
export function located(sentence: string, where: Where | undefined): string {
  return where ? `${sentence} [${where()}]` : sentence;
}

/** All sizes, as Python prints a list. */
export function asList(sizes: readonly number[]): string {
  return `[${sizes.join(', ')}]`;
}

/** Says in a few words what a value is, for error messages. It may be anything, of any size: of a text 80 characters are shown, of a list eight items. */
export function describe(value: unknown): string {
  if (typeof value === 'string') {
    return value.length > 80 ? `'${value.slice(0, 80)}…'` : `'${value}'`;
  }
  if (Array.isArray(value)) return describeList(value);
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'object' || value === null) return String(value);
  const name: unknown = value.constructor?.name ?? 'object';
  if (name === 'Object' && '0' in value) return 'a plain object, as JSON makes of a typed array';
  return isTypedArray(value) ? `${viewName(value)}(${value.length})` : `an object of class ${String(name)}`;
}

/** The first eight items; arrays among them are not opened. */
function describeList(list: readonly unknown[]): string {
  const items = list.slice(0, 8).map((item) => (Array.isArray(item) ? '[…]' : describe(item)));
  return `[${items.join(', ')}${list.length > 8 ? ', …' : ''}]`;
}
