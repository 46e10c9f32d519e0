// Tensors in wasm memory: the same bits as plain ones, and safe whatever memory does.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { Conv1d, Conv2d, functional, memoryUsage, ResidentTensor, resident, tensor } from 'convnd';
import { problemLayer } from '../helpers/build.js';
import { assertSame } from '../helpers/compare.js';
import { parseLine } from '../helpers/lines.js';
import { integers, reals } from '../helpers/numbers.js';
import { label, refused } from '../helpers/refusal.js';
import { rows, takes } from '../helpers/takes.js';
import { inputShape, outputShape, product } from '../reference/reference.js';

const lines = [
  'n1 g1 c1 f1 i1 k1',
  'n2 g1 c3 f5 i37 k4 s2 p2',
  'n1 g1 c3 f4 i9 k3',
  'n2 g1 c40 f30 i7x7 k1x1',
  'n1 g5 c5 f5 i9x11 k3x3 p1x1',
  'n2 g6 c6 f6 i8x8 k3x3 s2x2 p1x1',
  'n1 g4 c4 f4 i16x16 k3x3',
  'n2 g3 c3 f6 i10x9 k5x5 p2x2 circular',
  'n2 g3 c3 f6 i300 k3 p2 reflect',
  'n3 g1 c16 f17 i12x13 k3x3 p1x1',
  'n1 g1 c3 f4 i14x15 k3x3 p1x1 reflect',
  'n1 g2 c6 f4 i3x4x9 k2x3x2 p1x1x1 replicate',
  'T n1 g1 c4 f6 i5x6 k4x4 s2x2 p1x1',
  'T n2 g2 c4 f6 i20 k3 s1 p1',
  'T n1 g1 c2 f3 i3x5 k2x2 s3x4 o2x1',
  // a few maps at a time where they are copied
  'n2 g41 c41 f82 i50x60 k3x3 p1x1',
  'n1 g23 c23 f23 i3001 k5 p3 d2',
  // in several blocks
  'n9 g1 c2 f1 i700x701 k1x2',
  'n1 g1 c1 f1 i10x500000 k3x1 p2x0 d2x1',
  'n1 g1 c1 f2 i4000003 k2 p1',
  'n1 g2 c2 f2 i3000x1001 k3x2 p6x2 d6x2 circular',
  'T n1 g1 c1 f1 i1500x1600 k2x3 s2x2 d3x1',
  'T n1 g1 c1 f2 i900001 k4 s3 p2',
];

/** Makes the memory grow, so that all views of it are detached. */
function grow(): void {
  const { total } = memoryUsage();
  while (memoryUsage().total === total) {
    using more = resident({ shape: [1 + total / 4] });
    assert.equal(more.data[0], 0);
  }
}

