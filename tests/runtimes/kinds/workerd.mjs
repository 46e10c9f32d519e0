// workerd, Cloudflare's runtime, which compiles no bytes: the module comes by a static import.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';
import { entryOf, project, tools } from '../project.mjs';

const { version } = JSON.parse(readFileSync(join(tools, 'workerd/package.json'), 'utf8'));

async function go(subject) {
  const folder = join(project, 'workerd', subject);
  await build({
    entryPoints: [join(project, `workerd-${subject}.js`)],
    outfile: join(folder, 'index.js'),
    bundle: true,
    format: 'esm',
    target: 'es2022',
    conditions: ['workerd'],
    loader: { '.wasm': 'copy' },
    assetNames: '[name]',
    logLevel: 'error',
  });
  const worker = new Miniflare({
    modulesRoot: folder,
    modules: [
      { type: 'ESModule', path: join(folder, 'index.js') },
      ...readdirSync(folder)
        .filter((name) => name.endsWith('.wasm'))
        .map((name) => ({ type: 'CompiledWasm', path: join(folder, name) })),
    ],
    compatibilityDate: '2026-07-01',
    telemetry: { enabled: false },
    cf: false,
  });
  try {
    const response = await worker.dispatchFetch('http://localhost/');
    return await response.json();
  } finally {
    await worker.dispose();
  }
}

export const runs = ['convnd', 'wasm', 'threads-refused'].map((subject) => ({
  runtime: 'workerd',
  version: async () => version,
  entry: entryOf(subject),
  where: 'miniflare, bundled by esbuild',
  go: () => go(subject),
}));
