import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  loadSafetensors,
  type SafeTensor,
  safetensorsMetadata,
  saveSafetensors,
} from '#src/checkpoints/safetensors.js';

/** A file from a header (text, bytes or an object) and its data. */
function file(header: unknown, data: number | Uint8Array = 0, length?: number): Uint8Array {
  const text =
    header instanceof Uint8Array ? header : typeof header === 'string' ? header : JSON.stringify(header);
  const bytes = Buffer.from(text as string);
  const start = Buffer.alloc(8);
  start.writeBigUInt64LE(BigInt(length ?? bytes.length));
  return new Uint8Array(Buffer.concat([start, bytes, typeof data === 'number' ? Buffer.alloc(data) : data]));
}

const f32 = (shape: unknown, offsets: unknown) => ({ dtype: 'F32', shape, data_offsets: offsets });

function refuses(bytes: Uint8Array, message: RegExp): void {
  assert.throws(
    () => loadSafetensors(bytes),
    (error: Error) => {
      assert.ok(error instanceof RangeError, String(error));
      assert.match(error.message, message);
      return true;
    },
  );
  assert.throws(() => safetensorsMetadata(bytes), RangeError);
}

const F32_4 = f32([1], [0, 4]);
const huge = 2 ** 53;
const lies: [string, Uint8Array, RegExp][] = [
  ['nothing', new Uint8Array(0), /0 bytes is too short/],
  ['seven bytes', new Uint8Array(7), /7 bytes is too short/],
  ['no header', new Uint8Array(8), /must begin with '\{'/],
  ['header beyond the file', file({}, 0, 3), /header of 3 bytes does not fit a file of 10 bytes/],
  [
    'header beyond 100 MB',
    file({}, 0, 100_000_001),
    /100000001 bytes is longer than the allowed 100000000; is this a safetensors file/,
  ],
  ['header of 2^64 - 1 bytes', file({}, 0).fill(255, 0, 8), /1844674407370955\d+ bytes is longer/],
  ['not an object', file('[]'), /must begin with '\{', got 91/],
  ['a byte order mark', file('\uFEFF{}'), /must begin with '\{', got 239/],
  ['invalid UTF-8', file(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d])), /not valid UTF-8/],
  ['invalid JSON', file('{"a":}'), /not valid JSON/],
  ['text behind the JSON', file('{} x'), /not valid JSON/],
  [
    'a dtype that does not name its bits',
    file({ w: { ...F32_4, dtype: 'FLOAT' } }, 4),
    /'w' has the dtype 'FLOAT', which is none of BOOL.*, nor named like them/,
  ],
  ['a dtype in a list', file({ w: { ...F32_4, dtype: ['F32'] } }, 4), /'w' has the dtype \['F32'\]/],
  [
    'a size that does not suit a type without an array',
    file({ w: { ...F32_4, dtype: 'F8_E4M3' } }, 4),
    /'w' of dtype F8_E4M3 and shape \[1\] takes 1 bytes, its data_offsets \[0, 4\] hold 4/,
  ],
  [
    'half a byte',
    file({ w: { ...f32([1], [0, 1]), dtype: 'F4' } }, 1),
    /'w' of dtype F4 and shape \[1\] takes 0.5 bytes/,
  ],
  ['dtype of a prototype', file({ w: { ...F32_4, dtype: 'constructor' } }, 4), /dtype 'constructor'/],
  ['no dtype', file({ w: { shape: [1], data_offsets: [0, 4] } }, 4), /'w' has the dtype undefined/],
  ['a number for a tensor', file({ w: 3 }), /'w' must be an object, got 3/],
  ['null for a tensor', file({ w: null }), /'w' must be an object, got null/],
  ['no shape', file({ w: f32(undefined, [0, 4]) }, 4), /'w' has the shape undefined/],
  ['negative size', file({ w: f32([-1], [0, 4]) }, 4), /'w' has the shape \[-1\]/],
  ['minus zero', file('{"w":{"dtype":"F32","shape":[-0],"data_offsets":[0,0]}}'), /'w' has the shape/],
  ['fractional size', file({ w: f32([0.5, 2], [0, 4]) }, 4), /'w' has the shape \[0.5, 2\]/],
  ['text for a size', file({ w: f32(['1'], [0, 4]) }, 4), /'w' has the shape \['1'\]/],
  [
    'size beyond exact integers',
    file({ w: f32([huge], [0, 4]) }, 4),
    /'w' has the shape \[9007199254740992\]/,
  ],
  [
    'infinite size',
    file('{"w":{"dtype":"F32","shape":[1e999],"data_offsets":[0,4]}}', 4),
    /shape \[Infinity\]/,
  ],
  ['product beyond exact integers', file({ w: f32([2 ** 40, 2 ** 40], [0, 4]) }, 4), /'w' has the shape/],
  ['false huge size', file({ w: f32([2 ** 50], [0, 4]) }, 4), /takes 4503599627370496 bytes, .* hold 4/],
  [
    'one byte too few',
    file({ w: f32([1], [0, 3]) }, 3),
    /F32 and shape \[1\] takes 4 bytes, its data_offsets \[0, 3\] hold 3/,
  ],
  ['one byte too many', file({ w: f32([1], [0, 5]) }, 5), /takes 4 bytes, its data_offsets \[0, 5\] hold 5/],
  ['one offset', file({ w: f32([1], [4]) }, 4), /'w' has the data_offsets \[4\]/],
  ['fractional offset', file({ w: f32([1], [0.5, 4.5]) }, 8), /data_offsets \[0.5, 4.5\]/],
  ['negative offset', file({ w: f32([1], [-4, 0]) }, 4), /data_offsets \[-4, 0\]/],
  ['offsets in reverse', file({ w: f32([1], [4, 0]) }, 4), /data_offsets \[4, 0\], outside/],
  [
    'offsets beyond the data',
    file({ w: f32([2], [0, 8]) }, 4),
    /data_offsets \[0, 8\], outside the file's 4 bytes/,
  ],
  [
    'overlap',
    file({ a: f32([2], [0, 8]), b: f32([2], [4, 12]) }, 12),
    /'b' .* overlaps the one before, which ends at 8/,
  ],
  ['the same bytes twice', file({ a: F32_4, b: F32_4 }, 4), /'b' .* overlaps/],
  ['hole at the start', file({ a: f32([1], [4, 8]) }, 8), /'a' .* leaves a hole behind 0/],
  ['hole between', file({ a: F32_4, b: f32([1], [8, 12]) }, 12), /'b' .* leaves a hole behind 4/],
  ['bytes behind the last', file({ a: F32_4 }, 5), /end at byte 4 of the data, the file has 5/],
  ['an open string', file('{"a'), /not valid JSON/],
  ['a broken escape in a name', file('{"\\q":1}'), /not valid JSON/],
  ['brackets that do not match', file('{"a":1]}"b":2'), /not valid JSON/],
  ['deep nesting', file(`{"a":${'['.repeat(50)}${']'.repeat(50)}}`), /nests deeper than 16 levels/],
  ['the same name twice', file('{"a":{},"a":{}}'), /the name 'a' twice/],
  ['the same name in two spellings', file('{"a":1,"\\u0061" :2}'), /the name 'a' twice/],
  [
    'a field twice',
    file('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"shape":[1]}}', 4),
    /the name 'shape' twice/,
  ],
  ['a note twice', file('{"__metadata__":{"x":"1","x":"2"}}'), /the name 'x' twice/],
  [
    'notes that are no object',
    file({ __metadata__: ['x'] }),
    /__metadata__ must be an object of strings, got \['x'\]/,
  ],
  [
    'a note that is no text',
    file({ __metadata__: { epoch: 3 } }),
    /__metadata__ 'epoch' must be a string, got 3/,
  ],
];
for (const [name, bytes, message] of lies) test(`refused: ${name}`, () => refuses(bytes, message));

