// winograd3x2/input: transforms inputs, B^T d B of F(3x3, 2x2). Four tiles at a time, one per lane.
//
//          1  0 -1  0
//   B^T =  0  1  1  0
//          0 -1  1  0
//          0 -1  0  1
//
//   d       4 x 4 inputs of each tile, four consecutive ones per row
//
// The rows of B^T d are written out, so that a row of inputs is loaded once: 1.08 times the speed of a loop over them for
// T n1 g1 c64 f3 i32x32 k4x4 s2x2 p1x1.

import { inputsOf } from '../tile-table';
import { SIDE } from './points';

/**
 * A row of B^T d, of the tiles a to d, times B: its four elements are stored at `to`, `step` bytes apart. A 4x4
 * transpose brings the same column of the four tiles together.
 */
// @ts-ignore: decorator
@inline
function spread(a: v128, b: v128, c: v128, d: v128, to: usize, step: usize): void {
  const abLow = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const cdLow = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  const d0 = v128.shuffle<f32>(abLow, cdLow, 0, 1, 4, 5);
  const d1 = v128.shuffle<f32>(abLow, cdLow, 2, 3, 6, 7);
  const d2 = v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5);
  const d3 = v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7);
  v128.store(to, f32x4.sub(d0, d2));
  v128.store(to + step, f32x4.add(d1, d2));
  v128.store(to + 2 * step, f32x4.sub(d2, d1));
  v128.store(to + 3 * step, f32x4.sub(d3, d1));
}

/**
 * B^T d B of four tiles, for each channel.
 * @param tiles the four tiles in the tile table
 * @param from byte offset of the first channel from the inputs in the table
 * @param row bytes between rows of inputs
 * @param last byte offset of the last row; 2 * row if its results are not read
 * @param channel bytes between channels
 * @param to element e of the first result is stored at `to + e * step`, the next result `term` bytes further
 */
export function input3x2(
  tiles: usize,
  from: usize,
  row: usize,
  last: usize,
  channel: usize,
  to: usize,
  step: usize,
  term: usize,
  channels: i32,
): void {
  let p0 = inputsOf(tiles, 0) + from;
  let p1 = inputsOf(tiles, 1) + from;
  let p2 = inputsOf(tiles, 2) + from;
  let p3 = inputsOf(tiles, 3) + from;
  for (const end = to + <usize>channels * term; to < end; to += term) {
    const a2 = v128.load(p0 + 2 * row);
    const b2 = v128.load(p1 + 2 * row);
    const c2 = v128.load(p2 + 2 * row);
    const d2 = v128.load(p3 + 2 * row);
    spread(
      f32x4.sub(v128.load(p0), a2),
      f32x4.sub(v128.load(p1), b2),
      f32x4.sub(v128.load(p2), c2),
      f32x4.sub(v128.load(p3), d2),
      to,
      step,
    );
    const a1 = v128.load(p0 + row);
    const b1 = v128.load(p1 + row);
    const c1 = v128.load(p2 + row);
    const d1 = v128.load(p3 + row);
    spread(
      f32x4.add(a1, a2),
      f32x4.add(b1, b2),
      f32x4.add(c1, c2),
      f32x4.add(d1, d2),
      to + SIDE * step,
      step,
    );
    spread(
      f32x4.sub(a2, a1),
      f32x4.sub(b2, b1),
      f32x4.sub(c2, c1),
      f32x4.sub(d2, d1),
      to + 2 * SIDE * step,
      step,
    );
    spread(
      f32x4.sub(v128.load(p0 + last), a1),
      f32x4.sub(v128.load(p1 + last), b1),
      f32x4.sub(v128.load(p2 + last), c1),
      f32x4.sub(v128.load(p3 + last), d1),
      to + 3 * SIDE * step,
      step,
    );
    p0 += channel;
    p1 += channel;
    p2 += channel;
    p3 += channel;
  }
}
