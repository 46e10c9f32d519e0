// The options scale, add, activation and inputActivation: what forward refuses, and that functionals take the same.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Conv1d, Conv2d, functional as F, resident, tensor } from 'convnd';
import { assertSame } from '../helpers/compare.js';
import { integers, reals } from '../helpers/numbers.js';
import { label, refused } from '../helpers/refusal.js';

describe('forward', () => {
  it('refuses what does not fit', () => {
    const conv = new Conv1d(1, 1, 1);
    const memory = new Float32Array(9);
    const part = (from: number) => tensor(memory.subarray(from, from + 5), [1, 5]);
    const x = tensor(integers(5, 4), [1, 5]);
    refused(
      () => conv.forward(x, { add: tensor(integers(4, 1), [1, 4]) }),
      /add: expected shape \[1, 5\], got \[1, 4\]/,
      'a shape',
    );
    refused(
      () => conv.forward(x, { add: tensor(integers(5, 1), [1, 1, 5]) }),
      /add: expected shape/,
      'a batch',
    );
    refused(() => conv.forward(x, { add: part(0), out: part(1) }), /add: overlaps a part/, 'shared memory');
    conv.forward(x, { add: part(0), out: part(0) });
    for (const add of [null, 3, 'x', {}, { data: [1], shape: [1, 5] }])
      refused(() => conv.forward(x, { add: add as never }), /add/, label(add));
    for (const scale of [null, '2', {}, true])
      refused(() => conv.forward(x, { scale: scale as never }), /scale must be a number/, label(scale));
    for (const inputActivation of ['ReLU', '', 1, null])
      refused(
        () => conv.forward(x, { inputActivation: inputActivation as never }),
        /inputActivation: expected/,
        label(inputActivation),
      );
    refused(
      () => conv.forward(x, { inputNegativeSlope: 1 }),
      /inputNegativeSlope requires inputActivation/,
      'alone',
    );
    refused(
      () => conv.forward(x, { inputActivation: 'tanh', inputNegativeSlope: 1 }),
      /but got tanh/,
      'tanh',
    );
    refused(
      () => conv.forward(x, { activation: 'gelu', negativeSlope: 1 }),
      /negativeSlope requires/,
      'gelu',
    );
    for (const scale of [Number.NaN, Number.POSITIVE_INFINITY])
      assert.ok(conv.forward(x, { scale }).data.some((v) => !Number.isFinite(v)));
    const all = resident({ shape: [1, 5] });
    all.dispose();
    assert.throws(() => conv.forward(x, { add: all }), /disposed/);
    // channels of several images, taken for channels of one
    const apart = resident({ shape: [2, 3, 4] }).channels(0, 2);
    refused(
      () =>
        F.conv1d(
          tensor(integers(8, 1), [2, 4]),
          [
            [[1], [1]],
            [[1], [1]],
          ],
          null,
          { add: apart },
        ),
      /add: expected/,
      'apart',
    );
  });
});

describe('functionals', () => {
  it('take the same options', () => {
    const x = tensor(reals(2 * 4 * 50, 1), [2, 4, 5, 10]);
    const weight = tensor(reals(6 * 4 * 9, 2), [6, 4, 3, 3]);
    const bias = tensor(reals(6, 3), [6]);
    const add = tensor(reals(2 * 6 * 50, 4), [2, 6, 5, 10]);
    const conv = new Conv2d(4, 6, 3, { padding: 1 });
    conv.loadStateDict({ weight, bias });
    const options = { add, scale: 2, activation: 'gelu', inputActivation: 'relu' } as const;
    const wanted = conv.forward(x, options).data;
    const out = tensor(new Float32Array(600), [2, 6, 5, 10]);
    assert.equal(F.conv2d(x, weight, bias, { padding: 1, ...options, out }), out);
    assertSame(out.data, wanted, 'conv2d');
    const y = F.convTranspose1d([[1, -2]], [[[1, 10]]], null, { stride: 2, activation: 'relu', scale: -1 });
    assertSame(y.data, [0, 0, 2, 20], 'convTranspose1d');
    refused(
      () => F.conv2d(x, weight, bias, { outputSize: [1] } as never),
      /unexpected option 'outputSize'/,
      'an unknown option',
    );
    refused(() => F.conv2d(x, weight, bias, { activation: 'mish' as never }), /activation: expected/, 'mish');
  });
});
