// Channels of a resident tensor as objects: which there are, whether they have an array, and how long they live.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Conv1d, functional, memoryUsage, resident, tensor } from 'convnd';
import { refused } from '../helpers/refusal.js';

describe('channels of a resident tensor', () => {
  it('of several images have no array, and say what to do', () => {
    using whole = resident({ shape: [2, 6, 2] });
    const view = whole.channels(1, 4);
    for (const call of [() => view.data, () => tensor(view), () => functional.conv1d([[1, 2, 3, 4]], view)])
      refused(
        call,
        /a view of some channels of several images is not contiguous; resident\(channels\) makes a contiguous copy/,
        'data',
      );
    assert.equal(resident(view).data.length, 16);
  });

  it('are refused where there are none', () => {
    using x = resident({ shape: [2, 6, 2] });
    for (const [from, count] of [
      [-1, 2],
      [0, 7],
      [6, 1],
      [3, -1],
    ])
      refused(
        () => x.channels(from, count),
        /exceeds dimension size \(6\) \[channels of a resident tensor of shape \[2, 6, 2\]\]/,
        `${from}, ${count}`,
      );
    for (const wrong of [1.5, '1', undefined, null])
      refused(() => x.channels(wrong as number, 1), /from must be an integer/, String(wrong));
    refused(() => x.channels(0, undefined as never), /count must be an integer/, 'no count');
    for (const axis of [2, -1, '1', 0.5])
      refused(() => x.channels(0, 1, { axis: axis as 0 }), /axis: expected 1 for/, String(axis));
    refused(() => resident({ shape: [4] }).channels(0, 1), /axis: expected 1/, 'one axis');
    refused(() => x.channels(0, 1, { dim: 0 } as never), /unexpected option 'dim'/, 'dim');
  });

  it('are gone when the tensor is, and keep its memory until then', () => {
    const layer = new Conv1d(2, 2, 1);
    const whole = resident({ shape: [2, 4, 300] });
    const before = memoryUsage().live;
    const view = whole.channels(0, 2);
    view.dispose();
    assert.equal(memoryUsage().live, before);
    layer.forward(view, { out: whole.channels(2, 2) });
    layer.dispose();
    whole.dispose();
    assert.ok(memoryUsage().live < before);
    for (const call of [
      () => view.address,
      () => view.channels(0, 1, { axis: 0 }).data,
      () => layer.forward(view),
      () => resident(view),
    ])
      assert.throws(call, /resident tensor of shape \[[12], 2, 300\] is disposed/);
    const x = tensor(new Float32Array(1200), [2, 2, 300]);
    for (const [name, call] of [
      ['input', () => layer.forward(view)],
      ['out', () => layer.forward(x, { out: view })],
      ['add', () => layer.forward(x, { add: view })],
    ] as const)
      assert.throws(call, {
        name: 'RangeError',
        message: `${name}: resident tensor of shape [2, 2, 300] is disposed [${layer}]`,
      });
  });
});
