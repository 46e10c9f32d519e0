// An engine whose memory may not grow beyond 8 MB: what does not fit is refused by bytes and problem line.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Conv1d, Conv2d, functional, memoryUsage, ResidentTensor, resident, settings, tensor } from 'convnd';
import { forwardAsync } from 'convnd/threads';
import { assertSame } from '../helpers/compare.js';
import { integers } from '../helpers/numbers.js';
import { reference } from '../reference/reference.js';

// Equal to the last bit: sums as they are defined.
settings.winograd = 'never';

const pages = 128;

// the memory is made at first use
const { Memory } = WebAssembly;
WebAssembly.Memory = class extends Memory {
  constructor({ initial }: WebAssembly.MemoryDescriptor) {
    super({ initial, maximum: pages });
  }
};

const small = new Conv2d(1, 1, 2, { bias: false });
small.weight = [
  [
    [
      [1, 2],
      [3, 4],
    ],
  ],
];

/** Refused by its bytes and problem line, again and again; no memory is lost by that, and all else works. */
function refusedByBytes(call: () => unknown, line: RegExp): void {
  const held: number[] = [];
  for (let i = 0; i < 4; i++) {
    assert.throws(call, (error: unknown) => {
      assert.ok(error instanceof RangeError, `${error}`);
      assert.match(error.message, /\d+ bytes/);
      assert.match(error.message, line);
      return true;
    });
    assertSame(
      small.forward([
        [
          [1, 1],
          [1, 1],
        ],
      ]).data,
      [10],
      'afterwards',
    );
    held.push(memoryUsage().live);
  }
  assert.deepEqual(held, Array(4).fill(held[0]));
  assert.ok(memoryUsage().total <= pages * 65536);
}

