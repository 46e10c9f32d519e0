// tune() times the rows of the kernel table, and remembers the fastest for the problem that it timed.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Conv1d, Conv2d, ConvTranspose1d, LazyConv2d, memoryUsage, tensor } from 'convnd';
import { Recent } from '#src/core/recent.js';
import { timings } from '#src/layers/tune.js';
import { assertSame, assertWithinBound } from '../helpers/compare.js';
import { parseLine } from '../helpers/lines.js';
import { integers } from '../helpers/numbers.js';
import { reference } from '../reference/reference.js';

const shape = [1, 8, 12, 12];
const make = () => new Conv2d(8, 16, 3, { padding: 1 });

/** The algorithm that a layer says it would take. */
const algorithmOf = (layer: Conv2d | Conv1d, inputShape: number[]) =>
  /^algorithm +(\w+)/m.exec(layer.explain(inputShape))?.[1];

describe('tune', () => {
  it('times every row that can, sorted, and takes the first for that shape', () => {
    const conv = make();
    const times = conv.tune(shape);
    assert.deepEqual(times.map(({ algorithm }) => algorithm).sort(), ['direct', 'gemm', 'winograd']);
    for (const [i, { milliseconds }] of times.entries()) {
      assert.ok(milliseconds >= (times[i - 1]?.milliseconds ?? 0) && Number.isFinite(milliseconds));
    }
    assert.equal(algorithmOf(conv, shape), times[0].algorithm);
    assert.equal(algorithmOf(conv, shape.slice(1)), times[0].algorithm, 'unbatched: the same problem');
  });

  it('times a transposed layer for an output size', () => {
    const up = new ConvTranspose1d(8, 8, 3, { stride: 2 });
    const [{ algorithm }, ...rest] = up.tune([8, 20], { outputSize: [42] });
    assert.ok(rest.length > 0);
    assert.match(up.explain([8, 20], { outputSize: [42] }), new RegExp(`^algorithm +${algorithm}`, 'm'));
  });

  it('leaves other shapes to the table, and the wish for a row to the user', () => {
    const conv = make();
    const narrow = [1, 8, 12, 3];
    const before = [narrow, [2, 8, 40, 40]].map((other) => conv.explain(other));
    const [{ algorithm }] = conv.tune(shape);
    assert.equal(conv.algorithm, undefined);
    assert.deepEqual(
      [narrow, [2, 8, 40, 40]].map((other) => conv.explain(other)),
      before,
    );
    assert.deepEqual(conv.forward(tensor(new Float32Array(8 * 36), narrow)).shape, [1, 16, 12, 3]);
    for (const row of ['direct', 'gemm', 'winograd'] as const) {
      conv.algorithm = row;
      assert.equal(algorithmOf(conv, shape), row, 'a wish goes before');
    }
    conv.algorithm = undefined;
    assert.equal(algorithmOf(conv, shape), algorithm, 'still known');
    conv.dispose();
    assert.equal(algorithmOf(conv, shape), algorithm, 'after dispose too');
  });

  it('times all rows though the user forces one, which may not even compute this', () => {
    const conv = new Conv1d(2, 3, 3);
    conv.algorithm = 'direct';
    const message = `algorithm 'direct' can't compute this: rows of 3 outputs are shorter than a tile of 8 [${conv}]`;
    assert.throws(() => conv.forward(tensor(new Float32Array(10), [2, 5])), { name: 'RangeError', message });
    assert.throws(() => conv.explain([2, 5]), { message });
    const times = conv.tune([2, 5]);
    assert.deepEqual(
      times.map(({ algorithm }) => algorithm),
      ['gemm'],
    );
    assert.equal(conv.algorithm, 'direct');
  });

  it('leaves out what is switched off, and what it timed before it was', () => {
    const conv = make();
    conv.winograd = 'never';
    assert.deepEqual(
      conv
        .tune(shape)
        .map(({ algorithm }) => algorithm)
        .sort(),
      ['direct', 'gemm'],
    );
    conv.winograd = 'auto';
    const wide = make();
    wide.tune(shape);
    wide.winograd = 'never';
    assert.notEqual(algorithmOf(wide, shape), 'winograd');
  });

  it('computes the definition with every row that may have been the fastest', () => {
    const conv = make();
    conv.winograd = 'never';
    const x = tensor(integers(8 * 144, 1), shape);
    conv.loadStateDict({
      weight: tensor(integers(16 * 8 * 9, 2), [16, 8, 3, 3]),
      bias: tensor(integers(16, 3), [16]),
    });
    const p = parseLine('n1 g1 c8 f16 i12x12 k3x3 p1x1');
    const wanted = reference(p, x.data, conv.weight.data, conv.bias!.data);
    assertSame(conv.forward(x).data, wanted.output, 'before');
    conv.tune(shape);
    assertSame(conv.forward(x).data, wanted.output, 'after');
    assertWithinBound(conv.forward(x).data, wanted, 'again');
  });

  it('refuses what forward refuses, and keeps the layer as it was', () => {
    const conv = new Conv2d(8, 16, 3);
    const before = conv.explain(shape);
    assert.throws(() => conv.tune([1, 7, 12, 12]), {
      name: 'RangeError',
      message: /expected input\[1, 7, 12, 12\] to have 8 channels/,
    });
    assert.throws(() => conv.tune([1, 8, 12.5, 12]), {
      name: 'TypeError',
      message: /^a size in input shape must be an integer, but got 12.5/,
    });
    assert.equal(conv.algorithm, undefined);
    assert.equal(conv.explain(shape), before);
  });

  it('teaches a lazy layer its channels, as forward does', () => {
    const lazy = new LazyConv2d(4, 3);
    lazy.tune([1, 5, 9, 9]);
    assert.equal(lazy.inChannels, 5);
  });

  it('keeps no more memory than the layer may', () => {
    const conv = make();
    const before = memoryUsage().live;
    for (let width = 12; width < 30; width++) conv.tune([1, 8, 6, width]);
    conv.dispose();
    assert.equal(memoryUsage().live, before);
  });
});

