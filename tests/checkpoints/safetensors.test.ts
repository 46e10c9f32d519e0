import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  loadSafetensors,
  type SafeTensor,
  safetensorsMetadata,
  saveSafetensors,
} from '#src/checkpoints/safetensors.js';

test('a published checkpoint loads without copying a number', () => {
  const bytes = readFileSync('examples/data/meshnet-gwm.safetensors');
  const tensors = loadSafetensors(bytes);
  assert.equal(Object.keys(tensors).length, 20);
  assert.deepEqual(tensors['4.weight'].shape, [5, 5, 3, 3, 3]);
  for (const { data, shape, dtype } of Object.values(tensors)) {
    assert.equal(dtype, 'F32');
    assert.equal(
      data.length,
      shape.reduce((a, b) => a * b, 1),
    );
    assert.equal(data.buffer, bytes.buffer);
  }
  assert.equal(safetensorsMetadata(bytes).dilation, '1,2,4,8,16,8,4,2,1,1');
});

test('bytes as the reference writer lays them out: widest alignment first, then names; notes; padding to eight', () => {
  const written = saveSafetensors(
    {
      b: { data: Float32Array.of(1, -2), shape: [2, 1] },
      a: { data: Float32Array.of(0.5), shape: [] },
      1: { data: Uint8Array.of(7, 8, 9), shape: [3] },
      long: { data: BigInt64Array.of(-1n), shape: [1] },
      half: { data: Float32Array.of(1), shape: [1], dtype: 'F16' },
    },
    { format: 'pt' },
  );
  const header =
    '{"__metadata__":{"format":"pt"},"long":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},' +
    '"a":{"dtype":"F32","shape":[],"data_offsets":[8,12]},"b":{"dtype":"F32","shape":[2,1],"data_offsets":[12,20]},' +
    '"half":{"dtype":"F16","shape":[1],"data_offsets":[20,22]},"1":{"dtype":"U8","shape":[3],"data_offsets":[22,25]}}';
  const data = Buffer.from(
    'ffffffffffffffff' + '0000003f' + '0000803f' + '000000c0' + '003c' + '070809',
    'hex',
  );
  const padded = header.padEnd(Math.ceil(header.length / 8) * 8);
  const length = Buffer.alloc(8);
  length.writeUInt32LE(padded.length);
  assert.deepEqual(Buffer.from(written), Buffer.concat([length, Buffer.from(padded), data]));
});

test('copied where not aligned, viewed where it is, whatever the byte offset of the file', () => {
  const packed = saveSafetensors({ x: { data: Float32Array.of(1, 2, 3), shape: [3] } });
  for (let offset = 0; offset < 9; offset++) {
    const around = new Uint8Array(packed.length + 16);
    around.set(packed, offset);
    const { x } = loadSafetensors(around.subarray(offset, offset + packed.length));
    assert.deepEqual(x, { data: Float32Array.of(1, 2, 3), shape: [3], dtype: 'F32' });
    assert.equal(x.data.buffer === around.buffer, offset % 4 === 0);
  }
  assert.deepEqual(loadSafetensors(packed.buffer as ArrayBuffer).x.data, Float32Array.of(1, 2, 3));
});

test('names are only names: __proto__, constructor, the empty one', () => {
  const data = Float32Array.of(1);
  const tensors = Object.fromEntries(
    ['__proto__', 'constructor', '', 'toString', '雪 "\\\n'].map((n) => [n, { data, shape: [1] }]),
  );
  const loaded = loadSafetensors(saveSafetensors(tensors));
  assert.equal(Object.getPrototypeOf(loaded), null);
  assert.deepEqual(Object.keys(loaded).sort(), Object.keys(tensors).sort());
  assert.equal(({} as Record<string, unknown>).data, undefined);
});

test('memory shared between threads is read as well', () => {
  const packed = saveSafetensors({ x: { data: Int16Array.of(5), shape: [1] } });
  const shared = new Uint8Array(new SharedArrayBuffer(packed.length));
  shared.set(packed);
  assert.equal(loadSafetensors(shared).x.data[0], 5);
});

test('bits of halves, halves, and strided tensors are written as they are meant', () => {
  const bits = Uint16Array.of(0x3c00, 0xc000);
  const { a, b, c } = loadSafetensors(
    saveSafetensors({
      a: { data: bits, shape: [2], dtype: 'F16' },
      b: { data: bits, shape: [2], dtype: 'BF16' },
      c: { data: bits, shape: [2] },
    }),
  );
  assert.deepEqual([a.dtype, ...a.data], ['F16', 1, -2]);
  assert.deepEqual([b.dtype, ...b.data], ['BF16', 2 ** -7, -2]);
  assert.deepEqual([c.dtype, ...c.data], ['U16', 0x3c00, 0xc000]);

  // a Float16Array, or what stands for one where there is none
  const Half = (globalThis as { Float16Array?: typeof Float32Array }).Float16Array;
  if (Half) {
    const data = Half.of(1, -2, 0.1) as unknown as Float32Array;
    assert.deepEqual(loadSafetensors(saveSafetensors({ x: { data, shape: [3] } })).x, {
      data: Float32Array.of(1, -2, data[2]),
      shape: [3],
      dtype: 'F16',
    });
  }

  const clamped = { data: Uint8ClampedArray.of(1, 255), shape: [2] };
  assert.deepEqual(loadSafetensors(saveSafetensors({ clamped } as never)).clamped, {
    data: Uint8Array.of(1, 255),
    shape: [2],
    dtype: 'U8',
  });

  const view = { data: BigInt64Array.of(1n, 2n, 3n, 4n, 5n, 6n), shape: [2, 3], stride: [1, 2], offset: 0 };
  assert.deepEqual(loadSafetensors(saveSafetensors({ view })).view, {
    data: BigInt64Array.of(1n, 3n, 5n, 2n, 4n, 6n),
    shape: [2, 3],
    dtype: 'I64',
  });
});

