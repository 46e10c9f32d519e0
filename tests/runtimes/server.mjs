// Serves the project's files with a strict content policy.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { project } from './project.mjs';

const types = { '.js': 'text/javascript', '.wasm': 'application/wasm', '.html': 'text/html' };

/** Bare names in a page without a bundler. Its text is named to the content policy by its hash. */
const importMap = JSON.stringify({
  imports: {
    convnd: '/node_modules/convnd/dist/index.js',
    'convnd/wasm': '/node_modules/convnd/dist/separate.js',
    'convnd/signal': '/node_modules/convnd/dist/signal.js',
    'convnd/match': '/node_modules/convnd/dist/match.js',
    'convnd/ndimage': '/node_modules/convnd/dist/ndimage.js',
    'convnd/train': '/node_modules/convnd/dist/train.js',
    'convnd/threads': '/node_modules/convnd/dist/threads.js',
  },
});
const importMapHash = createHash('sha256').update(importMap).digest('base64');

/** The policy that convnd's README asks for, or the one that forbids WebAssembly. */
export const contentPolicy = (wasm = true, more = '', blob = false) =>
  `default-src 'self'; script-src 'self'${wasm ? " 'wasm-unsafe-eval'" : ''}${more}; worker-src 'self'${blob ? ' blob:' : ''}`;

/** With these headers a page is isolated: it may share memory with its workers. */
export const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

const page = (script, mapped) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title></title>
${mapped ? `<script type="importmap">${importMap}</script>` : ''}
<script type="module" src="${script}"></script>
</html>
`;

/** What is at that address: a page around the script it names, or a file. */
async function answer({ pathname, searchParams }) {
  if (pathname === '/page')
    return [page(searchParams.get('page'), searchParams.has('importmap')), types['.html']];
  const file = normalize(join(project, decodeURIComponent(pathname)));
  if (!file.startsWith(project)) throw new Error('outside');
  return [await readFile(file), types[extname(file)] ?? 'application/octet-stream'];
}

/** @returns the address of the server, and how to stop it */
export async function startServer() {
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://localhost');
    const { searchParams } = url;
    const more = searchParams.has('importmap') ? ` 'sha256-${importMapHash}'` : '';
    const policy = contentPolicy(!searchParams.has('nowasm'), more, searchParams.has('blob'));
    response.setHeader('Content-Security-Policy', policy);
    // scripts have them always: a worker's file needs them in an isolated page, and does no harm in another
    if (searchParams.has('isolated') || url.pathname !== '/page')
      for (const [name, value] of Object.entries(isolation)) response.setHeader(name, value);
    try {
      const [content, type] = await answer(url);
      response.setHeader('Content-Type', type);
      response.end(content);
    } catch {
      response.statusCode = 404;
      response.end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://localhost:${server.address().port}`,
    close: () => server.close(),
  };
}
