// Moves the rows of a block from contiguous memory to their padded positions.

/**
 * Moves `rows` rows of `length` bytes from a stride of `step` bytes to a stride of `pitch` bytes, at offset `before` within each, in place,
 * the last row first. Zero-fills the rest of each target row.
 */
export function spread(
  address: usize,
  rows: i32,
  step: usize,
  length: usize,
  pitch: usize,
  before: usize,
): void {
  while (rows-- > 0) {
    const place = address + <usize>rows * pitch;
    memory.copy(place + before, address + <usize>rows * step, length);
    memory.fill(place, 0, before);
    memory.fill(place + before + length, 0, pitch - before - length);
  }
}
