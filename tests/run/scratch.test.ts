// The scratch of a process in which nothing else ran: as large as explain says, however large the weights are, and smaller where nothing is
// copied.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Conv2d, memoryUsage, resident, tensor } from 'convnd';
import { product } from '../reference/reference.js';

// each takes more than the one before, as the largest scratch is kept
for (const [channels, size, copied] of [
  [3, 3, 0],
  [40, 3, 0],
  [1024, 3, 0],
  [200, 3, 0],
  // the others take most for packing
  [300, 40, 4 * 300 * 40 ** 2],
]) {
  it(`is what explain says for ${channels} channels of ${size} x ${size}`, () => {
    const layer = new Conv2d(channels, channels, 3, { padding: 1 });
    const shape = [1, channels, size, size];
    layer.forward(resident({ shape }), { out: resident({ shape }) });
    const withoutCopies = memoryUsage().scratch;
    layer.forward(tensor(new Float32Array(product(shape)), shape));
    const [, said, unit] = /memory +([\d.]+) ([kM]?)B scratch/.exec(layer.explain(shape)) ?? [];
    const bytes = Number(said) * { '': 1, k: 1e3, M: 1e6 }[unit]!;
    const { scratch } = memoryUsage();
    // four digits are printed, and whole cache lines taken
    assert.ok(Math.abs(scratch - bytes) <= bytes / 1000 + 64, `${scratch} for ${said} ${unit}B`);
    assert.ok(withoutCopies <= scratch - copied, `${withoutCopies} for resident tensors, ${scratch} else`);
    layer.dispose();
  });
}
