// Late threads: workers that dawdle at random where they take a chunk and where they have done it, so that every order of events comes up.

import { mock } from 'node:test';
import { Worker } from 'node:worker_threads';
import { Leave } from '#src/threads/leave.js';
import { source } from '#src/threads/source.js';

/** A text that lets the functions by which threads agree wait now and then; `most` is in microseconds. */
const dawdling = (most: number, seed: number) => `
  {
    let state = ${seed};
    const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
    const dawdle = () => {
      const chance = random();
      if (chance < 0.5) return;
      const end = performance.now() + (${most} / 1000) * random() * (chance < 0.95 ? 0.1 : 1);
      while (performance.now() < end);
    };
    for (const name of ['compareExchange', 'add', 'exchange', 'store']) {
      const atomic = Atomics[name];
      Atomics[name] = (...given) => {
        dawdle();
        const result = atomic.apply(Atomics, given);
        dawdle();
        return result;
      };
    }
  }
`;

/** A worker that dawdles so many microseconds at most. */
export function lateWorker(most: number, seed: number): Worker {
  return new Worker(`${dawdling(most, seed)}${source}`, { eval: true, execArgv: [] });
}

/** A worker that does something when it has taken a chunk, before it computes it. `workerData` is the statement's `data`. */
export function faultyWorker(statement: string, workerData?: unknown): Worker {
  const prelude = `
    {
      const { workerData: data } = require('node:worker_threads');
      const { compareExchange } = Atomics;
      Atomics.compareExchange = (...given) => {
        const found = compareExchange.apply(Atomics, given);
        if (found === given[2]) { ${statement} }
        return found;
      };
    }
  `;
  return new Worker(`${prelude}${source}`, { eval: true, execArgv: [], workerData });
}

/** Lets this thread dawdle too, from now on. */
export function dawdleHere(most: number, seed: number): void {
  new Function(dawdling(most, seed))();
}

/** Lets all threads work although they are late, from now on. */
export function takeNoLeave(): void {
  mock.getter(Leave.prototype, 'isOn', () => false);
}
