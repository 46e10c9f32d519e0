// Bytes: rounded up to whole cache lines, and the distance between staged channels.

/** Bytes from one staged channel to the next: a vector more than it has, and not a multiple of 4096, where all channels would meet in one cache set. */
export function channelStride(elements: number): number {
  const bytes = 4 * elements + 16;
  return bytes % 4096 === 0 ? bytes + 16 : bytes;
}

/** Rounds bytes up to whole cache lines. */
export function aligned(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}
