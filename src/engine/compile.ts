// From an address or an answer to bytes, from bytes to a compiled module, and to a running one. Errors say what to do.

import type { FileBytes } from '../core/globals.js';

/** @throws Error that says what is missing or forbidden where WebAssembly refuses */
function allowed<T>(make: () => T): T {
  try {
    return make();
  } catch (cause) {
    throw refusal(cause);
  }
}

/**
 * Compiles at once.
 * @throws Error that says what is missing or forbidden
 */
export function compile(bytes: BufferSource): WebAssembly.Module {
  return allowed(() => new WebAssembly.Module(bytes));
}

/**
 * A running module; WebKit asks the content policy only here.
 * @throws Error that says what is missing or forbidden
 */
export function instantiate(module: WebAssembly.Module, imports?: WebAssembly.Imports): WebAssembly.Instance {
  return allowed(() => new WebAssembly.Instance(module, imports));
}

/**
 * Memory for modules to work in.
 * @throws Error that says what is missing
 */
export function newMemory(): WebAssembly.Memory {
  return allowed(() => new WebAssembly.Memory({ initial: 2 }));
}

/** Compiles without blocking: older browsers refuse to compile more than 4 KB at once on the main thread. */
export async function compileAsync(bytes: BufferSource): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw refusal(cause);
  }
}

/** The bytes of what `init` is given; of anything else none, which no engine compiles. */
export function bytesOf(given: FileBytes): Uint8Array<ArrayBuffer> {
  if (ArrayBuffer.isView(given))
    return new Uint8Array(given.buffer as ArrayBuffer, given.byteOffset, given.byteLength);
  return new Uint8Array(typeof given === 'object' ? given : []);
}

/** Loads from an address; a file, where the host has Node's file system. */
export async function load(url: string | URL): Promise<Uint8Array<ArrayBuffer>> {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => FileSystem } };
  if (String(url).startsWith('file:') && process?.getBuiltinModule)
    return process.getBuiltinModule('node:fs').readFileSync(new URL(url));
  return contentOf(await fetch(url));
}

/**
 * The module that an answer brings.
 * @throws Error for an answer that is no module
 */
export async function contentOf(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const { ok, status, url, headers } = response;
  if (!ok) throw new Error(`init: ${url} answered ${status}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  // some servers answer every unknown path with their one page; a module begins with the bytes \0asm
  if (String(bytes.subarray(0, 4)) !== '0,97,115,109')
    throw new Error(
      `init: expected convnd.wasm at ${url}, got ${headers.get('content-type') ?? 'something else'}`,
    );
  return bytes;
}

interface FileSystem {
  readFileSync: (path: URL) => Uint8Array<ArrayBuffer>;
}

/** The smallest module with a vector in it: a function that gives one. */
const vectorModule = () =>
  Uint8Array.of(
    ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0],
    ...[10, 8, 1, 6, 0, 65, 0, 253, 15, 11],
  );

function refusal(cause: unknown): Error {
  let reason =
    "compiling failed: a content policy may lack script-src 'wasm-unsafe-eval', an edge runtime may need init({ module }), or the file is damaged";
  if (typeof WebAssembly !== 'object') reason = 'this JavaScript engine lacks or forbids WebAssembly';
  else if (!WebAssembly.validate(vectorModule()))
    reason = 'this JavaScript engine lacks WebAssembly SIMD; a newer one has it';
  return new Error(`convnd could not start: ${reason}`, { cause });
}
