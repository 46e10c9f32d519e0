// The same bits whatever threads do: random problems by every row of the table, computed by threads that come late at random.
// CONVND_STRESS takes so many times as many problems as the suite does.

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { setNumThreads } from 'convnd/threads';
import fc from 'fast-check';
import type { TaskEntry } from '#src/engine/entries.js';
import { algorithms, UnableError } from '#src/plan/choice.js';
import type { Convolution } from '#src/problem/convolution.js';
import { type Runner, runners, thisThread } from '#src/run/runner.js';
import { runningPool } from '#src/threads/running-pool.js';
import { differingPlace } from '../helpers/bits.js';
import { compute, planBy } from '../helpers/convolutions.js';
import { besides, drawnConvolutions, givenFor } from '../helpers/drawn-convolutions.js';
import { places } from '../helpers/forms.js';
import { uniform } from '../helpers/numbers.js';
import { dawdleHere, lateWorker, takeNoLeave } from './late-threads.js';

const times = Number(process.env.CONVND_STRESS ?? 1);
const MOST = 400;

/** How often each entry was called, how many results were compared, and the chunks that other threads took. */
const calls = new Map<TaskEntry, number>();
let problems = 0;
let compared = 0;
let taken = 0;

/** The current runner, told that every call is long: so all are divided. */
function divideAll(random: () => number): Runner {
  const { current } = runners;
  return {
    ...bound(current, 'finish'),
    ...bound(current, 'recovers'),
    // what is known of the plan says that it is short
    prepare: (engine, plan) => current.prepare?.(engine, { ...plan, convolution: large(plan.convolution) }),
    run: (engine, entry, task, workspace, begin, end, _microseconds, areas) => {
      calls.set(entry, (calls.get(entry) ?? 0) + 1);
      current.run(engine, entry, task, workspace, begin, end, 30 + 1000 * random(), areas);
    },
  };
}

const large = (c: Convolution): Convolution => ({ ...c, batch: c.batch * 1e6 });

function bound<Name extends keyof Runner>(runner: Runner, name: Name) {
  return { [name]: (runner[name] as (...given: never[]) => unknown)?.bind(runner) };
}

function check(c: Convolution, seed: number): void {
  problems++;
  for (const { name } of algorithms) {
    const random = uniform(seed);
    const given = givenFor(c, seed);
    const where = places[seed % 4];
    const epilogue = besides[Math.floor(random() * besides.length)];
    try {
      const plan = planBy(c, name);
      const wanted = compute(plan, given, where, thisThread, epilogue);
      const got = compute(plan, given, where, divideAll(random), epilogue);
      const place = differingPlace(got, wanted);
      if (place >= 0)
        assert.fail(
          `${name}, seed ${seed}: element ${place} is ${got[place]}, not ${wanted[place]}: ${plan.line}`,
        );
      compared++;
    } catch (error) {
      if (!(error instanceof UnableError)) throw error;
    }
  }
}

describe('threads that come late', () => {
  after(() => setNumThreads(1));
  dawdleHere(MOST, 1);
  takeNoLeave();
  for (const count of [1, 2, 3, 4, 7, 8]) {
    it(`change no bit, ${count} of them`, async () => {
      const options = { worker: () => lateWorker(MOST, count) };
      assert.equal(await setNumThreads(count, options), count);
      for (const [, drawn, share] of drawnConvolutions) {
        const numRuns = Math.ceil((times * share) / 100);
        fc.assert(
          fc.property(drawn, fc.nat(2 ** 31 - 1), (c, seed) => check(c, seed)),
          { numRuns },
        );
      }
      taken += runningPool.current?.pool.taken.reduce((sum, chunks) => sum + chunks, 0) ?? 0;
    });
  }

  it('were compared often, and took part', () => {
    const counts = `${problems} problems, ${compared} results, ${taken} chunks by other threads`;
    if (times > 1) console.log(counts, calls);
    assert.ok(compared > 200 * times && taken > compared, counts);
  });
});