test('the writer refuses what it could not write truly', () => {
  const data = Float32Array.of(1, 2);
  const save = (tensor: unknown, name = 'w') => saveSafetensors({ [name]: tensor as SafeTensor });
  const cases: [() => unknown, RegExp, ErrorConstructor][] = [
    [() => save({ data, shape: [3] }), /'w' has the shape \[3\], but 2 elements/, RangeError],
    [() => save({ data, shape: [0.5, 4] }), /'w' has the shape \[0.5, 4\]/, RangeError],
    [() => save({ data: [1, 2], shape: [2] }), /'w' must be \{ data, shape \} with a typed array/, TypeError],
    [() => save({ data }), /'w' must be/, TypeError],
    [() => save(3), /'w' must be .* got 3/, TypeError],
    [() => save({ data, shape: [2], dtype: 'F64' }), /'w' cannot be saved as 'F64' from F32 data/, TypeError],
    [() => save({ data: Int8Array.of(1), shape: [1], dtype: 'F16' }), /'F16' from I8/, TypeError],
    [() => save({ data, shape: [2] }, '__metadata__'), /__metadata__/, RangeError],
    [() => save({ data, shape: [2] }, 'x\ud800'), /not valid Unicode/, RangeError],
    [
      () => saveSafetensors({}, { a: 1 } as unknown as Record<string, string>),
      /__metadata__ 'a' must be a string/,
      TypeError,
    ],
    [() => saveSafetensors(null as never), /object of tensors, got null/, TypeError],
    // would be files without tensors or notes
    [
      () => saveSafetensors(new Map([['a', data]]) as never),
      /object of tensors, got an object of class Map/,
      TypeError,
    ],
    [
      () => saveSafetensors(Promise.resolve({}) as never),
      /object of tensors, got an object of class Promise/,
      TypeError,
    ],
    [
      () => saveSafetensors(new (class Net {})() as never),
      /object of tensors, got an object of class Net/,
      TypeError,
    ],
    [() => saveSafetensors([data] as never), /object of tensors, got \[/, TypeError],
    [
      () => saveSafetensors({}, new Map([['a', 'b']]) as never),
      /__metadata__ must be an object of strings, got an object of class Map/,
      TypeError,
    ],
  ];
  for (const [run, message, kind] of cases) {
    assert.throws(
      run,
      (error: Error) => error instanceof kind && message.test(error.message),
      String(message),
    );
  }
});

const holders = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Float32Array,
  BF16: Float32Array,
  BOOL: Uint8Array,
  U8: Uint8Array,
  I8: Int8Array,
  I16: Int16Array,
  U16: Uint16Array,
  I32: Int32Array,
  U32: Uint32Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
};
const tensorArbitrary = fc
  .tuple(
    fc.constantFrom(...(Object.keys(holders) as (keyof typeof holders)[])),
    fc.array(fc.nat(4), { maxLength: 4 }),
    fc.infiniteStream(fc.nat(255)),
  )
  .map(([dtype, shape, random]): SafeTensor => {
    const Holder = holders[dtype];
    const data = new Holder(shape.reduce((a, b) => a * b, 1));
    const bytes = new Uint8Array(data.buffer).map(() => random.next().value);
    new Uint8Array(data.buffer).set(bytes);
    // Random bits are any float; one that 16 bits hold is made by going through them once.
    if (dtype === 'F16' || dtype === 'BF16')
      return loadSafetensors(saveSafetensors({ x: { data, shape, dtype } })).x;
    return { data, shape, dtype };
  });
const tensorsArbitrary = fc.dictionary(
  fc.string({ unit: 'grapheme' }).filter((name) => name !== '__metadata__'),
  tensorArbitrary,
  { maxKeys: 6 },
);

const bitsOf = ({ data }: SafeTensor) =>
  Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex');

test('round trip: every type, shape, name and bit comes back, and saving again gives the same file', () => {
  fc.assert(
    fc.property(tensorsArbitrary, fc.dictionary(fc.string(), fc.string()), (tensors, metadata) => {
      const bytes = saveSafetensors(tensors, metadata);
      const loaded = loadSafetensors(bytes);
      assert.deepEqual(Object.keys(loaded).sort(), Object.keys(tensors).sort());
      for (const [name, tensor] of Object.entries(tensors)) {
        assert.deepEqual([loaded[name].dtype, loaded[name].shape], [tensor.dtype, tensor.shape]);
        assert.equal(loaded[name].data.constructor, tensor.data.constructor);
        assert.equal(bitsOf(loaded[name]), bitsOf(tensor));
      }
      assert.deepEqual({ ...safetensorsMetadata(bytes) }, { ...metadata });
      assert.deepEqual(saveSafetensors(loaded, metadata), bytes);
    }),
    { numRuns: 300 },
  );
});
