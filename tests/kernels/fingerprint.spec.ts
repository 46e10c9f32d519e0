// The fingerprint stays the same for the same numbers and changes with any one of them; any number that is not finite is found.

import { fingerprint, finite } from '../../assembly/weights/fingerprint';
import { below, block, integers, releaseAll } from './memory';

describe('fingerprint', () => {
  it('is the same for the same numbers, wherever they are', () => {
    for (let count = 0; count <= 40; count++) {
      const state = block(4);
      const data = integers(count);
      const copy = block(count);
      memory.copy(copy, data, (<usize>count) << 2);
      fingerprint(state, data, count);
      expect(fingerprint(state, data, count)).toBe(0);
      expect(fingerprint(state, copy, count)).toBe(0);
      expect(releaseAll()).toBe(true);
    }
  });

  it('changes with any bit of any number', () => {
    for (let count = 1; count <= 40; count++) {
      const state = block(4);
      const data = integers(count);
      fingerprint(state, data, count);
      for (let i = 0; i < count; i++) {
        const at = data + ((<usize>i) << 2);
        store<i32>(at, load<i32>(at) ^ (1 << below(32)));
        expect(fingerprint(state, data, count)).toBe(1, `number ${i} of ${count}`);
        expect(fingerprint(state, data, count)).toBe(0, `number ${i} of ${count}, again`);
      }
      expect(releaseAll()).toBe(true);
    }
  });

  it('changes when numbers change places', () => {
    for (let count = 2; count <= 40; count++) {
      const state = block(4);
      const data = block(count);
      for (let i = 0; i < count; i++) store<f32>(data + ((<usize>i) << 2), <f32>i);
      fingerprint(state, data, count);
      const i = below(count - 1);
      const j = i + 1 + below(count - 1 - i);
      store<f32>(data + ((<usize>i) << 2), <f32>j);
      store<f32>(data + ((<usize>j) << 2), <f32>i);
      expect(fingerprint(state, data, count)).toBe(1, `${i} and ${j} of ${count}`);
      expect(releaseAll()).toBe(true);
    }
  });

  it('changes with the count', () => {
    const state = block(4);
    const data = block(16);
    memory.fill(data, 0, 64);
    for (let count = 0; count <= 16; count++) {
      expect(fingerprint(state, data, count)).toBe(1);
    }
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
