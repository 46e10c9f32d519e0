// Staging: lines of an operand are copied as the sums read them: with their border, backwards, or every s-th element next to each other.
//
// An operand's axes are levels of a table in memory, the outermost first; all of it i32:
//
//   level    count, step, position[count]             the lines of this axis: `position * step` bytes on, or the constant if it is below 0
//   row      count, { from, count, step }[count]      runs of elements `step` apart, or of the constant if `from` is below 0
//
// An element is a group of `group` numbers that lie together.

/** Stages all lines from a level on. An address of 0 stands for a line of constants. Returns the address behind what is written. */
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

/** Copies bytes, a multiple of four, onto themselves or to lower addresses: of few bytes a call would take longer than they do. */
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
  // the last vector is read before it may be written
  const end = bytes - 16;
  const tail = v128.load(from + end);
  for (let i: usize = 0; i < end; i += 16) v128.store(to + i, v128.load(from + i));
  v128.store(to + end, tail);
}

function fill<T>(to: usize, end: usize, constant: T): void {
  for (; to < end; to += sizeof<T>()) store<T>(to, constant);
}

/** Copies single numbers, `step` bytes apart, next to each other. */
function gather<T>(from: usize, step: isize, to: usize, end: usize): void {
  for (; to < end; to += sizeof<T>()) {
    store<T>(to, load<T>(from));
    from += <usize>step;
  }
}

/**
 * Moves lines of `length` bytes, `pitch` bytes apart, next to each other, to the begin of all: `blocks` times `lines` of them, the
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
