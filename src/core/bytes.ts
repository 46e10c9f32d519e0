// Bytes: rounded up to whole cache lines, and the distance between staged channels.

/** Bytes from one staged channel to the next: a vector more than it has, and not a multiple of 4096, where all channels would meet in one cache set. */
export function channelStride(elements: number): number {
  const bytes = 4 * elements + 16;
  return bytes % 4096 === 0 ? bytes + 16 : bytes;
}

/** Bytes of a page. A load is taken to depend on an earlier store whose address is the same but for the page, and waits for it. */
const PAGE = 4096;

/** Bytes to add to a distance so that it is no near multiple of a page. */
export function gapAfter(distance: number): number {
  const rest = distance % PAGE;
  return rest < PAGE / 4 || rest > (3 * PAGE) / 4 ? PAGE / 2 : 0;
}

/** Rounds bytes up to whole cache lines. */
export function aligned(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}
