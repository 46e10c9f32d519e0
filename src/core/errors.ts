// Error messages: `message [layer or function]`.

import { isTypedArray, viewName } from './typed-array.js';

/** Returns the name of the layer or function for an error message. Called only if there is an error. */
export type Where = () => string;

/** Throws a RangeError, for a wrong value. */
export function refuse(where: Where | undefined, message: string): never {
  throw new RangeError(located(message, where));
}

/** Throws a TypeError, for a value of a wrong type. */
export function refuseKind(where: Where | undefined, message: string): never {
  throw new TypeError(located(message, where));
}

/**
 * Asserts that a value is defined.
 * @throws Error if it is not, which is a bug of the library
 */
export function present<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`there is no ${name}`);
  return value;
}

/** Appends the name of the layer or function to a message. */
export function located(message: string, where: Where | undefined): string {
  return where ? `${message} [${where()}]` : message;
}

/** Formats all sizes as Python prints a list. */
export function asList(sizes: readonly number[]): string {
  return `[${sizes.join(', ')}]`;
}

/** A short description of any value, for error messages: at most 80 characters of a string and eight items of a list. */
export function describe(value: unknown): string {
  if (typeof value === 'string') {
    return value.length > 80 ? `'${value.slice(0, 80)}…'` : `'${value}'`;
  }
  if (Array.isArray(value)) return describeList(value);
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'object' || value === null) return String(value);
  const name: unknown = value.constructor?.name ?? 'object';
  if (name === 'Object') {
    if ('0' in value) return 'a plain object, as JSON makes of a typed array';
    const { data } = value as { data?: unknown };
    if (isTypedArray(data)) return `a tensor of ${viewName(data)}`;
  }
  return isTypedArray(value) ? `${viewName(value)}(${value.length})` : `an object of class ${String(name)}`;
}

/** The first eight items, without those of nested arrays. */
function describeList(list: readonly unknown[]): string {
  const items = list.slice(0, 8).map((item) => (Array.isArray(item) ? '[…]' : describe(item)));
  return `[${items.join(', ')}${list.length > 8 ? ', …' : ''}]`;
}
