// Filter spectrum: kernels' spectra in the engine's memory, kept as long as their numbers stay the same, as the weights of layers are.

import { Cached } from '../engine/cached.js';
import type { Engine } from '../engine/engine.js';
import type { NumberArray } from './samples.js';

/** What is known of a kernel's numbers. */
export interface FilterFacts {
  readonly isFinite: boolean;
  readonly areIntegers: boolean;
  /** the sum of their squares */
  readonly squares: number;
  /** the largest of their magnitudes */
  readonly largest: number;
}

/** A kernel with the numbers that it had, and its spectra by the layout they are for. */
interface Filter {
  readonly numbers: NumberArray;
  readonly facts: FilterFacts;
  readonly spectra: Map<string, Cached>;
}

/** Arrays that a kernel came in before. */
const seen = new WeakSet<NumberArray>();

/** Spectra of one kernel that are kept. */
const MOST_SPECTRA = 8;

const filters = new WeakMap<Engine, WeakMap<NumberArray, Filter>>();

/** What is known of numbers. */
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
  return { isFinite: Number.isFinite(largest), areIntegers, squares, largest };
}

/** A kernel as it is kept: anew, without spectra, where its numbers changed. */
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

/** Whether numbers are the same, NaN and the sign of 0 included. */
export function areSame(one: NumberArray, other: NumberArray): boolean {
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i++) if (!Object.is(one[i], other[i])) return false;
  return true;
}

/** A range of memory for the spectrum, and whether it is there already. */
export interface KeptSpectrum {
  readonly facts: FilterFacts;
  readonly memory: Cached;
  readonly isMade: boolean;
  /** says that what was written there is whole */
  keep(): void;
}

/**
 * Memory for the spectrum of a kernel in some layout, for the call in progress. There is none for an array that comes for the first time:
 * most such kernels never come again.
 * @throws RangeError if there is not enough memory
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
