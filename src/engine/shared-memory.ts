// Shared memory: memory that several threads see, and modules that take it. A module that imports memory says in one byte whether that
// is shared, so the bytes are rewritten and nothing is compiled twice by the author.

import { WASM_PAGE } from '../core/bytes.js';

/** Pages that wasm can address. */
const MOST_PAGES = 65536;

/** Pages of the smallest maximum that is worth having: 256 MB. */
const LEAST_PAGES = 4096;

/** Section and kinds of a module's binary format. */
const IMPORT_SECTION = 2;
const MEMORY = 2;
const SHARED_WITH_MAXIMUM = 3;

/**
 * The same module for shared memory. Its only import is a memory without a maximum, as all of the library's are.
 * @throws Error for another module
 */
export function sharedBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  // the magic number and the version are eight bytes
  for (let at = 8; at < bytes.length; ) {
    const [size, content] = numberAt(bytes, at + 1);
    if (bytes[at] === IMPORT_SECTION) {
      const limits = afterNames(bytes, content + 1);
      if (bytes[content] !== 1 || bytes[limits - 1] !== MEMORY || bytes[limits] !== 0) break;
      const [, end] = numberAt(bytes, limits + 1);
      const section = [...bytes.subarray(content, limits), SHARED_WITH_MAXIMUM];
      section.push(...bytes.subarray(limits + 1, end), ...spelt(MOST_PAGES));
      return Uint8Array.of(
        ...bytes.subarray(0, at + 1),
        ...spelt(section.length),
        ...section,
        ...bytes.subarray(content + size),
      );
    }
    at = content + size;
  }
  throw new Error('this module does not import a memory without a maximum, and nothing else');
}

/** Where the kind of an import is followed by what it is: behind two names and the kind. */
function afterNames(bytes: Uint8Array, at: number): number {
  for (let name = 0; name < 2; name++) {
    const [length, text] = numberAt(bytes, at);
    at = text + length;
  }
  return at + 1;
}

/** A number in LEB128, and where it ends. */
function numberAt(bytes: Uint8Array, at: number): [value: number, end: number] {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return [value, at];
  }
}

/** A number in LEB128. */
function spelt(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...spelt(value >> 7)];
}

/**
 * Shared memory of so many bytes that can grow; undefined where there is none. Phones grant less than 4 GB: half of it is asked for
 * then, and so on.
 */
export function newSharedMemory(bytes: number): WebAssembly.Memory | undefined {
  const initial = bytes / WASM_PAGE;
  if (typeof SharedArrayBuffer !== 'function') return undefined;
  for (let maximum = MOST_PAGES; maximum >= Math.max(initial, LEAST_PAGES); maximum /= 2) {
    try {
      return new WebAssembly.Memory({ initial, maximum, shared: true });
    } catch {
      // the next is smaller
    }
  }
  return undefined;
}

/** Whether numbers lie in memory that threads share. */
export function isShared(buffer: ArrayBufferLike): boolean {
  return typeof SharedArrayBuffer === 'function' && buffer instanceof SharedArrayBuffer;
}
