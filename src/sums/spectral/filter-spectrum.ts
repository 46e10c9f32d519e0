// Cached spectra of kernels in the engine's memory. They are valid as long as the kernel's numbers do not change, like the packed weights of layers.

import { Cached } from '../../engine/cached.js';
import type { Engine } from '../../engine/engine.js';
import type { NumberArray } from '../samples.js';

/** Properties of a kernel's numbers. */
export interface FilterFacts {
  readonly areIntegers: boolean;
  /** Σ x² */
  readonly squares: number;
  /** max |x|; NaN or Infinity if a number is not finite */
  readonly largest: number;
}

/** A copy of a kernel's numbers, and its spectra by layout. */
interface Filter {
  readonly numbers: NumberArray;
  readonly facts: FilterFacts;
  readonly spectra: Map<string, Cached>;
}

/** Arrays that were used as a kernel before. */
const seen = new WeakSet<NumberArray>();

/** How many spectra of one kernel are cached. */
const MOST_SPECTRA = 8;

const filters = new WeakMap<Engine, WeakMap<NumberArray, Filter>>();

/** Computes the properties of numbers. */
export function factsOf(numbers: NumberArray): FilterFacts {
  let squares = 0;
  let largest = 0;
  let areIntegers = true;
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i];
    squares += number * number;
    largest = Math.max(largest, Math.abs(number));
    areIntegers &&= Math.round(number) === number;
  }
  return { areIntegers, squares, largest };
}

/** The cache entry of a kernel; a new one, without spectra, if its numbers changed. */
function filterOf(engine: Engine, data: NumberArray): Filter {
  let kept = filters.get(engine);
  if (!kept) filters.set(engine, (kept = new WeakMap()));
  const before = kept.get(data);
  if (before && areSame(before.numbers, data)) return before;
  for (const memory of before?.spectra.values() ?? []) memory.release();
  const filter = { numbers: data.slice() as NumberArray, facts: factsOf(data), spectra: new Map() };
  kept.set(data, filter);
  return filter;
}

/** Whether two arrays are identical, including NaN and the sign of 0. */
export function areSame(one: NumberArray, other: NumberArray): boolean {
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i++) if (!Object.is(one[i], other[i])) return false;
  return true;
}

/** Memory for a spectrum, and whether it contains the spectrum already. */
interface KeptSpectrum {
  readonly facts: FilterFacts;
  readonly memory: Cached;
  readonly isMade: boolean;
  /** declares the written spectrum valid */
  keep(): void;
}

/**
 * Memory for the spectrum of a kernel in a given layout, for the current call. undefined for an array that is used for the first time,
 * because most such kernels are never used again.
 * @throws RangeError if memory is insufficient
 */
export function keptSpectrum(
  engine: Engine,
  data: NumberArray,
  layout: string,
  bytes: number,
): KeptSpectrum | undefined {
  if (!seen.has(data)) {
    seen.add(data);
    return undefined;
  }
  const { facts, spectra, numbers } = filterOf(engine, data);
  const known = spectra.get(layout);
  if (known?.use()) return { facts, memory: known, isMade: true, keep: () => {} };
  const memory = new Cached(engine, engine.plans, engine.plans, () => spectra.delete(layout));
  memory.use();
  memory.take(bytes, numbers.byteLength, 'the spectrum of a kernel');
  const keep = () => {
    const [oldest] = spectra;
    if (oldest && spectra.size >= MOST_SPECTRA) {
      oldest[1].release();
      spectra.delete(oldest[0]);
    }
    spectra.set(layout, memory);
  };
  return { facts, memory, isMade: false, keep };
}
