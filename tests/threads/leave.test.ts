// Leave: when threads that lose time go on leave and when they return, with made-up times of calls; and a pool whose worker is held up.

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { Conv2d, manualSeed, tensor } from 'convnd';
import { setNumThreads } from 'convnd/threads';
import { Leave } from '#src/threads/leave.js';
import { Pace } from '#src/threads/pace.js';
import { runningPool } from '#src/threads/running-pool.js';
import { differingPlace } from '../helpers/bits.js';
import { reals, uniform } from '../helpers/numbers.js';
import { faultyWorker } from './late-threads.js';

/** Computes calls of so many milliseconds alone. Returns the time of all, and how many were divided. */
function compute(leave: Leave, calls: number, alone: number, divided: () => number) {
  let total = 0;
  let count = 0;
  for (let call = 0; call < calls; call++) {
    if (leave.isOn) {
      total += alone;
      leave.noteAlone(alone);
    } else {
      const took = divided();
      total += took;
      count++;
      leave.noteDivided(took, alone);
    }
  }
  return { total, count };
}

describe('threads on leave', () => {
  it('cost 5 % at most where every call is late, and less where leaves in succession grow longer', () => {
    for (const [alone, late, most] of [
      [0.3, 4, 0.02],
      [1, 0.5, 0.01],
      [1, 4, 0.01],
      [20, 4, 0.01],
      [0.3, 15, 0.05],
      [1, 15, 0.05],
      [20, 15, 0.05],
      // of which 20 ms count
      [0.3, 60, 0.1],
    ]) {
      const { total, count } = compute(new Leave(), 10_000, alone, () => alone + late);
      // besides, the first loss is free up to the credit, and the last one may not be made up for yet
      const bound = (1 + most) * 10_000 * alone + 5 + late;
      assert.ok(total <= bound, `${alone} ms, ${late} ms late: ${total} ms, not ${bound}`);
      assert.ok(count > 2, 'they are tried again');
    }
  });

  it('are hardly ever on leave where few calls are late and the others are faster', () => {
    const random = uniform(1);
    const { count } = compute(new Leave(), 10_000, 1, () => (random() < 0.01 ? 16 : 0.55 + 0.1 * random()));
    assert.ok(count > 9800, `${count} calls are divided`);
  });

  it('are never on leave for what may be an error of the measurement', () => {
    const leave = new Leave();
    for (const alone of [0, 0.04, 0.3, 2, 100]) compute(leave, 1000, alone, () => 0.05 + 1.124 * alone);
    assert.ok(!leave.isOn);
  });

  it('return for good when their cores are free again', () => {
    const leave = new Leave();
    compute(leave, 1000, 1, () => 4);
    const { count } = compute(leave, 2000, 1, () => 0.6);
    assert.ok(count > 1000);
    // and then a leave is as short as the first one
    compute(leave, 3, 1, () => 30);
    assert.ok(leave.isOn);
    compute(leave, 200, 1, () => 0.6);
    assert.ok(!leave.isOn);
  });

  it('return for good although the first call that wakes them after a leave is late', () => {
    const leave = new Leave();
    compute(leave, 1000, 1, () => 4);
    let count = 0;
    for (let trial = 0; trial < 5; trial++) {
      compute(leave, 1, 1, () => 4);
      while (leave.isOn) leave.noteAlone(1);
      compute(leave, 1, 1, () => 4.8);
      count += compute(leave, 100, 1, () => 0.6).count;
    }
    assert.ok(count > 400, `${count} of 500 calls are divided`);
  });

  it('return although the whole program stood still for an hour', () => {
    const leave = new Leave();
    leave.noteDivided(3_600_000, 1);
    assert.ok(leave.isOn);
    compute(leave, 2000, 1, () => 0.6);
    assert.ok(!leave.isOn);
  });
});

describe('the pace of a plan', () => {
  const pace = new Pace(500);

  it('is the best of late, for each entry', () => {
    assert.equal(pace.of('gemm', 100), 0.1, 'the estimate');
    pace.note('gemm', 0.2, 100);
    assert.equal(pace.of('gemm', 200), 0.4);
    pace.note('gemm', 9, 100);
    assert.ok(pace.of('gemm', 100) < 0.201, 'it hardly counts where this thread lost its core');
    pace.note('gemm', 0.05, 100);
    assert.equal(pace.of('gemm', 100), 0.05);
    assert.equal(pace.of('stage', 100), 0.1);
    for (let call = 0; call < 2000; call++) pace.note('gemm', 0.3, 100);
    assert.ok(Math.abs(pace.of('gemm', 100) - 0.3) < 1e-9, 'it follows a processor that slowed down');
  });

  it('is not that of work between two ticks of a coarse clock', () => {
    const coarse = new Pace(500);
    coarse.note('gemm', 0, 100);
    assert.equal(coarse.of('gemm', 100), 0.1, 'the estimate');
    coarse.note('gemm', 0.2, 100);
    coarse.note('gemm', 0, 100);
    assert.ok(Math.abs(coarse.of('gemm', 100) - 0.2) < 1e-9);
  });
});

describe('a worker that is held up in each chunk', () => {
  after(() => setNumThreads(1));

  it('goes on leave, and returns when it is not any more', async () => {
    manualSeed(1);
    const layer = new Conv2d(64, 64, 3, { padding: 1 });
    const x = tensor(reals(64 * 56 * 56, 1), [1, 64, 56, 56]);
    const alone = layer.forward(x).data;
    const held = new Int32Array(new SharedArrayBuffer(4));
    held[0] = 1;
    const worker = () => faultyWorker('Atomics.wait(data, 0, 1, 40);', held);
    assert.equal(await setNumThreads(2, { worker }), 2);
    const { pool, runner } = runningPool.current!;
    const isRight = () => differingPlace(layer.forward(x).data, alone) < 0;
    while (!runner.leave.isOn) assert.ok(isRight());
    const [taken] = pool.taken;
    assert.ok(taken > 0);
    for (let call = 0; call < 10; call++) assert.ok(isRight());
    assert.deepEqual(pool.taken, [taken], 'all calls are computed alone');
    held[0] = 0;
    while (pool.taken[0] === taken) assert.ok(isRight());
  });
});
