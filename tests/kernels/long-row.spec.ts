// Depthwise maps of one long row: read in place, with zeros imagined beside it.

import { depthwise } from '../../assembly/depthwise';
import { PlanRecord } from '../../src/shared/record';
import { block, get, integers, releaseAll, table } from './memory';

const IMAGES = 2;
const GROUPS = 3;

/** Maps of one long row, with zeros before and after it or not. */
function longRow(width: i32, taps: i32, before: i32, after: i32): string {
  const plan = new PlanRecord();
  plan.groups = GROUPS;
  plan.channels = 1;
  plan.filters = 1;
  plan.packedRows = 1;
  plan.taps = taps;
  plan.terms = taps;
  plan.depth = 1;
  plan.height = 1;
  plan.width = width;
  const reach = 3 * (taps - 1);
  const maps = IMAGES * GROUPS;
  const row = plan.width + reach - before - after;
  plan.sourceRow = row << 2;
  plan.sourceChannel = plan.sourceRow + 16;
  plan.source = <i32>integers((maps * plan.sourceChannel) >> 2);
  plan.inner = plan.source - before * 4;
  plan.leftOutputs = before;
  plan.rightOutputs = after;
  const offsets: i32[] = [];
  for (let tap = 0; tap < taps; tap++) offsets.push(12 * tap);
  plan.tapTable = <i32>table(offsets);
  plan.weights = <i32>integers(GROUPS * taps);
  plan.bias = <i32>integers(GROUPS);
  plan.targetFilter = plan.width << 2;
  plan.target = <i32>block(maps * plan.width);
  depthwise(plan, 0, maps);

  let wrong = '';
  for (let map = 0; map < maps; map++) {
    for (let w = 0; w < plan.width; w++) {
      let sum = get(plan.bias, map % GROUPS);
      for (let tap = 0; tap < taps; tap++) {
        const x = w + 3 * tap - before;
        if (x < 0 || x >= row) continue;
        sum +=
          get(plan.weights, (map % GROUPS) * taps + tap) * get(plan.source + map * plan.sourceChannel, x);
      }
      if (get(plan.target, map * plan.width + w) != sum) wrong = `map ${map}, output ${w}`;
    }
  }
  if (!releaseAll()) wrong = 'a store beside a block';
  return wrong == '' ? '' : `${width} outputs, ${taps} taps, ${before} and ${after} zeros: ${wrong}`;
}

describe('depthwise', () => {
  it('maps of one long row, with and without zeros at its ends', () => {
    for (let taps = 2; taps <= 4; taps++) {
      for (let width = 20; width <= 60; width++) {
        for (let zeros = 0; zeros < 9; zeros++) {
          expect(longRow(width, taps, zeros % 3, zeros / 3)).toBe('');
        }
      }
    }
  });
});
