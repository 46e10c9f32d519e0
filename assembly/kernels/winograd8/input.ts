// winograd8/input: transforms inputs, B^T d of F(6, 3), F(5, 4) and F(4, 5) along one axis. Four tiles at a time, one per lane.
//
//          -1  0     21/4   0     -21/4   0     1  0
//           0  2     4     -5/2   -5      1/2   1  0
//           0 -2     4      5/2   -5     -1/2   1  0
//   B^T =   0  1     1    -17/4   -17/4   1     1  0
//           0 -1     1     17/4   -17/4  -1     1  0
//           0  1/2   1/4   -5/2   -5/4    2     1  0
//           0 -1/2   1/4    5/2   -5/4   -2     1  0
//           0 -1     0     21/4    0    -21/4   0  1
//
//   d       8 inputs of each channel and tile, at any alignment
//
// Points of opposite sign are pairs: their rows of B^T have the same even part, and odd parts that differ in sign only.

import { gather } from '../../lanes';
import { inputsOf } from '../tile-table';
import { Factor, splat } from './points';

/**
 * B^T d: eight inputs of four tiles to eight elements, for some channels.
 * @param tiles the four tiles in the tile table
 * @param from byte offset from the inputs in the table
 * @param channel bytes between channels
 * @param gap bytes between inputs along the axis
 * @param last byte offset of the last input; less than seven gaps if its result is not read
 * @param to element e is stored at `to + e * step`, those of the next channel `channelStep` bytes further
 */
export function input8(
  tiles: usize,
  from: usize,
  channel: usize,
  gap: usize,
  last: usize,
  to: usize,
  step: usize,
  channelStep: usize,
  channels: i32,
): void {
  let p0 = inputsOf(tiles, 0) + from;
  let p1 = inputsOf(tiles, 1) + from;
  let p2 = inputsOf(tiles, 2) + from;
  let p3 = inputsOf(tiles, 3) + from;
  const quarter = splat(Factor.QUARTER);
  const half = splat(Factor.HALF);
  const fiveQuarters = splat(Factor.FIVE_QUARTERS);
  const fiveHalves = splat(Factor.FIVE_HALVES);
  const four = splat(Factor.FOUR);
  const middle = splat(Factor.MIDDLE);
  const sum = splat(Factor.SUM);
  for (; channels > 0; channels--) {
    let d0: v128;
    let d1: v128;
    let d2: v128;
    let d3: v128;
    let d4: v128;
    let d5: v128;
    let d6: v128;
    let d7: v128;
    if (gap == 4) {
      // contiguous inputs: two 4x4 transposes
      let r0 = v128.load(p0);
      let r1 = v128.load(p1);
      let r2 = v128.load(p2);
      let r3 = v128.load(p3);
      let low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
      let low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
      let high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
      let high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
      d0 = v128.shuffle<f32>(low01, low23, 0, 1, 4, 5);
      d1 = v128.shuffle<f32>(low01, low23, 2, 3, 6, 7);
      d2 = v128.shuffle<f32>(high01, high23, 0, 1, 4, 5);
      d3 = v128.shuffle<f32>(high01, high23, 2, 3, 6, 7);
      r0 = v128.load(p0, 16);
      r1 = v128.load(p1, 16);
      r2 = v128.load(p2, 16);
      r3 = v128.load(p3, 16);
      low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
      low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
      high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
      high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
      d4 = v128.shuffle<f32>(low01, low23, 0, 1, 4, 5);
      d5 = v128.shuffle<f32>(low01, low23, 2, 3, 6, 7);
      d6 = v128.shuffle<f32>(high01, high23, 0, 1, 4, 5);
      d7 = v128.shuffle<f32>(high01, high23, 2, 3, 6, 7);
    } else if (p1 == p0 + 4 && p2 == p0 + 8 && p3 == p0 + 12) {
      // the four tiles are consecutive, as with dilated taps or along the height
      d0 = v128.load(p0);
      d1 = v128.load(p0 + gap);
      d2 = v128.load(p0 + 2 * gap);
      d3 = v128.load(p0 + 3 * gap);
      d4 = v128.load(p0 + 4 * gap);
      d5 = v128.load(p0 + 5 * gap);
      d6 = v128.load(p0 + 6 * gap);
      d7 = v128.load(p0 + last);
    } else {
      d0 = gather(p0, p1, p2, p3);
      d1 = gather(p0 + gap, p1 + gap, p2 + gap, p3 + gap);
      d2 = gather(p0 + 2 * gap, p1 + 2 * gap, p2 + 2 * gap, p3 + 2 * gap);
      d3 = gather(p0 + 3 * gap, p1 + 3 * gap, p2 + 3 * gap, p3 + 3 * gap);
      d4 = gather(p0 + 4 * gap, p1 + 4 * gap, p2 + 4 * gap, p3 + 4 * gap);
      d5 = gather(p0 + 5 * gap, p1 + 5 * gap, p2 + 5 * gap, p3 + 5 * gap);
      d6 = gather(p0 + 6 * gap, p1 + 6 * gap, p2 + 6 * gap, p3 + 6 * gap);
      d7 = gather(p0 + last, p1 + last, p2 + last, p3 + last);
    }
    v128.store(to, f32x4.add(f32x4.mul(sum, f32x4.sub(d2, d4)), f32x4.sub(d6, d0)));
    v128.store(to + 7 * step, f32x4.add(f32x4.mul(sum, f32x4.sub(d3, d5)), f32x4.sub(d7, d1)));
    let even = f32x4.sub(f32x4.add(d6, d2), f32x4.mul(middle, d4));
    let odd = f32x4.sub(f32x4.add(d5, d1), f32x4.mul(middle, d3));
    v128.store(to + 3 * step, f32x4.add(even, odd));
    v128.store(to + 4 * step, f32x4.sub(even, odd));
    d4 = f32x4.mul(fiveQuarters, d4);
    d3 = f32x4.mul(fiveHalves, d3);
    even = f32x4.add(f32x4.mul(four, f32x4.sub(d2, d4)), d6);
    odd = f32x4.add(f32x4.mul(half, d5), f32x4.sub(f32x4.add(d1, d1), d3));
    v128.store(to + step, f32x4.add(even, odd));
    v128.store(to + 2 * step, f32x4.sub(even, odd));
    even = f32x4.add(f32x4.mul(quarter, d2), f32x4.sub(d6, d4));
    odd = f32x4.add(f32x4.mul(half, d1), f32x4.sub(f32x4.add(d5, d5), d3));
    v128.store(to + 5 * step, f32x4.add(even, odd));
    v128.store(to + 6 * step, f32x4.sub(even, odd));
    p0 += channel;
    p1 += channel;
    p2 += channel;
    p3 += channel;
    to += channelStep;
  }
}