describe('an engine with little memory', () => {
  it('refuses an input that does not fit', () => {
    const layer = new Conv1d(1_000, 3, 3);
    const x = tensor(new Float32Array(3_000_000), [1, 1_000, 3_000]);
    refusedByBytes(() => layer.forward(x), /n1 g1 c1000 f3 i3000 k3/);
  });

  it('refuses weights that do not fit', () => {
    const layer = new Conv1d(1_000, 3_000, 1);
    refusedByBytes(() => layer.forward(tensor(new Float32Array(8_000), [1, 1_000, 8])), /c1000 f3000 i8 k1/);
    const weight = tensor(new Float32Array(3_000_000), [3_000, 1_000, 1]);
    const x = tensor(new Float32Array(1_000), [1_000, 1]);
    refusedByBytes(() => functional.conv1d(x, weight), /c1000 f3000 i1 k1/);
  });

  it('computes what fits, after every refusal', () => {
    const layer = new Conv2d(3, 4, 3);
    const x = tensor(integers(3 * 100 * 100, 1), [1, 3, 100, 100]);
    layer.weight = tensor(integers(108, 2), [4, 3, 3, 3]);
    layer.bias = [1, 2, 3, 4];
    const big = tensor(new Float32Array(3_000_000), [1, 1_000, 3_000]);
    const taps = tensor(new Float32Array(6_000), [3, 1_000, 2]);
    const pair = (value: number): number[] => [value, value];
    const wanted = reference(
      {
        transposed: false,
        batch: 1,
        groups: 1,
        channels: 3,
        filters: 4,
        input: pair(100),
        kernel: pair(3),
        stride: pair(1),
        padding: [
          [0, 0],
          [0, 0],
        ],
        dilation: pair(1),
        outputPadding: pair(0),
        mode: 'zeros',
      },
      x.data,
      layer.weight.data,
      layer.bias!.data,
    );
    for (let i = 0; i < 5; i++) {
      assertSame(layer.forward(x).data, wanted.output, `round ${i}`);
      assert.throws(() => functional.conv1d(big, taps), /^RangeError: not enough memory: \d+ bytes/);
    }
  });

  it("does not take a lack of memory for a row that can't compute this, where layers are tuned", () => {
    // packed for a transform these weights take at least 2.6 times their bytes
    const layer = new Conv2d(320, 320, 3, { padding: 1 });
    layer.winograd = 'auto';
    layer.algorithm = 'gemm';
    const x = tensor(integers(320 * 144, 3), [1, 320, 12, 12]);
    const y = layer.forward(x).data;
    refusedByBytes(() => layer.tune([1, 320, 12, 12]), /n1 g1 c320 f320 i12x12 k3x3 p1x1/);
    assertSame(layer.forward(x).data, y, 'afterwards');
    layer.dispose();
  });

  it('gives packed weights back that were not used for longest, and packs them again', () => {
    const x = tensor(integers(500, 4), [500, 1]);
    const layers = Array.from({ length: 20 }, () => new Conv1d(500, 500, 1));
    const first = layers.map((layer) => layer.forward(x).data);
    for (let round = 0; round < 3; round++)
      for (const [i, layer] of layers.entries())
        assertSame(layer.forward(x).data, first[i], `layer ${i} of 1 MB, round ${round}`);
    assert.ok(
      memoryUsage().live > 4_000_000,
      `${memoryUsage().live} bytes: no more than must be is given back`,
    );
    for (const layer of layers) layer.dispose();
  });

  it('computes 10,000 times with new weights in one synchronous loop, functionals and layers', () => {
    const x = tensor(integers(32 * 4, 5), [1, 32, 2, 2]);
    const options = { padding: 1 };
    const values = new Float32Array(16 * 32 * 9);
    for (let i = 0; i < 10_000; i++) {
      values[4] = i;
      // a new array each time, though not new numbers: allocating these would only make the collector run more often
      const weight = values.subarray();
      const y = functional.conv2d(x, tensor(weight, [16, 32, 3, 3]), null, options).data;
      if (y[0] !== Math.fround(i * x.data[0])) assert.equal(y[0], i * x.data[0], `functional ${i}`);
    }
    for (let i = 0; i < 300; i++) {
      const layer = new Conv2d(32, 16, 3, options);
      layer.bias = Array(16).fill(i);
      assert.ok(Math.abs(layer.forward(x).data[0] - i) < 100, `layer ${i}`);
    }
    assert.ok(memoryUsage().total <= pages * 65536);
  });

  it('computes with weights that fit beside no copy of themselves', () => {
    // 5.4 MB raw, and as many packed
    const layer = new Conv2d(384, 384, 3);
    layer.algorithm = 'gemm';
    const values = integers(384 * 384 * 9, 6);
    layer.weight = tensor(values, [384, 384, 3, 3]);
    layer.bias = Array(384).fill(0);
    const x = tensor(integers(384 * 9, 7), [384, 3, 3]);
    const wanted = Array.from({ length: 384 }, (_, filter) =>
      x.data.reduce((sum, value, i) => sum + value * values[filter * 384 * 9 + i], 0),
    );
    assertSame(layer.forward(x).data, wanted, 'forward');
    layer.dispose();
  });

  it('makes room for resident tensors, and refuses them only where they fill it', () => {
    const x = tensor(integers(500, 8), [500, 1]);
    const layers = Array.from({ length: 5 }, () => new Conv1d(500, 500, 1));
    const first = layers.map((layer) => layer.forward(x).data);
    const made: ResidentTensor[] = [];
    const message =
      /^not enough memory: 1000000 bytes .*; \d+ are in use, and dispose\(\) frees those of resident tensors$/;
    assert.throws(
      () => {
        for (;;) made.push(resident({ shape: [250_000] }));
      },
      { name: 'RangeError', message },
    );
    // one less than fit where small ranges stood between them
    assert.ok(made.length >= 7, `${made.length} of 1 MB`);
    assert.throws(() => layers[0].forward(x), { name: 'RangeError', message: /^not enough memory: / });
    for (const each of made.splice(0, 2)) each.dispose();
    for (const [i, layer] of layers.entries())
      assertSame(layer.forward(x).data, first[i], `layer ${i}, afterwards`);
    for (const each of made) each.dispose();
    for (const layer of layers) layer.dispose();
  });

  it('keeps what a call uses while it makes room for the rest, an exact second computation included', () => {
    const layer = new Conv2d(64, 64, 3, { padding: 1 });
    layer.winograd = 'auto';
    const fill = new Conv1d(1000, 1000, 1);
    const x = tensor(integers(64 * 60 * 60, 9), [1, 64, 60, 60]);
    const y = layer.forward(x).data;
    for (let i = 0; i < 5; i++) {
      fill.forward(tensor(new Float32Array(1000), [1000, 1]));
      assertSame(layer.forward(x).data, y, `round ${i}`);
      const broken = tensor(x.data.slice(), x.shape);
      broken.data[0] = Number.NaN;
      const z = layer.forward(broken).data;
      assert.ok(Number.isNaN(z[0]) && Number.isNaN(z[1]) && !Number.isNaN(z[2]), `round ${i}`);
    }
    layer.dispose();
    fill.dispose();
  });

  it('takes a resident tensor for a weight, though memory grows while it is packed', () => {
    using weight = resident(tensor(integers(64 * 64 * 9, 10), [64, 64, 3, 3]));
    using bias = resident(tensor(integers(64, 11), [64]));
    const x = tensor(integers(64 * 25, 12), [1, 64, 5, 5]);
    const wanted = functional.conv2d(
      x,
      tensor(weight.data.slice(), [64, 64, 3, 3]),
      tensor(bias.data.slice(), [64]),
    ).data;
    assertSame(functional.conv2d(x, weight, bias).data, wanted, 'resident');
    const held = memoryUsage().live;
    for (let i = 0; i < 100; i++) assertSame(functional.conv2d(x, weight, bias).data, wanted, `call ${i}`);
    assert.equal(memoryUsage().live, held);
  });

  it('gives nothing back that a call uses, where another call made its plan again that was forgotten meanwhile', async () => {
    const layer = new Conv2d(16, 16, 3, { padding: 1 });
    layer.winograd = 'auto';
    const x = tensor(integers(16 * 1600, 13), [1, 16, 40, 40]);
    const broken = tensor(x.data.slice(), x.shape);
    broken.data[0] = Number.NaN;
    const wanted = layer.forward(x).data;
    layer.dispose();
    let refusals = 0;
    for (let left = 0; left < 300_000; left += 4096) {
      const before = memoryUsage().live;
      // the layer computes itself what workers did not get finite
      const promise = forwardAsync(layer, broken);
      layer.dispose();
      await promise;
      const { live, scratch } = memoryUsage();
      assert.ok(live <= before, 'what the call took after that is given back when it ends');
      const fill = new ResidentTensor([Math.floor((pages * 65536 - live - scratch - left) / 4)]);
      try {
        assertSame(layer.forward(x).data, wanted, `${left} bytes left`);
      } catch (error) {
        assert.match(`${error}`, /^RangeError: not enough memory/, `${left} bytes left`);
        refusals++;
      }
      fill.dispose();
      layer.dispose();
    }
    assert.ok(refusals > 0 && refusals < 73, `${refusals} refusals`);
  });
});
