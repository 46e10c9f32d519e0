// The text that the library carries its module as.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode, encode } from '#src/engine/spelling.js';

const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);

test('every byte is spelt in one way and read back', () => {
  const words = [...all].map((byte) => encode(Uint8Array.of(byte)));
  assert.equal(new Set(words).size, 256);
  assert.equal(encode(all), words.join(''));
  assert.deepEqual(decode(encode(all)), all);
  // every byte behind every other
  const pairs = Uint8Array.from({ length: 2 * 256 * 256 }, (_, i) => (i % 2 === 0 ? i >> 9 : i >> 1));
  assert.deepEqual(decode(encode(pairs)), pairs);
});

test('a vector prefix and a small byte take one letter, others two', () => {
  const letters = [...all].map((byte) => encode(Uint8Array.of(byte)).length);
  assert.deepEqual(
    letters,
    [...all].map((byte) => (byte >= 253 || byte <= 85 ? 1 : 2)),
  );
});

test('the text stands between double quotes as it is', () => {
  assert.match(encode(all), /^[#-[\]-~]+$/);
  assert.equal(JSON.stringify(encode(all)), `"${encode(all)}"`);
});
