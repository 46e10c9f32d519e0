// Simulates the time of a call on more cores than the machine has, from the times of its chunks on one core.

import type { Engine } from '#src/engine/engine.js';
import type { TaskEntry } from '#src/engine/entries.js';
import type { Runner } from '#src/run/runner.js';
import { chunksOf } from '#src/threads/chunks.js';

/** Milliseconds until a thread that is awake has taken a chunk: measured as the round trip of a message. */
const TAKING: number = 0.001;

/**
 * Runs the chunks of a call one after another on this thread, in the sizes and the order in which `cores` threads would take them, and sums
 * up the time that the threads would save. Undivided work, and work between calls, takes its full time. Contention for caches and memory is
 * not simulated.
 */
export class SimulatedCores implements Runner {
  /** milliseconds that the threads would have saved since this was last set */
  saved = 0;

  constructor(readonly cores: number) {}

  run(
    engine: Engine,
    entry: TaskEntry,
    task: number,
    workspace: number,
    begin: number,
    end: number,
    microseconds = 0,
  ): void {
    const items = end - begin;
    const chunks = Math.max(1, chunksOf(entry, items, microseconds, this.cores));
    const times: number[] = [];
    for (let chunk = 0; chunk < chunks; chunk++) {
      const start = performance.now();
      const edge = (place: number) => begin + Math.floor((items * place) / chunks);
      engine.entries[entry](task, workspace, edge(chunk), edge(chunk + 1));
      times.push(performance.now() - start);
    }
    if (chunks > 1) this.saved += times.reduce((a, b) => a + b) - longestOf(times, this.cores);
  }
}

/** When the last thread finishes, if each thread takes the next chunk as soon as it is idle. */
function longestOf(times: readonly number[], threads: number): number {
  const ends = Array.from({ length: threads }, (_, thread) => (thread === 0 ? 0 : TAKING));
  for (const time of times) {
    const first = ends.indexOf(Math.min(...ends));
    ends[first] += time;
  }
  return Math.max(...ends);
}
