// Pace: how long the calling thread takes for the calls of a plan, relative to their estimate. It tells what a divided call would have
// taken alone, also where this thread lost its core within a chunk.

import type { TaskEntry } from '../engine/entries.js';

/** A pace is forgotten this fast, call by call, so that it follows a processor that slows down. */
const FORGETTING = 1.001;

/** The pace of a plan, for each of its entries: they are not estimated equally well. */
export class Pace {
  /** the fewest milliseconds for an estimated microsecond */
  readonly #best = new Map<TaskEntry, number>();

  /** @param microseconds the estimate of all calls of the plan */
  constructor(readonly microseconds: number) {}

  /** Takes note of work that this thread did; not of 0 milliseconds, which a coarse clock shows for short work. */
  note(entry: TaskEntry, took: number, microseconds: number): void {
    if (took <= 0) return;
    const best = this.#best.get(entry) ?? Number.POSITIVE_INFINITY;
    this.#best.set(entry, Math.min(took / microseconds, FORGETTING * best));
  }

  /** The milliseconds that this thread takes for work: as estimated, until it has done some of this kind. */
  of(entry: TaskEntry, microseconds: number): number {
    return (this.#best.get(entry) ?? 1 / 1000) * microseconds;
  }
}
