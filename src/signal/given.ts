// What an argument is, where it may be numbers or options.

import type { SamplesLike } from '../sums/samples.js';

/** Whether an argument is numbers: a list, a typed array, a tensor or one number. */
export function isNumbers(given: unknown): given is SamplesLike {
  if (typeof given !== 'object' || given === null) return typeof given === 'number';
  return Array.isArray(given) || ArrayBuffer.isView(given) || 'data' in given;
}
