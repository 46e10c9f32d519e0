// How the engine starts: by itself at first use where the module is carried, else by `init`. Importing starts nothing.

import type { FileBytes } from '../core/globals.js';
import { carried } from './carried.js';
import { bytesOf, compile, compileAsync, contentOf, load } from './compile.js';
import type { Engine } from './engine.js';
import { heap } from './heap.js';
import { FUSED, fused, relaxedSimd, suited } from './relaxed-simd.js';
import { version } from './wasm.js';

/** Where the compiled module comes from: one of them, or none. */
export interface InitOptions {
  /** already compiled, as by another thread */
  module?: WebAssembly.Module | undefined;
  /** the content of `convnd.wasm` */
  bytes?: FileBytes | undefined;
  /** the address of `convnd.wasm` */
  url?: string | URL | undefined;
  /** an answer with `convnd.wasm`, or the promise of one as `fetch` gives it */
  response?: Response | PromiseLike<Response> | undefined;
}

let running: Engine | undefined;
let starting: Promise<void> | undefined;

/**
 * The engine, started when first asked for.
 * @throws Error if the module isn't carried and `init` wasn't awaited, or if it can't be compiled
 */
export function engine(): Engine {
  const { module, bytes } = carried;
  if (!running && !module && !bytes)
    throw new Error("convnd/wasm: await init() before the first forward, or import from 'convnd'");
  if (!running) run(module ?? compile(suited(bytes!())));
  return running!;
}

/** Lets a module run, unless one does. */
function run(module: WebAssembly.Module): void {
  if (running) return;
  heap().load(module);
  running = heap();
  relaxedSimd.used = true;
}

/**
 * Starts the engine. With `convnd` nobody needs it: it compiles without blocking, or takes a module where compiling isn't
 * allowed. With `convnd/wasm` it comes before the first forward, and without options loads the `convnd.wasm` that lies
 * beside the library; where a bundler loses that file, `init({ url })` names it.
 *
 * `module` and `bytes` start the engine before `init` returns, so that an AudioWorklet needn't await it. Calls without
 * options may be repeated: the engine starts once.
 * @param options at most one of `module`, `bytes`, `url` and `response`
 * @returns a promise, kept when the engine runs. It is broken with a TypeError if an option is not what it should be or the
 * module not that of this version, and with an Error if it can't be loaded or compiled, or the engine runs already
 * @example
 * import { init } from 'convnd';
 * await init();
 */
export async function init(options: InitOptions = {}): Promise<void> {
  const names = Object.keys(options) as (keyof InitOptions)[];
  if (names.length === 0) {
    await (starting ??= startCarried().finally(() => {
      starting = undefined; // what failed may be tried again
    }));
    return;
  }
  const given = names.filter((name) => options[name] !== undefined);
  const [name] = given;
  const value = options[name];
  if (given.length !== 1 || !['module', 'bytes', 'url', 'response'].includes(name) || !value)
    throw new TypeError(`init: expected one of module, bytes, url and response, got ${names.join(', ')}`);
  if (running) throw new Error('init: the engine is running already; call init before the first forward');
  if (name === 'module') start(value as WebAssembly.Module);
  else if (name === 'bytes') start(compile(suited(bytesOf(value as FileBytes))));
  else if (name === 'url') start(await compileAsync(suited(await load(value as string | URL))));
  else start(await compileAsync(suited(await contentOf(await (value as Response)))));
}

async function startCarried(): Promise<void> {
  if (running) return;
  const { module, bytes, url } = carried;
  if (module) start(module);
  else start(await compileAsync(suited(bytes ? bytes() : await load(url!()))));
}

/** @throws TypeError if the module isn't the one that this library was built with */
function start(module: WebAssembly.Module): void {
  if (!(module instanceof WebAssembly.Module))
    throw new TypeError('init: expected module to be a WebAssembly.Module');
  const [section] = WebAssembly.Module.customSections(module, 'convnd');
  const found = section && String.fromCharCode(...new Uint8Array(section));
  if (found !== version)
    throw new TypeError(
      `init: expected the module of convnd ${version}, got ${found ? `that of convnd ${found}` : 'another one'}`,
    );
  run(module);
}

/** The bytes of the module that runs, where the library carries them: it may have come compiled, and with fused multiply-adds. */
export function layersBytes(): Uint8Array<ArrayBuffer> | undefined {
  const bytes = carried.bytes?.();
  return bytes && besideLayers(bytes);
}

/** The bytes of a module as they go with the one that runs, which is started: with fused multiply-adds where it has them. */
export function besideLayers(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return usesRelaxedSimd() ? fused(bytes) : bytes;
}

/**
 * The compiled module, to send to workers and worklets: they start with `init({ module })` and don't compile it again.
 * @throws Error as `forward` does where the engine can't start
 * @example
 * import { wasmModule } from 'convnd';
 * console.log(WebAssembly.Module.imports(wasmModule()).map(({ name }) => name).join()); // memory
 */
export function wasmModule(): WebAssembly.Module {
  return engine().module!;
}

/**
 * Whether multiply-adds are fused, those of gradients too: the module that runs says so. They are where the JavaScript engine has relaxed
 * SIMD and `settings.relaxedSimd` is 'auto'; a module given to `init` runs as it is, whatever the setting. It starts the engine as `forward`
 * does.
 * @throws Error where the engine can't start
 * @example
 * import { settings, usesRelaxedSimd } from 'convnd';
 * settings.relaxedSimd = 'never';
 * console.log(usesRelaxedSimd()); // false
 */
export function usesRelaxedSimd(): boolean {
  return WebAssembly.Module.customSections(wasmModule(), FUSED).length > 0;
}
