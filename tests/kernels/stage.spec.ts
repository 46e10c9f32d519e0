// Staging: rows put together from runs, rows of zeros, every length and step.

import { stage } from '../../assembly/stage';
import { PlanRecord } from '../../src/shared/record';
import { below, block, get, integers, releaseAll, table } from './memory';

const MAPS = 3;
const DEPTHS = 2;
const ROWS = 4;

/** Stages a few maps whose rows are runs of some length and step (0: one element again and again) between zeros. */
function staging(count: i32, step: i32): string {
  const plan = new PlanRecord();
  const reach = count * max(abs(step), 1);
  const width = reach + 3;
  plan.sourceRow = width << 2;
  plan.sourceDepth = plan.sourceRow * ROWS;
  plan.sourceChannel = plan.sourceDepth * DEPTHS + 64;
  plan.source = <i32>integers((MAPS * plan.sourceChannel) >> 2);

  const depths: i32[] = [1, -1, 0];
  const rows: i32[] = [3, 0, -1, 1, 3];
  plan.depthMap = <i32>table(depths);
  plan.rowMap = <i32>table(rows);
  plan.stagedDepths = depths.length;
  plan.stagedRows = rows.length;

  // zeros, the run, one element, the run again
  const zeros = below(7);
  const first = step < 0 ? (count - 1) * -step + below(3) : below(3);
  const single = below(width);
  const staged = zeros + count + 1 + count;
  const runs: i32[] = [0, -1, zeros, 0, zeros << 2, first << 2, count, step];
  const rest: i32[] = [
    (zeros + count) << 2,
    single << 2,
    1,
    1,
    (zeros + count + 1) << 2,
    first << 2,
    count,
    step,
  ];
  plan.runs = <i32>table(runs.concat(rest));
  plan.runCount = 4;
  plan.stagedRow = staged << 2;
  plan.stagedDepth = plan.stagedRow * rows.length;
  // a vector more, which may be written
  plan.stagedChannel = plan.stagedDepth * depths.length + 16;
  plan.staged = <i32>block((MAPS * plan.stagedChannel) >> 2);
  stage(plan, 1, MAPS);
  stage(plan, 0, 1);

  let wrong = '';
  let at = 0;
  for (let map = 0; map < MAPS; map++) {
    for (let d = 0; d < depths.length; d++) {
      for (let r = 0; r < rows.length; r++) {
        const from =
          plan.source + map * plan.sourceChannel + depths[d] * plan.sourceDepth + rows[r] * plan.sourceRow;
        for (let i = 0; i < staged; i++, at++) {
          const j = i < zeros + count ? i - zeros : i - zeros - count - 1;
          let value: f32 = 0;
          if (i >= zeros && depths[d] >= 0 && rows[r] >= 0) {
            value = get(from, i == zeros + count ? single : first + j * step);
          }
          if (get(plan.staged, at) != value) wrong = `map ${map}, depth ${d}, row ${r}, element ${i}`;
        }
      }
    }
    at += 4;
  }
  if (!releaseAll()) wrong = 'a store beside a block';
  return wrong == '' ? '' : `runs of ${count} with step ${step}: ${wrong}`;
}

describe('stage', () => {
  it('copies neighbours', () => {
    for (let count = 1; count <= 70; count++) expect(staging(count, 1)).toBe('');
  });

  it('copies every second element', () => {
    for (let count = 1; count <= 40; count++) expect(staging(count, 2)).toBe('');
  });

  it('copies with any other step, backwards, and one element again and again', () => {
    for (let count = 1; count <= 20; count++) {
      for (let step = -3; step <= 5; step++) expect(staging(count, step)).toBe('');
    }
  });
});
