// Starts LiteRT.js in Node, though its loader expects a browser. Pages use browser/litert-start.ts instead.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInThisContext } from 'node:vm';
import { type LiteRt, loadLiteRt } from '@litertjs/core';
import { liteRtFile } from './litert-file.js';
import { allowed } from './threads.js';

/** Starts LiteRT.js. Replaces what its loader does in a page: add a script, fetch the module, and warn that there is no GPU. */
export async function startLiteRt(): Promise<LiteRt> {
  if (allowed.threads > 1) throw new Error('LiteRT.js has no threads in Node');
  const folder = fileURLToPath(new URL('../wasm/', import.meta.resolve('@litertjs/core')));
  const file = await liteRtFile();
  const page = globalThis as Record<string, unknown>;
  const added = ['self', 'importScripts', 'Module', 'navigator'].filter((name) => !(name in page));
  page.self ??= globalThis;
  page.navigator ??= {};
  page.Module = { wasmBinary: readFileSync(join(folder, `${file}.wasm`)), print() {}, printErr() {} };
  page.importScripts = (path: string) => {
    const script = `(function (require, __filename, __dirname) { ${readFileSync(path, 'utf8')}; return ModuleFactory; })`;
    page.ModuleFactory = runInThisContext(script)(createRequire(path), path, folder);
  };
  const { warn } = console;
  console.warn = () => {};
  try {
    return await loadLiteRt(join(folder, `${file}.js`));
  } finally {
    console.warn = warn;
    for (const name of added) delete page[name];
  }
}
