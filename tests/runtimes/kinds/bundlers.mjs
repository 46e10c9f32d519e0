// Bundles, each opened in Chromium under the strict content policy, and one without an engine in Node.

import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import nodeResolve from '@rollup/plugin-node-resolve';
import { build as esbuild, version as esbuildVersion } from 'esbuild';
import { rollup, VERSION as rollupVersion } from 'rollup';
import { createServer, build as viteBuild, version as viteVersion } from 'vite';
import webpack from 'webpack';
import { browser } from '../browsers.mjs';
import { entryOf, project, write } from '../project.mjs';
import { contentPolicy, isolation } from '../server.mjs';

const inChromium = async (url) => (await browser('Chromium')).report(url);
const entryFile = (subject) => join(project, `page-${subject}.js`);
const html = (subject) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title></title>
<script type="module" src="/page-${subject}.js"></script>
</html>
`;

/** Vite's server, which bundles dependencies into its cache before it serves them. */
async function viteServer(subject) {
  const name = `vite-${subject}.html`;
  const cacheDir = join(project, 'vite-cache', subject);
  write(name, html(subject));
  const server = await createServer({
    root: project,
    configFile: false,
    logLevel: 'error',
    cacheDir,
    optimizeDeps: { entries: [name] },
    server: {
      port: 0,
      host: 'localhost',
      headers: { 'Content-Security-Policy': contentPolicy(true, '', true), ...isolation },
    },
  });
  try {
    await server.listen();
    const result = await inChromium(new URL(name, server.resolvedUrls.local[0]).href);
    const bundled = join(cacheDir, 'deps', `${entryOf(subject).replace('/', '_')}.js`);
    if (!existsSync(bundled)) throw new Error('Vite did not bundle convnd beforehand');
    return result;
  } finally {
    await server.close();
  }
}

async function vite(subject, { origin }) {
  const name = `vite-build-${subject}.html`;
  const base = `/vite/${subject}/`;
  write(name, html(subject));
  await viteBuild({
    root: project,
    configFile: false,
    logLevel: 'error',
    base,
    build: { outDir: join(project, base), rollupOptions: { input: join(project, name) } },
  });
  return inChromium(`${origin}${base}${name}?isolated&blob`);
}

async function bundleWithWebpack(subject, { origin }) {
  const publicPath = `/webpack/${subject}/`;
  const compiler = webpack({
    mode: 'production',
    context: project,
    entry: entryFile(subject),
    output: { path: join(project, publicPath), publicPath, filename: 'page.js' },
  });
  await new Promise((resolve, reject) =>
    compiler.run((error, stats) => {
      if (error ?? stats.hasErrors()) reject(error ?? new Error(stats.toString('errors-only')));
      else compiler.close(resolve);
    }),
  );
  return inChromium(`${origin}/page?page=${publicPath}page.js&isolated&blob`);
}

async function bundleWithRollup(subject, { origin }) {
  const folder = `/rollup/${subject}/`;
  const bundle = await rollup({ input: entryFile(subject), plugins: [nodeResolve()] });
  await bundle.write({ dir: join(project, folder), entryFileNames: 'page.js' });
  // Rollup leaves the module's address as it is: relative to the bundle
  if (subject === 'wasm')
    copyFileSync(join(project, 'node_modules/convnd/dist/convnd.wasm'), join(project, folder, 'convnd.wasm'));
  return inChromium(`${origin}/page?page=${folder}page.js&isolated&blob`);
}

/** Bundles one file of the project with esbuild and returns the bundle's address. */
export async function bundle(file, format = 'esm') {
  const folder = `/esbuild/${file}/`;
  await esbuild({
    entryPoints: [join(project, file)],
    outfile: join(project, folder, 'bundle.js'),
    bundle: true,
    minify: true,
    format,
    target: 'es2022',
    loader: { '.wasm': 'file' },
    publicPath: folder,
    logLevel: 'error',
    logOverride: { 'empty-import-meta': 'silent' },
  });
  return `${folder}bundle.js`;
}

async function bundleWithEsbuild(subject, { origin }) {
  return inChromium(`${origin}/page?page=${await bundle(`page-${subject}.js`)}&isolated&blob`);
}

/** A checkpoint needs no browser. */
async function openInNode(subject) {
  const file = join(project, await bundle(`console-${subject}.js`));
  return JSON.parse(execFileSync(process.execPath, [file], { encoding: 'utf8' }));
}

export const runs = [
  ['Vite', viteVersion, 'server, bundled beforehand', viteServer, ['convnd', 'wasm-url-vite', 'threads']],
  ['Vite', viteVersion, 'build', vite, ['convnd', 'wasm', 'threads']],
  ['webpack', webpack.version, 'build', bundleWithWebpack, ['convnd', 'wasm', 'threads']],
  ['Rollup', rollupVersion, 'build', bundleWithRollup, ['convnd', 'wasm', 'threads']],
  ['esbuild', esbuildVersion, 'build', bundleWithEsbuild, ['convnd', 'wasm-url', 'threads']],
  ['esbuild', esbuildVersion, 'build, opened in Node', openInNode, ['safetensors']],
].flatMap(([runtime, version, where, run, subjects]) =>
  subjects.map((subject) => ({
    runtime,
    version: async () => version,
    entry: entryOf(subject),
    where: `${where}${subject.startsWith('wasm-url') ? ', init({ url })' : ''}`,
    go: (server) => run(subject, server),
  })),
);