describe('resident tensors', () => {
  // the first test, because memory is small
  it('of another shape are the input of the call that makes memory grow', () => {
    const x = resident({ shape: [1, 4, 700, 700] });
    x.data.fill(1);
    const layer = new Conv1d(4, 2, 1);
    const before = memoryUsage().total;
    const y = layer.forward(tensor(x, [1, 4, 490_000]));
    assert.ok(memoryUsage().total > before, 'did not grow');
    assertSame(
      y.data.slice(0, 2),
      layer.forward(tensor(new Float32Array(8).fill(1), [1, 4, 2])).data.slice(0, 2),
      'y',
    );
    x.dispose();
  });

  for (const line of lines) {
    it(`give the same bits: ${line}`, () => {
      const p = parseLine(line);
      const layer = problemLayer(p, true);
      const plain = tensor(reals(product(inputShape(p)), 1), inputShape(p));
      using x = resident(plain);
      using out = resident({ shape: outputShape(p) });
      for (const name of rows) {
        layer.algorithm = name;
        if (!takes(layer, plain.shape)) continue;
        const text = `${name ?? 'chosen'}: ${line}`;
        const y = layer.forward(plain).data;
        assertSame(layer.forward(x).data, y, `${text}, x resident`);
        for (const input of [x, plain]) {
          out.data.fill(Number.NaN);
          assert.equal(layer.forward(input, { out }), out);
          assertSame(out.data, y, `${text}, ${input === x ? 'both' : 'out'} resident`);
        }
        assertSame(layer.forward(plain).data, y, `${text}, plain again`);
        assertSame(x.data, plain.data, `${text}, the input afterwards`);
      }
      layer.dispose();
    });
  }

  it('side by side are not written over by a neighbour', () => {
    for (const line of lines.slice(0, 14)) {
      const p = parseLine(line);
      const layer = problemLayer(p, true);
      const x = resident(tensor(reals(product(inputShape(p)), 2), inputShape(p)));
      const size = product(outputShape(p));
      const row = Array.from({ length: 3 }, () => resident({ shape: outputShape(p) }));
      for (const each of row) each.data.fill(77);
      layer.forward(x, { out: row[1] });
      for (const each of [row[0], row[2]]) assertSame(each.data, new Float32Array(size).fill(77), line);
      for (const each of [x, ...row]) each.dispose();
    }
  });

  it('are chained, in turn into two', () => {
    const layers = Array.from({ length: 6 }, () => new Conv2d(4, 4, 3, { padding: 1 }));
    const x = tensor(reals(4 * 400, 3), [1, 4, 20, 20]);
    const wanted = layers.reduce((y, layer) => layer.forward(y), x);
    using a = resident(x);
    using b = resident({ shape: [1, 4, 20, 20] });
    const got = layers.reduce<ResidentTensor>(
      (y, layer) => layer.forward(y, { out: y === a ? b : a }) as ResidentTensor,
      a,
    );
    assertSame(got.data, wanted.data, 'chain of six');
  });

  it('keep their numbers when memory grows, and views are made anew', () => {
    const layer = new Conv1d(2, 3, 3);
    const values = tensor(integers(40, 4), [1, 2, 20]);
    using x = resident(values);
    using out = resident({ shape: [1, 3, 18] });
    const y = layer.forward(values).data;
    layer.forward(x, { out });
    const old = x.data;
    grow();
    assert.equal(old.length, 0);
    assertSame(x.data, values.data, 'after growth');
    assertSame(out.data, y, 'after growth');
    assertSame(layer.forward(x, { out }).data, y, 'again');
  });

  it('have views in another shape, which stay valid when memory grows', () => {
    const layer = new Conv1d(6, 3, 3, { padding: 1 });
    const values = tensor(integers(80, 4), [1, 8, 2, 5]);
    const x = resident(values);
    const flat = tensor(x, [8, -1]);
    const part = tensor(x.channels(1, 6), [1, 6, 10]);
    const y = layer.forward(tensor(values.data.slice(10, 70), [1, 6, 10])).data;
    grow();
    assert.deepEqual(flat.shape, [8, 10]);
    assertSame(flat.data, values.data, 'after growth');
    assertSame(layer.forward(part).data, y, 'the input of a layer');
    // memory is the same, so overlaps are noticed
    const deep = new Conv1d(6, 6, 3, { padding: 1 });
    const z = deep.forward(part).data;
    refused(
      () => deep.forward(part, { out: tensor(x.channels(0, 6), [1, 6, 10]) }),
      /^out: shares/,
      'overlap',
    );
    assertSame(deep.forward(part, { out: tensor(part, [1, 6, 10]) }).data, z, 'in place');
    assertSame(x.data.slice(10, 70), z, 'the tensor itself');
    // a property of another library's tensor does not count
    const foreign = { data: values.data, shape: values.shape, reshaped: true };
    assertSame(tensor(foreign, [80]).data, values.data, 'foreign');
    refused(() => tensor(x, [7, 10]), /^tensor: shape \[7, 10\] is invalid for data of 80 elements/, 'sizes');
    const pair = resident({ shape: [2, 3, 4] });
    assert.throws(() => tensor(pair.channels(0, 2), [16]), /resident\(channels\) makes a contiguous copy/);
    x.dispose();
    assert.throws(() => flat.data, /disposed/);
    assert.throws(() => layer.forward(part), /disposed/);
  });

  it('are copied into memory that grows for the copy', () => {
    const values = tensor(integers(400_000, 6), [400_000]);
    const copies = [resident(values)];
    const before = memoryUsage().total;
    while (memoryUsage().total === before) copies.push(resident(copies[copies.length - 1]));
    assertSame(copies[copies.length - 1].data, values.data, 'the copy that memory grew for');
    // a view that growth detaches has no numbers to copy
    const view = copies[0].data;
    const after = memoryUsage().total;
    assert.throws(() => {
      while (memoryUsage().total === after || view.length > 0)
        copies.push(resident({ data: view, shape: [400_000] }));
      resident({ data: view, shape: [400_000] });
    }, /detached/);
    for (const copy of copies) copy.dispose();
  });

  it('may be input and output of a call that makes memory grow', () => {
    for (const line of [
      'n1 g1 c3 f2 i900x900 k7x7 p3x3',
      'n1 g1 c8 f8 i300x300 k3x3 p1x1',
      'n1 g1 c2 f2 i2000001 k3 p1',
    ]) {
      const p = parseLine(line);
      const plain = tensor(reals(product(inputShape(p)), 5), inputShape(p));
      using x = resident(plain);
      using out = resident({ shape: outputShape(p) });
      const make = problemLayer(p, true);
      make.forward(x, { out });
      assertSame(out.data, make.forward(plain).data, line);
      make.dispose();
    }
  });

  it('may be copied where memory grows for the copy', () => {
    const kept: ResidentTensor[] = [resident(tensor(reals(1 << 20, 3), [1 << 20]))];
    const { total } = memoryUsage();
    while (memoryUsage().total === total) kept.push(resident(kept[0]));
    assertSame(kept.at(-1)!.data, kept[0].data, 'the last copy');
    for (const each of kept) each.dispose();
  });

  it('may be weights and biases, also in a call that makes memory grow', () => {
    const weight = tensor(reals(8 * 16 * 9, 6), [8, 16, 3, 3]);
    const bias = tensor(reals(8, 7), [8]);
    using w = resident(weight);
    using b = resident(bias);
    for (const size of [5, 60, 400]) {
      const x = tensor(reals(16 * size * size, 8), [16, size, size]);
      using given = resident(x);
      const y = functional.conv2d(given, w, b);
      assertSame(y.data, functional.conv2d(x, weight, bias).data, `functional, ${size}x${size}`);
    }
    const layer = new Conv2d(16, 8, 3);
    layer.loadStateDict({ weight: w, bias: b });
    assertSame(layer.weight.data, weight.data, 'loaded');
    layer.weight = w;
    assertSame(layer.weight.data, weight.data, 'assigned');
  });

  it('are made of every form of tensor, or of a shape: zeros', () => {
    for (const values of [
      tensor([[1, 2, 3]]),
      [[1, 2, 3]],
      { data: new Uint8Array([1, 2, 3]), dims: [1, 3] },
    ]) {
      using x = resident(values);
      assert.deepEqual(x.shape, [1, 3]);
      assertSame(x.data, [1, 2, 3], label(values));
    }
    {
      using used = resident(tensor(reals(300, 9), [300]));
      assert.equal(used.data.length, 300);
    }
    using zeros = resident({ shape: [2, 150] });
    assertSame(zeros.data, new Float32Array(300), 'zeros in used memory');
    for (const shape of [[0], [2, 0, 3], []]) {
      using empty = resident({ shape });
      assert.equal(
        empty.data.length,
        shape.reduce((a, c) => a * c, 1),
      );
    }
    using copy = resident(zeros);
    copy.data[0] = 5;
    assert.equal(zeros.data[0], 0);
    for (const shape of [[1.5], [-1], [3, Number.NaN], ['3'], [2 ** 31, 0]]) {
      const message = `resident: a size must be a whole number from 0 to 2147483647, got shape [${shape.map((size) => (typeof size === 'string' ? `'${size}'` : size)).join(', ')}]`;
      for (const make of [resident, ({ shape }: { shape: number[] }) => new ResidentTensor(shape)])
        assert.throws(() => make({ shape: shape as number[] }), { name: 'RangeError', message });
    }
    for (const shape of ['shape', 3, null, undefined, {}]) {
      const message = /^resident: expected a shape like \[1, 3, 8, 8\], got /;
      for (const make of [resident, ({ shape }: { shape: number[] }) => new ResidentTensor(shape)])
        assert.throws(() => make({ shape: shape as number[] }), { name: 'TypeError', message });
    }
    refused(() => resident({ shape: [100_000, 100_000] }), /40000000000 bytes/, '40 GB');
  });

  it('are not made of a list that may be a shape or numbers', () => {
    assert.throws(() => resident([1, 3, 64, 64]), {
      name: 'TypeError',
      message: /\{ shape: \[1, 3, 64, 64\] \} makes zeros of that shape, tensor\(…\) makes a tensor/,
    });
    assert.deepEqual(resident({ shape: [1, 3, 64, 64] }).shape, [1, 3, 64, 64]);
    assert.deepEqual([...resident(tensor([1, 3])).data], [1, 3]);
    assert.deepEqual([...resident([0.5, -1]).data], [0.5, -1]);
  });

  it('of the wrong shape, disposed of, or used twice in a call are refused', () => {
    const layer = new Conv1d(1, 1, 3, { padding: 1 });
    using x = resident(tensor(integers(20, 10), [1, 20]));
    using narrow = resident({ shape: [1, 19] });
    refused(() => layer.forward(x, { out: narrow }), /^out: /, 'another shape');
    const shifted = tensor(x.data.subarray(0, 19), [1, 19]);
    refused(() => layer.forward(shifted, { out: tensor(x.data.subarray(1), [1, 19]) }), /^out: /, 'shifted');
    const gone = resident({ shape: [1, 20] });
    gone.dispose();
    gone.dispose();
    for (const call of [
      () => gone.data,
      () => gone.address,
      () => layer.forward(gone),
      () => layer.forward(x, { out: gone }),
    ]) {
      assert.throws(call, /disposed/);
    }
    assertSame(layer.forward(x).data, layer.forward(tensor(x.data.slice(), [1, 20])).data, 'afterwards');
  });

  it('have a shape that stays, and is not the array it was given as', () => {
    const shape = [1, 4];
    using x = new ResidentTensor(shape);
    shape[1] = 1_000_000;
    assert.deepEqual(x.shape, [1, 4]);
    assert.throws(() => {
      x.shape[1] = 1_000_000;
    }, TypeError);
    assert.throws(() => Object.assign(x, { shape: [1, 1_000_000] }), TypeError);
    Reflect.deleteProperty(x, 'shape');
    assert.throws(() => Object.defineProperty(x, 'shape', { value: [1, 1_000_000] }), TypeError);
    assert.deepEqual(x.shape, [1, 4]);
    assert.equal(x.data.length, 4);
  });

  it('show their shape, differ by it, and are no options', () => {
    using x = resident({ shape: [1, 4] });
    assert.match(inspect(x), /shape: \[ 1, 4 \]/);
    assert.notDeepStrictEqual(x, resident({ shape: [4, 1] }));
    const layer = new Conv1d(1, 1, 1);
    assert.throws(() => layer.forward(x, x as never), {
      name: 'TypeError',
      message: /unexpected option 'shape'/,
    });
  });

  it('are no zeros where numbers have another name', () => {
    for (const name of ['values', 'fill'])
      assert.throws(() => resident({ shape: [2], [name]: [1, 2] } as never), {
        name: 'TypeError',
        message: `unexpected option '${name}', known are shape [resident]`,
      });
  });

  it('are read back from JSON', () => {
    using x = resident([[1, 2, 3, 0.5]]);
    const text = JSON.stringify({ x, last: tensor(x, [2, 2]) });
    assert.equal(text, '{"x":{"data":[1,2,3,0.5],"shape":[1,4]},"last":{"data":[1,2,3,0.5],"shape":[2,2]}}');
    assert.deepEqual([...resident(JSON.parse(text).x).data], [1, 2, 3, 0.5]);
  });

  it('is copied from another one while memory grows', () => {
    const x = resident(tensor(integers(3_000_000, 1), [3_000_000]));
    for (let copies = 0; copies < 5; copies++) assertSame(resident(x).data, x.data, 'a copy');
  });
});
