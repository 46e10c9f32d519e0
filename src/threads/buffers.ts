// Buffers: what numbers travel in between threads, used again and again: fresh pages cost more than to copy into them.

/** Bytes that are kept while nobody uses them, at most. */
const KEPT = 0x400_0000;

/** Sizes are whole multiples of it, so that portions of about the same size share their buffers. */
const STEP = 0x1_0000;

const free: ArrayBuffer[] = [];

/** A buffer of at least so many bytes, with any numbers in it. */
export function takeBuffer(bytes: number): ArrayBuffer {
  let best = -1;
  for (const [i, { byteLength }] of free.entries())
    if (byteLength >= bytes && (best < 0 || byteLength < free[best].byteLength)) best = i;
  if (best >= 0) return free.splice(best, 1)[0];
  return new ArrayBuffer(Math.ceil(bytes / STEP) * STEP);
}

/** Gives a buffer back. */
export function giveBuffer(buffer: ArrayBuffer | undefined): void {
  if (!buffer?.byteLength) return;
  free.push(buffer);
  let bytes = free.reduce((all, { byteLength }) => all + byteLength, 0);
  while (bytes > KEPT) bytes -= free.shift()!.byteLength;
}
