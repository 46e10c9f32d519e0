// Preparation of numbers before and after a transform, and moving of rows.

import { areFinite, integerSquares, round } from '../../assembly/fft/numbers';
import { spread } from '../../assembly/fft/rows';
import { below, block, get, integers, put, releaseAll } from './memory';

describe('numbers', () => {
  it('are found that are not finite', () => {
    for (let count = 1; count <= 40; count++) {
      const data = integers(count);
      const large = block(2 * count);
      for (let i = 0; i < count; i++) store<f64>(large + ((<usize>i) << 3), f64.MAX_VALUE / 64);
      expect(areFinite(data, count, true)).toBe(true);
      expect(areFinite(large, count, false)).toBe(true);
      const at = below(count);
      const broken = at % 2 == 0 ? NaN : -Infinity;
      put(data, at, <f32>broken);
      store<f64>(large + ((<usize>at) << 3), broken);
      expect(areFinite(data, count, true)).toBe(false, `number ${at} of ${count}`);
      expect(areFinite(large, count, false)).toBe(false, `number ${at} of ${count}`);
      expect(releaseAll()).toBe(true);
    }
  });

  it('whose sum overflows count as not finite', () => {
    const data = block(40);
    for (let i = 0; i < 40; i++) put(data, i, f32.MAX_VALUE);
    expect(areFinite(data, 40, true)).toBe(false);
    expect(releaseAll()).toBe(true);
  });

  it('are summed as squares where they are integers', () => {
    for (let count = 1; count <= 9; count++) {
      const data = integers(count);
      const wide = block(2 * count);
      let sum: f64 = 0;
      for (let i = 0; i < count; i++) {
        sum += <f64>get(data, i) * <f64>get(data, i);
        store<f64>(wide + ((<usize>i) << 3), <f64>get(data, i));
      }
      expect(integerSquares(data, count, true)).toBe(sum);
      expect(integerSquares(wide, count, false)).toBe(sum);
      const at = below(count);
      put(data, at, 0.5);
      store<f64>(wide + ((<usize>at) << 3), 1.25);
      expect(integerSquares(data, count, true)).toBe(Infinity);
      expect(integerSquares(wide, count, false)).toBe(Infinity);
      expect(releaseAll()).toBe(true);
    }
  });

  it('are rounded', () => {
    const data = block(7);
    const wide = block(14);
    for (let i = 0; i < 7; i++) {
      put(data, i, <f32>(i - 3) + 0.25);
      store<f64>(wide + ((<usize>i) << 3), <f64>(i - 3) - 0.25);
    }
    round(data, 7, true);
    round(wide, 7, false);
    for (let i = 0; i < 7; i++) {
      expect(get(data, i)).toBe(<f32>(i - 3));
      expect(load<f64>(wide + ((<usize>i) << 3))).toBe(<f64>(i - 3));
    }
    expect(releaseAll()).toBe(true);
  });
});

describe('spread', () => {
  it('moves rows apart, with zeros beside them', () => {
    const rows = 5;
    for (let before = 0; before <= 3; before++) {
      const data = block(rows * 16);
      for (let i = 0; i < rows * 11; i++) put(data, i, <f32>i);
      spread(data, rows, 11 * 4, 10 * 4, 16 * 4, before * 4);
      for (let i = 0; i < rows; i++)
        for (let j = 0; j < 16; j++) {
          const own = j - before;
          const want = own >= 0 && own < 10 ? <f32>(i * 11 + own) : <f32>0;
          expect(get(data, 16 * i + j)).toBe(want, `row ${i}, ${j}`);
        }
      expect(releaseAll()).toBe(true);
    }
  });
});
