// Weaving the phases of a transposed convolution into the output.

import { interleave } from '../../assembly/interleave';
import { PlanRecord } from '../../src/shared/record';
import { below, block, get, integers, releaseAll, table, untouched } from './memory';

const MAPS = 3;

/** Weaves maps from a part for each phase; the outputs of a row lie `gap` rows apart. */
function weaving(steps: i32[], depth: i32, height: i32, width: i32, gap: i32): string {
  const plan = new PlanRecord();
  plan.depth = depth;
  plan.height = height;
  plan.width = width;
  plan.depthStep = steps[0];
  plan.rowStep = steps[1];
  plan.step = steps[2];
  plan.outRow = (width * (1 + gap)) << 2;
  plan.outDepth = plan.outRow * height + 32;
  plan.targetFilter = plan.outDepth * depth + 64;
  plan.target = <i32>block((MAPS * plan.targetFilter) >> 2);
  // parts have room for what is computed before the first output and behind the last
  plan.sourceRow = (width / steps[2] + 1 + below(3)) << 2;
  plan.sourceDepth = plan.sourceRow * (height / steps[1] + 1 + below(2));
  plan.sourceChannel = plan.sourceDepth * (depth / steps[0] + 1);
  plan.filters = 2;
  plan.sourceSkip = plan.sourceChannel * below(3);
  const parts: i32[] = [];
  for (let phase = 0; phase < steps[0] * steps[1] * steps[2]; phase++) {
    const lead = below(3);
    parts.push(<i32>integers(((MAPS * plan.sourceChannel + plan.sourceSkip) >> 2) + lead) + (lead << 2));
  }
  plan.source = <i32>table(parts);
  interleave(plan, 2, MAPS);
  interleave(plan, 0, 2);

  let wrong = '';
  let written = 0;
  for (let map = 0; map < MAPS; map++) {
    for (let d = 0; d < depth; d++) {
      for (let h = 0; h < height; h++) {
        const out = plan.target + map * plan.targetFilter + d * plan.outDepth + h * plan.outRow;
        for (let w = 0; w < width; w++, written++) {
          const phase = ((d % steps[0]) * steps[1] + (h % steps[1])) * steps[2] + (w % steps[2]);
          const group = (map / plan.filters) * plan.sourceSkip;
          const line =
            group +
            map * plan.sourceChannel +
            (d / steps[0]) * plan.sourceDepth +
            (h / steps[1]) * plan.sourceRow;
          if (get(out, w) != get(parts[phase] + line, w / steps[2]))
            wrong = `map ${map}, depth ${d}, row ${h}, element ${w}`;
        }
      }
    }
  }
  for (let i = 0; i < (MAPS * plan.targetFilter) >> 2; i++) if (!untouched(plan.target, i)) written--;
  if (written != 0) wrong = 'a store beside the rows';
  if (!releaseAll()) wrong = 'a store beside a block';
  return wrong == '' ? '' : `steps ${steps.toString()}, ${depth} x ${height} rows of ${width}: ${wrong}`;
}

describe('interleave', () => {
  it('weaves two phases along the width', () => {
    for (let width = 1; width <= 40; width++) expect(weaving([1, 1, 2], 2, 3, width, width & 1)).toBe('');
  });

  it('weaves any number of phases along the width', () => {
    for (let count = 1; count <= 7; count++) {
      for (let width = 1; width <= 20; width++)
        expect(weaving([1, 1, count], 1 + (width & 1), 2, width, 2)).toBe('');
    }
  });

  it('weaves phases along every axis', () => {
    for (let i = 0; i < 60; i++) {
      const steps = [1 + below(3), 1 + below(3), 1 + below(3)];
      expect(weaving(steps, 1 + below(5), 1 + below(7), 1 + below(12), below(2))).toBe('');
    }
  });
});
