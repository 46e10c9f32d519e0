// Staging: copies the lines of an operand in the order in which sums read them: with their border, reversed, or every s-th element contiguous.
//
// The axes of an operand are the levels of a table in memory, outermost first; all words are i32:
//
//   level    count, step, position[count]             lines of this axis, at an offset of `position * step` bytes; constants if negative
//   row      count, { from, count, step }[count]      runs of elements `step` apart, or of constants if `from` is negative
//
// An element is a group of `group` contiguous numbers.

/** Stages all lines from a level on. The address 0 is a line of constants. Returns the address after the last byte written. */
export function stage<T>(level: usize, levels: i32, from: usize, to: usize, group: i32, constant: T): usize {
  if (levels == 0) return stageRow<T>(level, from, to, group, constant);
  const count = load<i32>(level);
  const step = load<i32>(level, 4);
  const next = level + 8 + ((<usize>count) << 2);
  for (let position = level + 8; position < next; position += 4) {
    const at = load<i32>(position);
    to = stage<T>(next, levels - 1, from == 0 || at < 0 ? 0 : from + <usize>at * step, to, group, constant);
  }
  return to;
}

function stageRow<T>(row: usize, from: usize, to: usize, group: i32, constant: T): usize {
  const end = row + 4 + <usize>load<i32>(row) * 12;
  const size = <usize>group * sizeof<T>();
  for (let run = row + 4; run < end; run += 12) {
    const first = load<i32>(run);
    const count = load<i32>(run, 4);
    const step = load<i32>(run, 8);
    const bytes = <usize>count * size;
    if (first < 0 || from == 0) fill<T>(to, to + bytes, constant);
    else if (step == 1) copy(to, from + <usize>first * size, bytes);
    else if (group == 1) gather<T>(from + <usize>first * size, <isize>step * sizeof<T>(), to, to + bytes);
    else {
      let source = from + <usize>first * size;
      for (let target = to; target < to + bytes; target += size) {
        copy(target, source, size);
        source += <usize>(<isize>step * <isize>size);
      }
    }
    to += bytes;
  }
  return to;
}

/** Copies a multiple of four bytes to the same or a lower address: for few bytes a call of memory.copy takes longer. */
// @ts-ignore: decorator
@inline
function copy(to: usize, from: usize, bytes: usize): void {
  if (bytes > 512) {
    memory.copy(to, from, bytes);
    return;
  }
  if (bytes < 16) {
    for (let i: usize = 0; i < bytes; i += 4) store<i32>(to + i, load<i32>(from + i));
    return;
  }
  // loads the last vector before it may be overwritten
  const end = bytes - 16;
  const tail = v128.load(from + end);
  for (let i: usize = 0; i < end; i += 16) v128.store(to + i, v128.load(from + i));
  v128.store(to + end, tail);
}

function fill<T>(to: usize, end: usize, constant: T): void {
  for (; to < end; to += sizeof<T>()) store<T>(to, constant);
}

/** Gathers numbers that are `step` bytes apart. */
function gather<T>(from: usize, step: isize, to: usize, end: usize): void {
  for (; to < end; to += sizeof<T>()) {
    store<T>(to, load<T>(from));
    from += <usize>step;
  }
}

/**
 * Makes lines of `length` bytes that are `pitch` bytes apart contiguous, from the first line's address on: `blocks` times `lines` lines, with
 * blocks `step` bytes apart.
 */
export function closeUp(
  address: usize,
  blocks: i32,
  lines: i32,
  step: usize,
  pitch: usize,
  length: usize,
): void {
  let to = address;
  for (; blocks > 0; blocks--, address += step) {
    let from = address;
    for (let line = 0; line < lines; line++, from += pitch, to += length) copy(to, from, length);
  }
}
