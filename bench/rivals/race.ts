// Measures one layer with every runtime in interleaved rounds. Independent of Node.

import { parseProblem } from '#src/problem/line.js';
import { makeOperands } from '../operands.js';
import { time, timeAsync } from '../timing.js';
import { verify } from '../verify.js';
import { SLOW, VERY_SLOW } from './limits.js';
import type { Outcome } from './outcome.js';
import type { Prepared, Rival } from './rival.js';
import { allowed } from './threads.js';

export interface Assignment {
  readonly line: string;
  readonly names: readonly string[];
  readonly rounds: number;
  /** Milliseconds for a runtime in a round. */
  readonly budget: number;
  /** Minimum milliseconds of a sample: shorter calls are repeated. 0 if the clock has a high resolution. */
  readonly least: number;
  /** The number of threads that a runtime may use. */
  readonly threads: number;
}

/** Messages of the process: the runtime that it starts to measure (the cause if the process dies), and finally all outcomes. */
export type Message = { readonly turn: string } | { readonly outcomes: Record<string, Outcome> };

const LONGEST_MESSAGE = 160;

const firstLine = (error: unknown) => {
  const text = error instanceof Error ? error.message : String(error);
  return (text || 'no message').split('\n')[0].slice(0, LONGEST_MESSAGE);
};

async function once(layer: Prepared): Promise<number> {
  const start = performance.now();
  await layer.run();
  return performance.now() - start;
}

/** Milliseconds of a call, estimated from a few calls. */
async function fewest(layer: Prepared): Promise<number> {
  const start = performance.now();
  let calls = 0;
  for (; calls < 3 || performance.now() - start < 3; calls++) await layer.run();
  return (performance.now() - start) / calls;
}

/** Repeats the call until the elapsed time exceeds the clock's resolution. */
const repeated = (layer: Prepared, times: number) => () => {
  for (let i = 0; i < times; i++) layer.run();
};

const repeatedAsync = (layer: Prepared, times: number) => async () => {
  for (let i = 0; i < times; i++) await layer.run();
};

/** Measures an assignment with the named runtimes, and reports each turn. */
export async function race(
  { line, names, rounds, budget, least, threads }: Assignment,
  rivals: Record<string, () => Promise<Rival>>,
  tell: (message: Message) => void,
): Promise<Record<string, Outcome>> {
  allowed.threads = threads;
  const problem = parseProblem(line);
  const operands = makeOperands(problem);
  const outcomes: Record<string, Outcome> = {};
  const racing: { name: string; layer: Prepared; times: [number, number][]; error: number; calls: number }[] =
    [];
  for (const name of names) {
    tell({ turn: name });
    try {
      const layer = await (await rivals[name]()).prepare(problem, operands);
      const start = performance.now();
      const y = await layer.output();
      const elapsed = performance.now() - start;
      const verdict = verify(problem, operands, y, layer.winograd);
      if (!verdict.right) throw new Error(`wrong result: ${verdict.text}`);
      if (elapsed > VERY_SLOW) outcomes[name] = { rounds: [[elapsed, elapsed]], error: verdict.worst };
      else racing.push({ name, layer, times: [], error: verdict.worst, calls: 1 });
    } catch (error) {
      outcomes[name] = { rounds: [], failure: firstLine(error) };
    }
  }
  for (let round = 0; round < rounds; round++) {
    for (const [index] of racing.entries()) {
      // Each runtime begins a round in turn: the first one may have other caches and another clock speed.
      const turn = racing[(index + round) % racing.length];
      const { name, layer, times } = turn;
      if (round > 0 && times[0][0] > SLOW) continue;
      tell({ turn: name });
      const call = round === 0 ? await once(layer) : 0;
      if (call > SLOW) {
        times.push([call, call]);
        continue;
      }
      if (round === 0) turn.calls = Math.max(1, Math.ceil(least / (await fewest(layer))));
      const { calls } = turn;
      const effort = { time: budget, iterations: 2, warmup: round === 0 ? budget : 1 };
      const timing = layer.awaited
        ? await timeAsync(repeatedAsync(layer, calls), effort)
        : time(repeated(layer, calls), effort);
      times.push([timing.median / calls, timing.least / calls]);
    }
  }
  for (const { name, times, error } of racing) outcomes[name] = { rounds: times, error };
  return outcomes;
}
