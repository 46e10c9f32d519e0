// LiteRT.js (the successor of TensorFlow Lite; XNNPACK), whose loader expects a browser.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInThisContext } from 'node:vm';
import { type LiteRt, loadLiteRt, supportsFeature, Tensor } from '@litertjs/core';
import type { Problem } from '#src/problem/problem.js';
import { inputShape, type Operands, outputShape } from '../operands.js';
import { channelsFirst, channelsLast, type Prepared, type Rival } from './rival.js';
import { tfliteModel } from './tflite-model.js';

let ready: Promise<LiteRt> | undefined;

/** Stands in for the page while the loader runs: it wants to add a script to it and to fetch the module, and warns of no GPU. */
async function start(): Promise<LiteRt> {
  const folder = fileURLToPath(new URL('../wasm/', import.meta.resolve('@litertjs/core')));
  const file = (await supportsFeature('relaxedSimd'))
    ? 'litert_wasm_internal'
    : 'litert_wasm_compat_internal';
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

async function prepare(problem: Problem, operands: Operands): Promise<Prepared> {
  const { bytes, input } = tfliteModel(problem, operands);
  ready ??= start();
  const runtime = await ready;
  const model = await runtime.loadAndCompile(bytes, { accelerator: 'wasm' });
  const x = new Tensor(channelsLast(operands.x, inputShape(problem)), input);
  return {
    awaited: true,
    async run() {
      for (const y of await model.run([x])) y.delete();
    },
    async output() {
      const [y] = await model.run([x]);
      const data = channelsFirst((await y.data()) as Float32Array, outputShape(problem));
      y.delete();
      return data;
    },
    dispose() {
      x.delete();
      model.delete();
    },
  };
}

export const liteRt: Rival = {
  name: 'litert',
  resident: true,
  includes: 'model.run on a resident tensor, channels last, awaited; y allocated and freed each run',
  prepare,
};
