// An engine whose memory may not grow beyond 8 MB: what does not fit is refused by bytes and problem line.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Conv1d, Conv2d, functional, init, memoryUsage, settings, tensor } from 'convnd';
import { assertSame } from './compare.js';
import { integers } from './numbers.js';
import { reference } from './reference.js';

// Equal to the last bit: sums as they are defined.
settings.winograd = 'never';

const pages = 128;

/** The module with a maximum in its memory section: `05 size 01 00 minimum` becomes `05 size+2 01 01 minimum maximum`. */
function limited(bytes: Uint8Array): WebAssembly.Module {
  let at = 8;
  while (bytes[at] !== 5) {
    let size = 0;
    let shift = 0;
    let next = at + 1;
    do size |= (bytes[next] & 0x7f) << (7 * shift++);
    while (bytes[next++] & 0x80);
    at = next + size;
  }
  assert.deepEqual([...bytes.subarray(at, at + 4)], [5, 3, 1, 0], 'a small memory section without a maximum');
  const section = [5, 5, 1, 1, bytes[at + 4], (pages & 0x7f) | 0x80, pages >> 7];
  return new WebAssembly.Module(
    Uint8Array.of(...bytes.subarray(0, at), ...section, ...bytes.subarray(at + 5)),
  );
}

await init({ module: limited(readFileSync('dist/convnd.wasm')) });

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
    // packed for tiles of 4x4 outputs these weights take four times their bytes
    const layer = new Conv2d(256, 256, 3, { padding: 1 });
    layer.winograd = 'auto';
    layer.algorithm = 'gemm';
    const x = tensor(integers(256 * 144, 3), [1, 256, 12, 12]);
    const y = layer.forward(x).data;
    refusedByBytes(() => layer.tune([1, 256, 12, 12]), /n1 g1 c256 f256 i12x12 k3x3 p1x1/);
    assertSame(layer.forward(x).data, y, 'afterwards');
    layer.dispose();
  });

  it('keeps what it holds when it is full, and goes on when some is given back', () => {
    const layers: Conv1d[] = [];
    const x = tensor(new Float32Array(500), [500, 1]);
    const fill = (): void => {
      for (;;) {
        const layer = new Conv1d(500, 500, 1);
        layer.forward(x);
        layers.push(layer);
      }
    };
    assert.throws(fill, /\d+ bytes.*c500 f500 i1 k1/);
    assert.ok(layers.length >= 2, `${layers.length} layers of 1 MB`);
    for (const layer of layers) layer.forward(x);
    const held = layers.length;
    for (const layer of layers) layer.dispose();
    layers.length = 0;
    assert.throws(fill, /^RangeError: not enough memory: \d+ bytes/);
    assert.equal(layers.length, held);
    for (const layer of layers) layer.dispose();
  });
});
