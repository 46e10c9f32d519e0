// Direct sums of rows compared with sums in order: every kind of block, every length, in float32 and float64, and nothing is written
// outside of the outputs.

import { rows } from '../../assembly/signal/rows';
import { closeUp, stage } from '../../assembly/signal/stage';
import { block, get, integers, put, releaseAll, table, touched } from './memory';

/** A block of integers of type T. */
function numbers<T>(count: i32): usize {
  const whole = integers(count);
  if (sizeof<T>() == 4) return whole;
  const wide = block(2 * count);
  for (let i = 0; i < count; i++) store<T>(wide + <usize>i * sizeof<T>(), <T>get(whole, i));
  return wide;
}

function at<T>(address: usize, index: i32): T {
  return load<T>(address + <usize>index * sizeof<T>());
}

/** Computes `count` rows with a kernel of some lines and taps. Returns what is wrong, or an empty string. */
function run<T>(lines: i32, taps: i32, length: i32, count: i32, group: i32, paired: bool): string {
  const size = <i32>sizeof<T>();
  const pitch = length + taps * group + 3;
  // vectors may be read past the last number
  const signal = numbers<T>((lines + count) * pitch + 4);
  const weights = numbers<T>(lines * taps);
  const out = block((count * length * size) / 4);
  const groups = table([lines, taps, 0, 0]);
  const levels = table([count, pitch * size, 0, length * size]);
  rows<T>(
    levels,
    1,
    paired,
    groups,
    groups + 16,
    pitch * size,
    taps * size,
    group * size,
    weights,
    signal,
    out,
    length * size,
  );
  for (let y = 0; y < count; y++)
    for (let x = 0; x < length; x++) {
      let sum: T = 0;
      for (let line = 0; line < lines; line++)
        for (let tap = 0; tap < taps; tap++)
          sum += at<T>(weights, line * taps + tap) * at<T>(signal, (y + line) * pitch + x + tap * group);
      if (at<T>(out, y * length + x) != sum)
        return `${lines} lines, ${taps} taps, group ${group}, length ${length}: row ${y}, output ${x}`;
    }
  return releaseAll() ? '' : `written beside, ${taps} taps, length ${length}`;
}

function all<T>(lines: i32, count: i32, group: i32, paired: bool): string {
  const tapCounts = [1, 2, 3, 7, 8, 9, 16, 21, 40];
  for (let t = 0; t < tapCounts.length; t++)
    for (let length = 1; length < 75; length += length < 40 ? 1 : 7) {
      const wrong = run<T>(lines, tapCounts[t], length, count, group, paired);
      if (wrong != '') return wrong;
    }
  return '';
}

describe('rows', () => {
  it('of neighbouring taps are sums', () => {
    expect(all<f32>(1, 1, 1, false)).toBe('');
    expect(all<f64>(1, 1, 1, false)).toBe('');
  });

  it('of taps that lie apart are sums', () => {
    expect(all<f32>(1, 2, 3, false)).toBe('');
    expect(all<f64>(2, 2, 5, false)).toBe('');
  });

  it('of several lines are sums, one by one and in pairs', () => {
    expect(all<f32>(3, 3, 1, false)).toBe('');
    expect(all<f32>(3, 3, 1, true)).toBe('');
    expect(all<f32>(2, 4, 3, true)).toBe('');
    expect(all<f64>(4, 5, 1, true)).toBe('');
  });
});

describe('stage', () => {
  it('copies runs, backwards and apart, and constants', () => {
    const source = integers(40);
    // two levels of lines, a row of four runs
    const levels = table([3, 40, 1, -1, 0, 4, 2, 5, 1, -1, 2, 1, 9, 4, -2, 0, 2, 3]);
    const to = block(39);
    stage<f32>(levels, 1, source, to, 1, 7);
    const places = [2, 3, 4, 5, 6, -1, -1, 9, 7, 5, 3, 0, 3];
    const lines = [1, -1, 0];
    for (let line = 0; line < 3; line++)
      for (let i = 0; i < 13; i++) {
        const outside = lines[line] < 0 || places[i] < 0;
        const want: f32 = outside ? 7 : get(source, 10 * lines[line] + places[i]);
        expect(get(to, 13 * line + i)).toBe(want);
      }
    expect(releaseAll()).toBe(true);
  });

  it('copies groups', () => {
    const source = integers(40);
    const levels = table([2, 3, 2, -1, 0, 1, 1]);
    const to = block(9);
    stage<f32>(levels, 0, source, to, 3, 0);
    const elements = [3, 2, 0];
    for (let i = 0; i < 9; i++) expect(get(to, i)).toBe(get(source, 3 * elements[i / 3] + (i % 3)));
    expect(releaseAll()).toBe(true);
  });

  it('moves lines next to each other, of any length', () => {
    for (let length = 1; length < 40; length++) {
      const address = block(3 * 2 * 50);
      for (let i = 0; i < 300; i++) put(address, i, <f32>i);
      closeUp(address, 2, 3, 150 * 4, 50 * 4, length * 4);
      for (let line = 0; line < 6; line++)
        for (let i = 0; i < length; i++) {
          const want = 50 * line + i;
          expect(get(address, line * length + i)).toBe(<f32>want);
        }
      expect(touched(address, 300)).toBe(300);
      expect(releaseAll()).toBe(true);
    }
  });
});
