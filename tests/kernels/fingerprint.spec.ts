// The fingerprint depends on every number, and not on the pieces in which it is computed; any number that is not finite is found.

import { fingerprint, finite } from '../../assembly/weights/fingerprint';
import { below, block, integers, releaseAll } from './memory';

/** Words of a fingerprint. */
const WORDS: i32 = 32;

/** Computes the fingerprint in pieces of a given length, and writes it to `print`. */
function take(print: usize, data: usize, count: i32, piece: i32): void {
  for (let word = 0; word < WORDS; word++) store<i32>(print + ((<usize>word) << 2), count);
  for (let at = 0; at < count; at += piece)
    fingerprint(print, data + ((<usize>at) << 2), min(piece, count - at));
}

function isSame(one: usize, other: usize): bool {
  return memory.compare(one, other, WORDS << 2) == 0;
}

/** All counts up to this are tested: without a full step of all chains, with some, and with every remainder. */
const COUNTS = 110;

describe('fingerprint', () => {
  it('is the same for the same numbers, wherever they are and in whatever pieces they come', () => {
    for (let count = 0; count <= COUNTS; count++) {
      const print = block(WORDS);
      const other = block(WORDS);
      const data = integers(count);
      const copy = block(count);
      memory.copy(copy, data, (<usize>count) << 2);
      take(print, data, count, 1000);
      for (let piece = 32; piece <= 128; piece += 32) {
        take(other, copy, count, piece);
        expect(isSame(print, other)).toBe(true, `${count} numbers in pieces of ${piece}`);
      }
      expect(releaseAll()).toBe(true);
    }
  });

  it('changes with any bit of any number', () => {
    for (let count = 1; count <= COUNTS; count++) {
      const print = block(WORDS);
      const other = block(WORDS);
      const data = integers(count);
      take(print, data, count, 64);
      for (let i = 0; i < count; i++) {
        const at = data + ((<usize>i) << 2);
        const number = load<i32>(at);
        store<i32>(at, number ^ (1 << below(32)));
        take(other, data, count, 64);
        expect(isSame(print, other)).toBe(false, `number ${i} of ${count}`);
        store<i32>(at, number);
      }
      expect(releaseAll()).toBe(true);
    }
  });

  it('changes when numbers change places', () => {
    for (let count = 2; count <= COUNTS; count++) {
      const print = block(WORDS);
      const other = block(WORDS);
      const data = block(count);
      for (let i = 0; i < count; i++) store<f32>(data + ((<usize>i) << 2), <f32>i);
      take(print, data, count, 64);
      const i = below(count - 1);
      const j = i + 1 + below(count - 1 - i);
      store<f32>(data + ((<usize>i) << 2), <f32>j);
      store<f32>(data + ((<usize>j) << 2), <f32>i);
      take(other, data, count, 64);
      expect(isSame(print, other)).toBe(false, `${i} and ${j} of ${count}`);
      expect(releaseAll()).toBe(true);
    }
  });

  it('goes on from what was mixed before, so it changes with the order of pieces', () => {
    const print = block(WORDS);
    const other = block(WORDS);
    const data = integers(128);
    take(print, data, 128, 64);
    for (let word = 0; word < WORDS; word++) store<i32>(other + ((<usize>word) << 2), 128);
    fingerprint(other, data + 256, 64);
    fingerprint(other, data, 64);
    expect(isSame(print, other)).toBe(false);
    expect(releaseAll()).toBe(true);
  });
});

describe('finite', () => {
  it('finds any number that is not', () => {
    for (let count = 0; count <= 40; count++) {
      const data = integers(count);
      expect(finite(data, count)).toBe(1, `${count} numbers`);
      for (let i = 0; i < count; i++) {
        const at = data + ((<usize>i) << 2);
        const old = load<f32>(at);
        store<f32>(at, i % 3 == 0 ? NaN : i % 3 == 1 ? Infinity : -Infinity);
        expect(finite(data, count)).toBe(0, `number ${i} of ${count}`);
        store<f32>(at, f32.MAX_VALUE * (i % 2 == 0 ? 1 : -1));
        expect(finite(data, count)).toBe(1, `a large number ${i} of ${count}`);
        store<f32>(at, old);
      }
      expect(releaseAll()).toBe(true);
    }
  });
});