describe('the clock', () => {
  const rows = ['winograd', 'direct', 'gemm'] as const;

  /** Times rows of known costs by a clock that shows multiples of a step; a look at it takes 0.001 ms. */
  function timed(costs: Record<string, number>, step: number) {
    const { performance } = globalThis;
    let time = 0.5;
    const calls = { winograd: 0, direct: 0, gemm: 0 };
    try {
      globalThis.performance = {
        now: () => (step === 0 ? 0 : Math.floor((time += 0.001) / step) * step),
      } as Performance;
      const found = timings(rows, (row) => {
        calls[row as keyof typeof calls]++;
        time += costs[row];
      });
      return { found, calls };
    } finally {
      globalThis.performance = performance;
    }
  }

  it('may be coarse: calls are repeated until it moved', () => {
    const costs = { winograd: 0.031, direct: 0.014, gemm: 0.02 };
    for (const step of [0.001, 0.1, 1, 16]) {
      const { found } = timed(costs, step);
      assert.deepEqual(
        found.map(({ algorithm }) => algorithm),
        ['direct', 'gemm', 'winograd'],
        `steps of ${step} ms`,
      );
      for (const { algorithm, milliseconds } of found)
        assert.ok(
          Math.abs(milliseconds / costs[algorithm as keyof typeof costs] - 1) < 0.2,
          `${milliseconds}`,
        );
    }
  });

  it('does not repeat calls that it can time', () => {
    const { calls } = timed({ winograd: 20, direct: 30, gemm: 400 }, 1);
    assert.deepEqual(calls, { winograd: 8, direct: 8, gemm: 8 });
  });

  it('that sees no difference, or stands still, leaves the first row first', () => {
    const order = ({ found }: ReturnType<typeof timed>) => found.map(({ algorithm }) => algorithm);
    assert.deepEqual(order(timed({ winograd: 0.25, direct: 0.25, gemm: 0.25 }, 1)), rows);
    const still = timed({ winograd: 3, direct: 2, gemm: 1 }, 0);
    assert.deepEqual(order(still), rows);
    assert.deepEqual(still.calls, { winograd: 1, direct: 1, gemm: 1 });
  });

  it("that stands still leaves the table's choice", () => {
    const { performance } = globalThis;
    for (const [layer, inputShape] of [
      [make(), shape],
      [new Conv2d(1, 1, 1), [1, 1, 4, 4]],
      [new Conv2d(8, 8, 3, { groups: 8 }), [8, 9, 9]],
    ] as const) {
      const before = algorithmOf(layer, [...inputShape]);
      try {
        globalThis.performance = { now: () => 7 } as Performance;
        assert.equal(layer.tune(inputShape)[0].algorithm, before);
      } finally {
        globalThis.performance = performance;
      }
      assert.equal(algorithmOf(layer, [...inputShape]), before);
    }
  });

  it('of an AudioWorklet is Date', () => {
    const { performance } = globalThis;
    try {
      globalThis.performance = undefined as unknown as Performance;
      const times = new Conv1d(1, 1, 3).tune([1, 1, 128]);
      assert.deepEqual(times.map(({ algorithm }) => algorithm).sort(), [
        'depthwise',
        'direct',
        'gemm',
        'winograd',
      ]);
    } finally {
      globalThis.performance = performance;
    }
  });
});

describe('a map of bounded size', () => {
  it('forgets what was set longest ago', () => {
    const rows = new Recent<number, string>(64);
    for (let width = 1; width <= 64; width++) rows.set(width, 'gemm');
    rows.set(1, 'direct');
    assert.equal(rows.set(65, 'gemm'), 'gemm');
    const known = Array.from({ length: 66 }, (_, width) => rows.get(width + 1));
    assert.deepEqual(known, ['direct', undefined, ...Array(63).fill('gemm'), undefined]);
    rows.delete(1);
    assert.equal(rows.get(1), undefined);
  });
});
