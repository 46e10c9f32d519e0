// Which rows of the kernel table can compute something: those that say they can't are left out, and every other error is a failure.

import { algorithms, UnableError } from '#src/plan/choice.js';
import type { AnyLayer } from './build.js';

/** The name of every row, and undefined for the one that the library chooses. */
export const rows = [undefined, ...algorithms.map(({ name }) => name)];

/** What a call gives, or undefined where the row that is asked for says that it can't compute this. */
export function unlessUnable<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    if (error instanceof UnableError) return undefined;
    throw error;
  }
}

/** Whether a layer's algorithm can compute an input of that shape. */
export function takes(layer: AnyLayer, shape: number[]): boolean {
  return unlessUnable(() => layer.explain(shape)) !== undefined;
}