test('what looks like a lie but is none', () => {
  const braces =
    '{"a,\\"{":{"shape":[0,9007199254740991,3],"dtype":"I64","data_offsets":[0,0],"more":["shape","shape"]}}   ';
  assert.deepEqual(loadSafetensors(file(braces))['a,"{'].shape, [0, 9007199254740991, 3]);
  assert.deepEqual(Object.keys(loadSafetensors(file('{}'))), []);
  assert.equal(
    Object.keys(loadSafetensors(file({ a: F32_4, e: f32([0], [4, 4]), b: f32([1], [4, 8]) }, 8))).length,
    3,
  );
});

test('a PyTorch pickle is refused with the way to convert it', () => {
  const zip = Buffer.from('504b03040000080800000000000000000000', 'hex');
  const legacy = Buffer.from('80028a0a6cfc9c46f9206aa85019', 'hex');
  for (const bytes of [zip, legacy, zip.subarray(0, 4), legacy.subarray(0, 2)]) {
    refuses(
      bytes,
      /PyTorch pickle.*\n.*import torch.*\n.*torch\.load\(.*weights_only=True\).*\['state_dict'\].*\n.*save_file\(/,
    );
  }
});

test('a file that is text is refused by its kind', () => {
  for (const [text, message] of [
    ['<!doctype html><html lang="en"><title>Sign in…', /this is an HTML page/],
    ['\n\n  <html>', /this is an HTML page/],
    ['\uFEFF<?xml version="1.0"?><Error><Code>AccessDenied', /this is an HTML page/],
    ['version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n', /git LFS.*git lfs pull/],
    [
      '{"metadata":{"total_size":8},"weight_map":{"a":"b"}}',
      /this is JSON.*index\.json.*files that it names/,
    ],
    ['{\n  "metadata": {}\n}', /this is JSON/],
    ['Entry not found', /this is text: 'Entry not found'/],
    ['Invalid username or password.', /this is text: 'Invalid username/],
  ] as const)
    refuses(Buffer.from(text), message);
});

test('a header whose length looks like text is a header', () => {
  // '{' is 123: a header of so many bytes begins as JSON does
  const header = JSON.stringify({ a: F32_4 }).padEnd(123);
  assert.deepEqual(Object.keys(loadSafetensors(file(header, 4))), ['a']);
});

test('notes that are null are none, as for the reference', () => {
  const bytes = file({ __metadata__: null, a: F32_4 }, 4);
  assert.deepEqual(Object.keys(loadSafetensors(bytes)), ['a']);
  assert.deepEqual({ ...safetensorsMetadata(bytes) }, {});
});

test('a type without an array does not bar the file: its tensor stays bytes, which are saved as they are', () => {
  const foreign: [string, number[], number][] = [
    ['F4', [3, 2], 3],
    ['F6_E2M3', [4], 3],
    ['F6_E3M2', [4], 3],
    ['F8_E5M2', [2], 2],
    ['F8_E4M3', [0], 0],
    ['F8_E8M0', [3], 3],
    ['F8_E4M3FNUZ', [2, 1], 2],
    ['F8_E5M2FNUZ', [1], 1],
    ['C64', [1, 2], 16],
  ];
  for (const [dtype, shape, length] of foreign) {
    const data = Buffer.from([...Array(4 + length).keys()]);
    const header = {
      a: F32_4,
      scaled: { dtype, shape, data_offsets: [4, 4 + length] },
    };
    const tensors = loadSafetensors(file(header, data));
    assert.deepEqual(tensors.a.data, new Float32Array(Uint8Array.of(0, 1, 2, 3).buffer), dtype);
    const bytes = Uint8Array.from(data.subarray(4));
    assert.deepEqual(tensors.scaled, { data: bytes, shape, dtype });
    assert.deepEqual({ ...loadSafetensors(saveSafetensors(tensors)) }, { ...tensors }, dtype);
  }
  assert.throws(
    () => saveSafetensors({ w: { data: new Uint8Array(3), shape: [2], dtype: 'F8_E4M3' } }),
    /'w' has the shape \[2\], but 3 elements/,
  );
  for (const dtype of ['F8', 'C64'])
    assert.throws(
      () => saveSafetensors({ w: { data: new Float32Array(2), shape: [1], dtype } }),
      new RegExp(`'w' cannot be saved as '${dtype}' from F32 data`),
    );
});

test('what is no file is a TypeError', () => {
  for (const wrong of [
    undefined,
    null,
    'model.safetensors',
    8,
    [1],
    new Float32Array(4),
    new DataView(new ArrayBuffer(8)),
    {},
  ]) {
    assert.throws(
      () => loadSafetensors(wrong as Uint8Array),
      /^TypeError: safetensors: expected the file as/,
    );
  }
});

const sample = {
  a: { data: Float32Array.of(1, 2, 3), shape: [3] },
  b: { data: Uint8Array.of(1), shape: [] },
  c: { data: Float32Array.of(4, 5), shape: [2, 1], dtype: 'BF16' },
  d: { data: BigInt64Array.of(6n), shape: [1, 1] },
};

test('cut off at any byte, a file is refused', () => {
  const bytes = saveSafetensors(sample, { note: 'x' });
  for (let length = 0; length < bytes.length; length++) {
    assert.throws(
      () => loadSafetensors(bytes.subarray(0, length)),
      RangeError,
      `${length} of ${bytes.length} bytes`,
    );
  }
});

/** Loads a file that lies in the middle of other bytes; what it gives must come from within, or be refused. */
function staysInside(bytes: Uint8Array): void {
  const margin = 64;
  const around = new Uint8Array(bytes.length + 2 * margin).fill(0xa5);
  around.set(bytes, margin);
  let tensors: Record<string, SafeTensor>;
  try {
    tensors = loadSafetensors(around.subarray(margin, margin + bytes.length));
  } catch (error) {
    assert.ok(error instanceof RangeError && error.message.startsWith('safetensors: '), String(error));
    return;
  }
  let total = 0;
  for (const { data, dtype } of Object.values(tensors)) {
    total += dtype === 'F16' || dtype === 'BF16' ? data.byteLength / 2 : data.byteLength;
    if (data.buffer !== around.buffer) continue;
    assert.ok(data.byteOffset >= margin && data.byteOffset + data.byteLength <= margin + bytes.length);
  }
  assert.ok(total <= bytes.length - 8);
}

test('a file with any bytes changed is refused or stays within its bytes', () => {
  const change = fc.tuple(
    fc.nat(),
    fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('0123456789-.eE"{}[],:'))),
  );
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const bytes = saveSafetensors(sample, { note: 'x' });
      const headerEnd = 8 + bytes[0] + 256 * bytes[1];
      for (const [place, value] of changes) bytes[place % headerEnd] = value;
      staysInside(bytes);
    }),
    { numRuns: 2000 },
  );
});

