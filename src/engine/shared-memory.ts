// Creates shared wasm memory, and rewrites the memory import of a module so that it accepts it. A flag byte in the import says whether
// memory is shared, so no second build of the module is needed.

import { WASM_PAGE } from '../core/bytes.js';

/** Pages that wasm can address. */
const MAX_PAGES = 65536;

/** The smallest maximum that is worth having: 256 MB. */
const MIN_PAGES = 4096;

/** Codes of the wasm binary format. */
const IMPORT_SECTION = 2;
const MEMORY = 2;
const SHARED_WITH_MAXIMUM = 3;

/**
 * Rewrites a module to import shared memory. Its only import must be a memory without a maximum, as in all modules of the library.
 * @throws Error for any other module
 */
export function sharedBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  // skips the magic number and the version
  for (let at = 8; at < bytes.length; ) {
    const [size, content] = numberAt(bytes, at + 1);
    if (bytes[at] === IMPORT_SECTION) {
      const limits = afterNames(bytes, content + 1);
      if (bytes[content] !== 1 || bytes[limits - 1] !== MEMORY || bytes[limits] !== 0) break;
      const [, end] = numberAt(bytes, limits + 1);
      const section = [...bytes.subarray(content, limits), SHARED_WITH_MAXIMUM];
      section.push(...bytes.subarray(limits + 1, end), ...leb128(MAX_PAGES));
      return Uint8Array.of(
        ...bytes.subarray(0, at + 1),
        ...leb128(section.length),
        ...section,
        ...bytes.subarray(content + size),
      );
    }
    at = content + size;
  }
  throw new Error('this module does not import a memory without a maximum, and nothing else');
}

/** The offset of an import's descriptor, after its two names and its kind. */
function afterNames(bytes: Uint8Array, at: number): number {
  for (let name = 0; name < 2; name++) {
    const [length, text] = numberAt(bytes, at);
    at = text + length;
  }
  return at + 1;
}

/** Reads a LEB128 number. Returns it and the offset after it. */
function numberAt(bytes: Uint8Array, at: number): [value: number, end: number] {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return [value, at];
  }
}

/** Encodes a number in LEB128. */
function leb128(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb128(value >> 7)];
}

/**
 * A growable shared memory of an initial size in bytes; undefined if the host has none. A host such as a phone may not reserve 4 GB:
 * then the maximum is halved until it succeeds.
 */
export function newSharedMemory(bytes: number): WebAssembly.Memory | undefined {
  const initial = bytes / WASM_PAGE;
  if (typeof SharedArrayBuffer !== 'function') return undefined;
  for (let maximum = MAX_PAGES; maximum >= Math.max(initial, MIN_PAGES); maximum /= 2) {
    try {
      return new WebAssembly.Memory({ initial, maximum, shared: true });
    } catch {
      // try half of it
    }
  }
  return undefined;
}

/** Whether a buffer is shared between threads. */
export function isShared(buffer: ArrayBufferLike): boolean {
  return typeof SharedArrayBuffer === 'function' && buffer instanceof SharedArrayBuffer;
}
