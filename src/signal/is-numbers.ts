// Tells numbers from options among arguments.

import type { SamplesLike } from '../sums/samples.js';

/** Whether an argument is numeric data: a list, a typed array, a tensor or a number. */
export function isNumbers(given: unknown): given is SamplesLike {
  if (typeof given !== 'object' || given === null) return typeof given === 'number';
  return Array.isArray(given) || ArrayBuffer.isView(given) || 'data' in given;
}
