// From bytes, an address or an answer to a compiled module, and to a running one. Errors say what to do.

/**
 * Compiles at once.
 * @throws Error that says what is missing or forbidden
 */
export function compile(bytes: BufferSource): WebAssembly.Module {
  try {
    return new WebAssembly.Module(bytes);
  } catch (cause) {
    throw refusal(cause);
  }
}

/**
 * A running module; WebKit asks the content policy only here.
 * @throws Error that says what is missing or forbidden
 */
export function instantiate(module: WebAssembly.Module, imports?: WebAssembly.Imports): WebAssembly.Instance {
  try {
    return new WebAssembly.Instance(module, imports);
  } catch (cause) {
    throw refusal(cause);
  }
}

/**
 * Memory for modules to work in.
 * @throws Error that says what is missing
 */
export function newMemory(): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: 2 });
  } catch (cause) {
    throw refusal(cause);
  }
}

/** Compiles without blocking: older browsers refuse to compile more than 4 KB at once on the main thread. */
export async function compileAsync(bytes: BufferSource): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw refusal(cause);
  }
}

/** Loads and compiles from an address; of a file, where the host has Node's file system. */
export async function load(url: string | URL): Promise<WebAssembly.Module> {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => FileSystem } };
  if (String(url).startsWith('file:') && process?.getBuiltinModule)
    return compile(process.getBuiltinModule('node:fs').readFileSync(new URL(url)));
  return compileResponse(await fetch(url));
}

/**
 * Compiles an answer, while it arrives if it has the type for that.
 * @throws Error for an answer that is no module
 */
export async function compileResponse(response: Response): Promise<WebAssembly.Module> {
  const { ok, status, url, headers } = response;
  const type = headers.get('content-type');
  if (!ok) throw new Error(`init: ${url} answered ${status}`);
  if (type === 'application/wasm' && WebAssembly.compileStreaming) {
    try {
      return await WebAssembly.compileStreaming(response);
    } catch (cause) {
      throw refusal(cause);
    }
  }
  const bytes = new Uint8Array(await response.arrayBuffer());
  // some servers answer every unknown path with their one page; a module begins with the bytes \0asm
  if (String(bytes.subarray(0, 4)) !== '0,97,115,109')
    throw new Error(`init: expected convnd.wasm at ${url}, got ${type ?? 'something else'}`);
  return compileAsync(bytes);
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
