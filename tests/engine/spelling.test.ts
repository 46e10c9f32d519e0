// The text that the library carries its module as.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode, encode } from '#src/engine/module-text.js';
import { decodeTwins, encodeTwins } from '#src/engine/twins.js';

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

/** Vector instructions: arithmetic of float32 (224 to 235) and float64 (236 to 247), and what lies around them. */
const arithmetic = Uint8Array.from({ length: 2 * 32 }, (_, i) => (i % 2 === 0 ? 253 : 220 + (i >> 1)));

test('arithmetic of float64 is spelt as that of float32, behind a turn', () => {
  const [single, double] = [0xe4, 0xf0].map((code) => Uint8Array.of(253, code, 1));
  assert.equal(encodeTwins(single), encode(single));
  assert.equal(encodeTwins(double), `!${encode(single)}`);
  assert.equal(encodeTwins(Uint8Array.of(...single, ...double, ...double, ...single)).split('!').length, 3);
});

test('whatever bytes there are, twins are read back', () => {
  const pairs = Uint8Array.from({ length: 2 * 256 * 256 }, (_, i) => (i % 2 === 0 ? i >> 9 : i >> 1));
  const backwards = arithmetic.slice().reverse();
  for (const bytes of [
    all,
    pairs,
    arithmetic,
    backwards,
    Uint8Array.of(),
    Uint8Array.of(0xf0, 253, 253, 0xf0),
  ])
    assert.deepEqual(decodeTwins(encodeTwins(bytes)), bytes);
});
