// Memory for the specs: blocks filled with NaN between guards, so that a store outside of a block or a missing store is
// noticed.

const GUARD: usize = 64;
const blocks: usize[] = [];
const sizes: usize[] = [];

/** The first sixteen bytes of memory. */
let low: u64 = 0;
let high: u64 = 0;

/** A block for `count` numbers of four bytes, all NaN (as integers: -1). */
export function block(count: i32): usize {
  if (blocks.length == 0) {
    low = load<u64>(0);
    high = load<u64>(0, 8);
  }
  const bytes = (<usize>count) << 2;
  const address = heap.alloc(bytes + 2 * GUARD);
  memory.fill(address, 0xff, bytes + 2 * GUARD);
  blocks.push(address);
  sizes.push(bytes);
  return address + GUARD;
}

/** A block of integers from -4 to 4, whose products and sums are exact. */
export function integers(count: i32): usize {
  const address = block(count);
  fill(address, count, true);
  return address;
}

/** A block of non-integers between -1 and 1. */
export function reals(count: i32): usize {
  const address = block(count);
  fill(address, count, false);
  return address;
}

/** Fills a block with numbers like those of `integers` or `reals`. */
export function fill(address: usize, count: i32, whole: bool): void {
  for (let i = 0; i < count; i++) {
    put(address, i, whole ? <f32>(below(9) - 4) : <f32>below(1 << 24) / <f32>(1 << 23) - 1);
  }
}

/** A table of integers. */
export function table(values: i32[]): usize {
  const address = block(values.length);
  for (let i = 0; i < values.length; i++) store<i32>(address + ((<usize>i) << 2), values[i]);
  return address;
}

export function get(address: usize, index: i32): f32 {
  return load<f32>(address + ((<usize>index) << 2));
}

export function put(address: usize, index: i32, value: f32): void {
  store<f32>(address + ((<usize>index) << 2), value);
}

/** Whether an element still has the value that `block` gave it. */
export function untouched(address: usize, index: i32): bool {
  return load<i32>(address + ((<usize>index) << 2)) == -1;
}

/** The number of elements that no longer have the value that `block` gave them. */
export function touched(address: usize, count: i32): i32 {
  let sum = 0;
  for (let i = 0; i < count; i++) if (!untouched(address, i)) sum++;
  return sum;
}

/** Frees all blocks. Returns false if something was written next to one, or at address zero, where a missing address points. */
export function releaseAll(): bool {
  let intact = load<u64>(0) == low && load<u64>(0, 8) == high;
  while (blocks.length > 0) {
    const address = blocks.pop();
    const end = address + GUARD + sizes.pop();
    for (let i: usize = 0; i < GUARD; i++) {
      if (load<u8>(address + i) != 0xff || load<u8>(end + i) != 0xff) intact = false;
    }
    heap.free(address);
  }
  return intact;
}

let state: u32 = 1;

/** The next number of a pseudo-random sequence, from 0 to `limit` - 1. */
export function below(limit: i32): i32 {
  state = state * 1664525 + 1013904223;
  return <i32>((<u64>state * <u64>limit) >> 32);
}
