// Seven pages, each an HTML file of its own with a script of its own; static files that work from any folder of any host.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

const here = import.meta.dirname;

/** The pages in the order of the navigation. */
const pages = [
  { file: 'index', title: 'Arithmetic' },
  { file: 'picture', title: 'Kernels on a picture' },
  { file: 'signals', title: 'Signals' },
  { file: 'upscale', title: 'Upscale' },
  { file: 'brain', title: 'Brain' },
  { file: 'learn', title: 'Learn' },
  { file: 'benchmark', title: 'Benchmark' },
];

/** Nothing may be loaded from, or sent to, anywhere else. `data:` and `blob:` are pictures the page itself made. */
const policy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** They isolate the page, so that its workers can share memory. Where a host sends none, the service worker does. */
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** Puts the header with the navigation, the footer and the content policy into every page. */
function frame(): Plugin {
  let building = false;
  return {
    name: 'frame',
    configResolved: (config) => {
      building = config.command === 'build';
    },
    transformIndexHtml: {
      order: 'pre',
      handler: (html, { filename }) => {
        const links = pages
          .map(({ file, title }) => {
            const current = filename.endsWith(`/${file}.html`) ? ' aria-current="page"' : '';
            return `<li><a href="./${file}.html"${current}>${title}</a></li>`;
          })
          .join('');
        // in the site the documentation lies beside the page
        const documentation = process.env.DOCUMENTATION
          ? `<a href="${process.env.DOCUMENTATION}">Documentation</a>`
          : '';
        const part = (name: string) => readFileSync(resolve(here, 'parts', `${name}.html`), 'utf8');
        // the development server puts styles into the page by script
        const head = building ? `<meta http-equiv="Content-Security-Policy" content="${policy}">` : '';
        return html
          .replace('<!-- head -->', head + part('head'))
          .replace(
            '<!-- header -->',
            part('header').replace('<!-- links -->', links).replace('<!-- documentation -->', documentation),
          )
          .replace('<!-- footer -->', part('footer'));
      },
    },
  };
}

/** Writes the service worker with the names of the small files, and a name for the cache that changes with any of them. */
function offline(): Plugin {
  const MOST = 300_000; // bytes of a file that is kept at once
  return {
    name: 'offline',
    apply: 'build',
    generateBundle(_, bundle) {
      const small = Object.values(bundle).filter(
        (file) => (file.type === 'chunk' ? file.code : file.source).length < MOST,
      );
      const html = pages.map(({ file }) => `./${file}.html`); // not in the bundle yet
      const names = ['./', './icon.svg', ...html, ...small.map(({ fileName }) => `./${fileName}`)];
      const hash = createHash('sha256').update(Object.keys(bundle).sort().join()).digest('hex').slice(0, 12);
      const source = readFileSync(resolve(here, 'offline.js'), 'utf8')
        .replace('/* files */ []', JSON.stringify(names))
        .replace("/* version */ ''", JSON.stringify(`convnd-${hash}`));
      this.emitFile({ type: 'asset', fileName: 'offline.js', source });
    },
  };
}

export default defineConfig({
  root: here,
  base: './',
  resolve: {
    alias: [
      { find: /^convnd$/, replacement: resolve(here, '../dist/index.js') },
      { find: /^convnd\/([\w/]+)$/, replacement: resolve(here, '../dist/$1.js') },
    ],
  },
  server: { headers, fs: { allow: [resolve(here, '..')] } },
  preview: { headers },
  worker: { format: 'es' },
  plugins: [frame(), offline()],
  build: {
    outDir: resolve(here, 'dist'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false }, // it is an inline script
    rollupOptions: { input: pages.map(({ file }) => resolve(here, `${file}.html`)) },
  },
});
