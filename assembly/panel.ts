// Panel: the inputs of eight neighbouring outputs, one row of eight a term, packed from the staged window.
//
//   panel[term][0..7] = staged[tap(term) + pixel(0..7)]

import { PlanRecord } from '../src/record';

/** Packs the terms `block` to `block + terms` of the pixels `pixel` to `pixel + 7`; those past the last repeat it. */
export function packPanel(
  plan: PlanRecord,
  window: usize,
  pixel: i32,
  block: i32,
  terms: i32,
  to: usize,
): void {
  const width = plan.width;
  const height = plan.height;
  const last = plan.depth * height * width - 1;
  const line = min(pixel, last);
  let row = line / width;
  let w = line - row * width;
  let d = row / height;
  let h = row - d * height;

  // The offsets of the eight pixels: walk along the row, then on to the next.
  const step = <usize>plan.stagedRow;
  const p0 = window + <usize>d * <usize>plan.stagedDepth + <usize>h * step + (<usize>w << 2);
  let p1 = p0;
  let p2 = p0;
  let p3 = p0;
  let p4 = p0;
  let p5 = p0;
  let p6 = p0;
  let p7 = p0;
  if (w + 7 < width) {
    p4 = p0 + 16;
    p7 = p0 + 28;
    p3 = p0 + 12;
  } else {
    let p = p0;
    for (let i = 1; i < 8; i++) {
      if (line + i <= last) {
        p += 4;
        if (++w == width) {
          w = 0;
          if (++h == height) {
            h = 0;
            d++;
          }
          p = window + <usize>d * <usize>plan.stagedDepth + <usize>h * step;
        }
      }
      if (i == 1) p1 = p;
      else if (i == 2) p2 = p;
      else if (i == 3) p3 = p;
      else if (i == 4) p4 = p;
      else if (i == 5) p5 = p;
      else if (i == 6) p6 = p;
      else p7 = p;
    }
  }

  let tap = <usize>plan.tapTable + (<usize>block << 2);
  const end = tap + (<usize>terms << 2);
  if (p3 - p0 == 12 && p7 - p4 == 12) {
    // Two runs of four, mostly one of eight.
    while (tap < end) {
      const offset = <usize>load<u32>(tap);
      v128.store(to, v128.load(p0 + offset));
      v128.store(to, v128.load(p4 + offset), 16);
      tap += 4;
      to += 32;
    }
    return;
  }
  while (tap < end) {
    const offset = <usize>load<u32>(tap);
    let low = v128.load32_zero(p0 + offset);
    let high = v128.load32_zero(p4 + offset);
    low = v128.load32_lane(p1 + offset, low, 1);
    high = v128.load32_lane(p5 + offset, high, 1);
    low = v128.load32_lane(p2 + offset, low, 2);
    high = v128.load32_lane(p6 + offset, high, 2);
    low = v128.load32_lane(p3 + offset, low, 3);
    high = v128.load32_lane(p7 + offset, high, 3);
    v128.store(to, low);
    v128.store(to, high, 16);
    tap += 4;
    to += 32;
  }
}
