// A process of its own that measures one layer with every runtime, in rounds: each round runs all of them, one after another.

import { parseProblem } from '#src/problem/line.js';
import { makeOperands } from '../operands.js';
import { time, timeAsync } from '../timing.js';
import { verify } from '../verify.js';
import { SLOW, VERY_SLOW } from './limits.js';
import type { Prepared } from './rival.js';
import { type Outcome, rivals } from './rivals.js';

export interface Assignment {
  readonly line: string;
  readonly names: readonly string[];
  readonly rounds: number;
  /** Milliseconds for a runtime in a round. */
  readonly budget: number;
}

/** What the process tells: which runtime it turns to (the one to blame if it dies), and at the end the outcomes. */
export type Message = { readonly turn: string } | { readonly outcomes: Record<string, Outcome> };

const LONGEST_MESSAGE = 160;

const tell = (message: Message) => process.send?.(message);

const firstLine = (error: unknown) => {
  const text = error instanceof Error ? error.message : String(error);
  return (text || 'no message').split('\n')[0].slice(0, LONGEST_MESSAGE);
};

async function once(layer: Prepared): Promise<number> {
  const start = performance.now();
  await layer.run();
  return performance.now() - start;
}

async function measure({ line, names, rounds, budget }: Assignment): Promise<Record<string, Outcome>> {
  const problem = parseProblem(line);
  const operands = makeOperands(problem);
  const outcomes: Record<string, Outcome> = {};
  const racing: { name: string; layer: Prepared; times: [number, number][]; error: number }[] = [];
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
      else racing.push({ name, layer, times: [], error: verdict.worst });
    } catch (error) {
      outcomes[name] = { rounds: [], failure: firstLine(error) };
    }
  }
  for (let round = 0; round < rounds; round++) {
    for (const [index] of racing.entries()) {
      // Everyone begins a round once: whoever runs first may find other caches and clocks.
      const { name, layer, times } = racing[(index + round) % racing.length];
      if (round > 0 && times[0][0] > SLOW) continue;
      tell({ turn: name });
      const call = round === 0 ? await once(layer) : 0;
      if (call > SLOW) {
        times.push([call, call]);
        continue;
      }
      const effort = { time: budget, iterations: 2, warmup: round === 0 ? budget : 1 };
      const timing = layer.awaited
        ? await timeAsync(async () => layer.run(), effort)
        : time(() => layer.run(), effort);
      times.push([timing.median, timing.least]);
    }
  }
  for (const { name, times, error } of racing) outcomes[name] = { rounds: times, error };
  return outcomes;
}

process.once('message', async (assignment: Assignment) => {
  const message: Message = { outcomes: await measure(assignment) };
  // Some runtimes would keep the process alive.
  process.send?.(message, () => process.exit());
});
