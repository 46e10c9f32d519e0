// Rows of a block: from where they lie next to each other to their places.

/**
 * Moves `rows` rows of `length` bytes, which lie `step` bytes apart, to places `pitch` bytes apart, `before` bytes behind their begin,
 * within the same memory, the last row first. What a place has beside its row is zero from there on.
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
