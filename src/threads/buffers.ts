// A pool of ArrayBuffers for messages between threads. Reuse avoids page faults, which cost more than the copies.

/** Limit in bytes for unused buffers. */
const MAX_UNUSED = 0x400_0000;

/** Sizes are multiples of this, so that portions of similar sizes can share buffers. */
const GRANULARITY = 0x1_0000;

const free: ArrayBuffer[] = [];

/** The smallest unused buffer of at least this size, or a new one. Its content is undefined. */
export function takeBuffer(bytes: number): ArrayBuffer {
  let best = -1;
  for (const [i, { byteLength }] of free.entries())
    if (byteLength >= bytes && (best < 0 || byteLength < free[best].byteLength)) best = i;
  if (best >= 0) return free.splice(best, 1)[0];
  return new ArrayBuffer(Math.ceil(bytes / GRANULARITY) * GRANULARITY);
}

/** Returns a buffer to the pool. */
export function giveBuffer(buffer: ArrayBuffer | undefined): void {
  if (!buffer?.byteLength) return;
  free.push(buffer);
  let bytes = free.reduce((all, { byteLength }) => all + byteLength, 0);
  while (bytes > MAX_UNUSED) bytes -= free.shift()!.byteLength;
}