test('any bytes at all, and any JSON as the header, are refused or stay within their bytes', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), staysInside), { numRuns: 500 });
  const number = fc.oneof(fc.integer({ min: -2, max: 20 }), fc.double(), fc.maxSafeInteger());
  const tensor = fc.record(
    {
      dtype: fc.oneof(fc.constantFrom('F32', 'F16', 'U8', 'BOOL', 'I64'), fc.string()),
      shape: fc.oneof(fc.array(number), fc.jsonValue()),
      data_offsets: fc.oneof(fc.tuple(number, number), fc.jsonValue()),
    },
    { requiredKeys: [] },
  );
  const header = fc.dictionary(fc.string(), fc.oneof(tensor, fc.jsonValue()));
  fc.assert(
    fc.property(header, fc.nat(40), (json, length) => staysInside(file(json, length))),
    { numRuns: 1000 },
  );
});

test('no memory in proportion to a false number', () => {
  const before = process.memoryUsage().arrayBuffers;
  for (const size of [2 ** 30, 2 ** 40, 2 ** 50]) {
    refuses(file({ w: f32([size], [0, size * 4]) }, 4), /data_offsets/);
    refuses(file({ w: f32([size], [0, 4]) }, 4), /takes/);
    refuses(file('{}', 0, size), /header of/);
  }
  assert.ok(process.memoryUsage().arrayBuffers - before < 1e6);
});
