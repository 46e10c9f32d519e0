// Errors: torch's sentence comes first, then the layer or function whose argument it was.

import { isTypedArray } from './typed-array.js';

/** Names the layer or function in an error: called only when there is one. */
export type Where = () => string;

/** Throws a RangeError: torch's sentence, then the layer. */
export function refuse(where: Where, sentence: string): never {
  throw new RangeError(`${sentence} [${where()}]`);
}

/** Says in a few words what a value is, for error messages: it may come from anywhere and be of any size. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return value.length > 80 ? `'${value.slice(0, 80)}…'` : `'${value}'`;
  if (Array.isArray(value))
    return `[${value
      .slice(0, 8)
      .map((item) => (Array.isArray(item) ? '[…]' : describe(item)))
      .join(', ')}${value.length > 8 ? ', …' : ''}]`;
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  const name = value.constructor?.name ?? 'object';
  return isTypedArray(value) ? `${name}(${value.length})` : `an object of class ${name}`;
}
