// Starts the engine: automatically on first use if the module is embedded, else by `init`. Importing has no side effects.

import { optionsObject } from '../core/arguments.js';
import type { FileBytes } from '../core/globals.js';
import { carried } from './carried.js';
import { bytesOf, compile, compileAsync, contentOf, load } from './compile.js';
import type { Engine } from './engine.js';
import { heap } from './heap.js';
import { FUSED, fused, relaxedSimd, suited } from './relaxed-simd.js';
import { version } from './wasm.js';

/** Where the module comes from: at most one of these. */
export interface InitOptions {
  /** a compiled module, for example from another thread */
  module?: WebAssembly.Module | undefined;
  /** the content of `convnd.wasm` */
  bytes?: FileBytes | undefined;
  /** the address of `convnd.wasm` */
  url?: string | URL | undefined;
  /** a response with `convnd.wasm`, or a promise of one, as `fetch` returns it */
  response?: Response | PromiseLike<Response> | undefined;
}

let running: Engine | undefined;
let starting: Promise<void> | undefined;

/**
 * The engine, started on first use.
 * @throws Error if the module is not embedded and `init` was not awaited, or if it can't be compiled
 */
export function engine(): Engine {
  if (!running) run(carried.compiled());
  return running!;
}

/** Loads a module into the engine, unless one is loaded. */
function run(module: WebAssembly.Module): void {
  if (running) return;
  heap().load(module);
  running = heap();
  relaxedSimd.used = true;
}

const SOURCES = ['module', 'bytes', 'url', 'response'] as const;

/**
 * Starts the engine. With `convnd` this is optional: use it to compile asynchronously, or to pass a compiled module where compiling is
 * not allowed. With `convnd/wasm` it must be awaited before the first forward. Without options it loads the `convnd.wasm` next to the
 * library; if a bundler does not copy that file, pass `init({ url })`.
 *
 * With `module` or `bytes` the engine is started synchronously, so that an AudioWorklet need not await the promise. Repeated calls
 * without options have no effect.
 * @param options at most one of `module`, `bytes`, `url` and `response`
 * @returns a promise that resolves when the engine is started. It rejects with a TypeError for an invalid option or the module of another
 * version, and with an Error if the module can't be loaded or compiled, or options are given after the engine was started
 * @example
 * import { init } from 'convnd';
 * await init();
 */
export async function init(options: InitOptions = {}): Promise<void> {
  optionsObject(options, SOURCES, () => 'init');
  if (Object.keys(options).length === 0) {
    await (starting ??= startCarried().finally(() => {
      starting = undefined; // allows a retry after a failure
    }));
    return;
  }
  const given = SOURCES.filter((name) => options[name] !== undefined);
  const [name] = given;
  const value = options[name];
  if (given.length !== 1 || !value)
    throw new TypeError(
      `init: expected one of ${SOURCES.join(', ')}, got ${Object.keys(options).join(', ')}`,
    );
  if (running) throw new Error('init: the engine is running already; call init before the first forward');
  if (name === 'module') start(value as WebAssembly.Module);
  else if (name === 'bytes') start(compile(suited(bytesOf(value as FileBytes))));
  else if (name === 'url') start(await compileAsync(suited(await load(value as string | URL))));
  else start(await compileAsync(suited(await contentOf(await (value as Response)))));
}

async function startCarried(): Promise<void> {
  if (running) return;
  const { bytes, url } = carried;
  if (bytes) start(await compileAsync(suited(bytes())));
  else if (url) start(await compileAsync(suited(await load(url()))));
  else start(carried.compiled());
}

/** @throws TypeError if it is not the module that this library was built with */
function start(module: WebAssembly.Module): void {
  // not instanceof: a module may be of another realm, as in edge routes of Next.js
  if (Object.prototype.toString.call(module) !== '[object WebAssembly.Module]')
    throw new TypeError('init: expected module to be a WebAssembly.Module');
  const [section] = WebAssembly.Module.customSections(module, 'convnd');
  const found = section && String.fromCharCode(...new Uint8Array(section));
  if (found !== version)
    throw new TypeError(
      `init: expected the module of convnd ${version}, got ${found ? `that of convnd ${found}` : 'another one'}`,
    );
  run(module);
}

/** The bytes of the embedded layers' module, with fused multiply-adds if the running one has them; undefined if it is not embedded. */
export function layersBytes(): Uint8Array<ArrayBuffer> | undefined {
  const bytes = carried.bytes?.();
  return bytes && besideLayers(bytes);
}

/** The bytes of another module, with fused multiply-adds if the layers' module has them. Starts the engine. */
export function besideLayers(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return usesRelaxedSimd() ? fused(bytes) : bytes;
}

/**
 * The compiled module, to post to workers and worklets, which start with `init({ module })` without compiling it again.
 * @throws Error if the engine can't be started
 * @example
 * import { wasmModule } from 'convnd';
 * console.log(WebAssembly.Module.imports(wasmModule()).map(({ name }) => name).join()); // memory
 */
export function wasmModule(): WebAssembly.Module {
  return engine().module!;
}

/**
 * Whether the running module uses relaxed SIMD's multiply-add. It does if the JavaScript engine supports relaxed SIMD and
 * `settings.relaxedSimd` is 'auto'; a module passed to `init` is used unchanged. Starts the engine.
 * @throws Error if the engine can't be started
 * @example
 * import { settings, usesRelaxedSimd } from 'convnd';
 * settings.relaxedSimd = 'never';
 * console.log(usesRelaxedSimd()); // false
 */
export function usesRelaxedSimd(): boolean {
  return WebAssembly.Module.customSections(wasmModule(), FUSED).length > 0;
}
