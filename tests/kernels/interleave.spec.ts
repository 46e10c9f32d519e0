// Weaving the phases of a transposed convolution into the output.

import { interleave } from '../../assembly/interleave';
import { PlanRecord } from '../../src/record';
import { below, block, get, integers, releaseAll, untouched } from './memory';

const MAPS = 3;

/** Weaves rows of `width` from `count` parts; between them lie rows of other phases, `gap` of them. */
function weaving(count: i32, width: i32, depth: i32, height: i32, gap: i32): string {
  const plan = new PlanRecord();
  plan.depth = depth;
  plan.height = height;
  plan.partCount = count;
  plan.outWidth = width;
  plan.outRow = (width * (1 + gap)) << 2;
  plan.outDepth = plan.outRow * height + 32;
  plan.outFilter = plan.outDepth * depth + 64;
  plan.out = <i32>block((MAPS * plan.outFilter) >> 2);
  // every part is dense; the first ones have one more in a row where the parts don't divide the width
  const most = MAPS * depth * height * ((width + count - 1) / count) + below(5);
  plan.partBytes = most << 2;
  plan.parts = <i32>integers(count * most);
  interleave(plan, 2, MAPS);
  interleave(plan, 0, 2);

  let wrong = '';
  let written = 0;
  for (let map = 0; map < MAPS; map++) {
    for (let d = 0; d < depth; d++) {
      for (let h = 0; h < height; h++) {
        const out = plan.out + map * plan.outFilter + d * plan.outDepth + h * plan.outRow;
        for (let w = 0; w < width; w++, written++) {
          const part = w % count;
          const partWidth = (width - part + count - 1) / count;
          const line = (map * depth + d) * height + h;
          const value = get(plan.parts + part * plan.partBytes, line * partWidth + w / count);
          if (get(out, w) != value) wrong = `map ${map}, depth ${d}, row ${h}, element ${w}`;
        }
      }
    }
  }
  for (let i = 0; i < (MAPS * plan.outFilter) >> 2; i++) if (!untouched(plan.out, i)) written--;
  if (written != 0) wrong = 'a store beside the rows';
  if (!releaseAll()) wrong = 'a store beside a block';
  return wrong == '' ? '' : `${count} parts, ${depth} x ${height} rows of ${width}: ${wrong}`;
}

describe('interleave', () => {
  it('weaves two parts', () => {
    for (let width = 2; width <= 40; width++) expect(weaving(2, width, 2, 3, width & 1)).toBe('');
  });

  it('weaves any number of parts', () => {
    for (let count = 1; count <= 7; count++) {
      for (let width = count; width <= 20; width++)
        expect(weaving(count, width, 1 + (width & 1), 2, 2)).toBe('');
    }
  });
});
