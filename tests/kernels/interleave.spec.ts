// Interleaving of the output classes of a transposed convolution.

import { interleave } from '../../assembly/schedule/interleave';
import { InterleaveTask, Workspace } from '../../src/shared/task';
import { layoutOf } from './layout';
import { below, get, releaseAll, table, touched } from './memory';
import { inParts } from './parts';

const IMAGES = 2;
const GROUPS = 2;

/** Interleaves maps from one part per class; the outputs of a row are `gap` rows apart. */
function weaving(phases: i32[], depth: i32, height: i32, width: i32, gap: i32): string {
  const task = new InterleaveTask();
  task.groups = GROUPS;
  task.filters = 1 + below(2);
  task.depth = depth;
  task.height = height;
  task.width = width;
  task.depthPhases = phases[0];
  task.rowPhases = phases[1];
  task.columnPhases = phases[2];
  task.targetRow = (width * (1 + gap)) << 2;
  task.targetDepth = task.targetRow * height + 32 * gap;
  const target = layoutOf(IMAGES, GROUPS, task.filters, (task.targetDepth * depth) >> 2);
  task.target = <i32>target.empty();
  task.targetImage = target.image;
  task.targetGroup = target.group;
  task.targetFilter = target.map;
  // parts have room for outputs that are computed before the first and after the last one that is stored
  task.partRow = (width / phases[2] + 1 + below(3)) << 2;
  task.partDepth = task.partRow * (height / phases[1] + 1 + below(2));
  const part = layoutOf(IMAGES, GROUPS, task.filters, ((task.partDepth * (depth / phases[0] + 1)) >> 2) + 2);
  task.partImage = part.image;
  task.partGroup = part.group;
  task.partFilter = part.map;
  const parts: i32[] = [];
  for (let phase = 0; phase < phases[0] * phases[1] * phases[2]; phase++) {
    parts.push(<i32>part.filled(true) + (below(3) << 2));
  }
  task.parts = <i32>table(parts);
  inParts<InterleaveTask>(
    interleave,
    task,
    [new Workspace(), new Workspace()],
    IMAGES * GROUPS * task.filters,
    2,
  );

  let wrong = '';
  for (let map = 0; map < IMAGES * GROUPS * task.filters; map++) {
    const image = map / (GROUPS * task.filters);
    const group = (map / task.filters) % GROUPS;
    const filter = map % task.filters;
    for (let d = 0; d < depth; d++) {
      for (let h = 0; h < height; h++) {
        const out =
          task.target + target.offset(image, group, filter) + d * task.targetDepth + h * task.targetRow;
        const line =
          part.offset(image, group, filter) +
          (d / phases[0]) * task.partDepth +
          (h / phases[1]) * task.partRow;
        for (let w = 0; w < width; w++) {
          const phase = ((d % phases[0]) * phases[1] + (h % phases[1])) * phases[2] + (w % phases[2]);
          if (get(out, w) != get(parts[phase] + line, w / phases[2]))
            wrong = `image ${image}, group ${group}, filter ${filter}, depth ${d}, row ${h}, element ${w}`;
        }
      }
    }
  }
  const outputs = IMAGES * GROUPS * task.filters * depth * height * width;
  if (touched(task.target, target.size) != outputs) wrong = 'a store beside the rows';
  if (!releaseAll()) wrong = 'a store beside a block';
  return wrong == '' ? '' : `phases ${phases.toString()}, ${depth} x ${height} rows of ${width}: ${wrong}`;
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
      const phases = [1 + below(3), 1 + below(3), 1 + below(3)];
      expect(weaving(phases, 1 + below(5), 1 + below(7), 1 + below(12), below(2))).toBe('');
    }
  });
});
