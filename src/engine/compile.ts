// Fetches, compiles and instantiates wasm modules, and turns failures into errors that say what to do.

import type { FileBytes } from '../core/globals.js';

/** @throws Error with the reason if WebAssembly throws */
function explained<T>(make: () => T): T {
  try {
    return make();
  } catch (cause) {
    throw startError(cause);
  }
}

/**
 * Compiles synchronously.
 * @throws Error with the reason if that fails
 */
export function compile(bytes: BufferSource): WebAssembly.Module {
  return explained(() => new WebAssembly.Module(bytes));
}

/**
 * Instantiates a module. WebKit checks the content security policy only here.
 * @throws Error with the reason if that fails
 */
export function instantiate(module: WebAssembly.Module, imports?: WebAssembly.Imports): WebAssembly.Instance {
  return explained(() => new WebAssembly.Instance(module, imports));
}

/**
 * A new memory that is not shared.
 * @throws Error with the reason if that fails
 */
export function newMemory(): WebAssembly.Memory {
  return explained(() => new WebAssembly.Memory({ initial: 2 }));
}

/** Compiles asynchronously. Older browsers do not compile more than 4 KB synchronously on the main thread. */
export async function compileAsync(bytes: BufferSource): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw startError(cause);
  }
}

/** The bytes passed to `init`. For anything else an empty array, which fails to compile. */
export function bytesOf(given: FileBytes): Uint8Array<ArrayBuffer> {
  if (ArrayBuffer.isView(given))
    return new Uint8Array(given.buffer as ArrayBuffer, given.byteOffset, given.byteLength);
  return new Uint8Array(typeof given === 'object' ? given : []);
}

/** Fetches a URL, or reads a file URL if the host has Node's file system. */
export async function load(url: string | URL): Promise<Uint8Array<ArrayBuffer>> {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => FileSystem } };
  if (String(url).startsWith('file:') && process?.getBuiltinModule)
    return process.getBuiltinModule('node:fs').readFileSync(new URL(url));
  return contentOf(await fetch(url));
}

/**
 * The bytes of a response.
 * @throws Error if it is not a wasm module
 */
export async function contentOf(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const { ok, status, url, headers } = response;
  if (!ok) throw new Error(`init: ${url} answered ${status}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  // single-page apps answer unknown paths with their page; a module begins with the bytes \0asm
  if (String(bytes.subarray(0, 4)) !== '0,97,115,109')
    throw new Error(
      `init: expected convnd.wasm at ${url}, got ${headers.get('content-type') ?? 'something else'}`,
    );
  return bytes;
}

interface FileSystem {
  readFileSync: (path: URL) => Uint8Array<ArrayBuffer>;
}

/** A minimal module that uses SIMD: one function that returns a vector. */
const vectorModule = () =>
  Uint8Array.of(
    ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0],
    ...[10, 8, 1, 6, 0, 65, 0, 253, 15, 11],
  );

function startError(cause: unknown): Error {
  let reason =
    "compiling failed: a content policy may lack script-src 'wasm-unsafe-eval', an edge runtime may need init({ module }), or the file is damaged";
  if (typeof WebAssembly !== 'object') reason = 'this JavaScript engine lacks or forbids WebAssembly';
  else if (!WebAssembly.validate(vectorModule()))
    reason = 'this JavaScript engine lacks WebAssembly SIMD; a newer one has it';
  return new Error(`convnd could not start: ${reason}`, { cause });
}
