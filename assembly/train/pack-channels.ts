// Packs the window as panels of eight channels, so that the inputs of a position are two vectors.
//
//   panel[position][0..7] = window[channel 0..7][position]

/** Two halves of a transposed square of four by four. */
// @ts-ignore: decorator
@inline
function low(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 0, 4, 1, 5);
}
// @ts-ignore: decorator
@inline
function high(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 2, 6, 3, 7);
}

/**
 * Interleaves four channels: `count` positions, rounded up to a multiple of four, `step` bytes apart. What is written after the last
 * position is undefined.
 * @param channels the number of existing channels, 0 to 4; the others are zeros
 * @param stride the stride of channels in bytes
 */
export function packFour(
  from: usize,
  stride: usize,
  channels: i32,
  count: i32,
  to: usize,
  step: usize,
): void {
  const zero = f32x4.splat(0);
  const two = step << 1;
  for (const end = to + <usize>count * step; to < end; to += two << 1, from += 16) {
    const a = channels > 0 ? v128.load(from) : zero;
    const b = channels > 1 ? v128.load(from + stride) : zero;
    const c = channels > 2 ? v128.load(from + 2 * stride) : zero;
    const d = channels > 3 ? v128.load(from + 3 * stride) : zero;
    const ac = low(a, c);
    const bd = low(b, d);
    v128.store(to, low(ac, bd));
    v128.store(to + step, high(ac, bd));
    const ca = high(a, c);
    const db = high(b, d);
    v128.store(to + two, low(ca, db));
    v128.store(to + two + step, high(ca, db));
  }
}

/**
 * Interleaves three to five rows of filters, `stride` bytes apart: f32[count][filters]. Writes up to one vector more.
 */
export function packRows(filters: i32, from: usize, stride: usize, count: i32, to: usize): void {
  const step = (<usize>filters) << 2;
  const one = from + stride;
  const two = one + stride;
  const three = filters > 3 ? two + stride : two;
  const four = filters > 4 ? three + stride : three;
  let i: usize = 0;
  for (const end = (<usize>(count & ~3)) << 2; i < end; i += 16) {
    const a = v128.load(from + i);
    const b = v128.load(one + i);
    const c = v128.load(two + i);
    const d = v128.load(three + i);
    const e = v128.load(four + i);
    const ac = low(a, c);
    const bd = low(b, d);
    const ca = high(a, c);
    const db = high(b, d);
    // in order, because each store may extend into the next
    v128.store(to, low(ac, bd));
    if (filters > 4) v128.store32_lane(to, e, 0, 16);
    to += step;
    v128.store(to, high(ac, bd));
    if (filters > 4) v128.store32_lane(to, e, 1, 16);
    to += step;
    v128.store(to, low(ca, db));
    if (filters > 4) v128.store32_lane(to, e, 2, 16);
    to += step;
    v128.store(to, high(ca, db));
    if (filters > 4) v128.store32_lane(to, e, 3, 16);
    to += step;
  }
  for (const end = (<usize>count) << 2; i < end; i += 4, to += step) {
    store<f32>(to, load<f32>(from + i));
    store<f32>(to, load<f32>(one + i), 4);
    store<f32>(to, load<f32>(two + i), 8);
    store<f32>(to, load<f32>(three + i), 12);
    store<f32>(to, load<f32>(four + i), 16);
  }
}
