// Shared copy: copies numbers between shared and other memory. V8's `set` copies word by word there, or byte by byte where the two places
// are not equally far from a multiple of eight.

import type { Copier } from '../core/copy.js';
import { isShared } from '../engine/shared-memory.js';
import { builtin } from './host.js';

/** The part of Node's Buffer that is used. */
interface Buffers {
  from(buffer: ArrayBufferLike, byteOffset: number, bytes: number): { fill(value: Uint8Array): unknown };
}

interface Host {
  process?: { versions?: Record<string, string> };
}

/** Node's own Buffer: in Deno and Bun it is another one, and `set` is fast. */
const versions = (globalThis as Host).process?.versions;
const buffers =
  versions?.deno || versions?.bun ? undefined : builtin<{ Buffer: Buffers }>('node:buffer')?.Buffer;

/** Bytes from which on the two views that a Buffer takes pay: where `set` copies word by word, and where it copies byte by byte. */
const LEAST = 8192;
const LEAST_BY_BYTES = 2048;

/** Bytes that `set` copies at a time, if both places are equally far from a multiple of them. */
const WORD = 8;

/**
 * Copies by Node's `Buffer.fill` where one of the arrays is in shared memory: with a value as long as the Buffer, it copies all bytes at
 * once, in Node 20 too, where `Buffer.copy` calls `set`. 800 KB take 12 us instead of 28 (Node 20), 13 instead of 70 (24) and 11 instead of
 * 18 (26); 0.22 ms by `set` if the first array begins 4 bytes after a multiple of eight and the other does not.
 */
export const copyShared: Copier = (from, to, target) => {
  const { BYTES_PER_ELEMENT, buffer, byteOffset } = to;
  const { byteLength } = from;
  const begin = byteOffset + target * BYTES_PER_ELEMENT;
  if (
    buffers &&
    byteLength >= ((begin - from.byteOffset) % WORD === 0 ? LEAST : LEAST_BY_BYTES) &&
    from.BYTES_PER_ELEMENT === BYTES_PER_ELEMENT &&
    target + from.length <= to.length &&
    isShared(from.buffer) !== isShared(buffer)
  )
    buffers.from(buffer, begin, byteLength).fill(new Uint8Array(from.buffer, from.byteOffset, byteLength));
  else to.set(from, target);
};
