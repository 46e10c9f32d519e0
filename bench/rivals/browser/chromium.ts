// Runs measurements in Chromium, each in a new cross-origin isolated page, where the clock has a resolution of 5 microseconds.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import type { Outcome } from '../outcome.js';
import type { Assignment } from '../race.js';
import type { bench as Bench } from './page.js';

const folder = (path: string) => fileURLToPath(new URL('.', import.meta.resolve(path)));

/** Files of the page's folder that replace the files for Node. */
const instead = ['tfjs-files.js', 'litert-start.js'];

const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** The script of the page. */
async function bundle(): Promise<Uint8Array> {
  const here = fileURLToPath(new URL('.', import.meta.url));
  const { outputFiles } = await build({
    entryPoints: [join(here, 'page.js')],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    logLevel: 'error',
    plugins: [
      {
        name: 'browser',
        setup({ onResolve }) {
          onResolve({ filter: /^\.\/[\w-]+\.js$/ }, ({ path }) => {
            const file = path.slice(2);
            return instead.includes(file) ? { path: join(here, file) } : undefined;
          });
        },
      },
    ],
  });
  return outputFiles[0].contents;
}

/** A server for the page and the modules that it loads. */
async function serve(script: Uint8Array) {
  const folders: Record<string, string> = {
    tfjs: folder('@tensorflow/tfjs-backend-wasm'),
    litert: join(dirname(dirname(fileURLToPath(import.meta.resolve('@litertjs/core')))), 'wasm'),
  };
  const page = '<!doctype html><title>bench</title><script type="module" src="/page.js"></script>';
  const contentOf = (path: string): Uint8Array | string => {
    if (path === '/') return page;
    if (path === '/page.js') return script;
    const [, from, file] = path.split('/');
    return readFileSync(join(folders[from], file));
  };
  const server = createServer(({ url = '/' }, response) => {
    try {
      const content = contentOf(url);
      response.writeHead(200, {
        'content-type': types[extname(url) || '.html'] ?? 'application/octet-stream',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
      });
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, 'localhost', resolve);
  });
  return { address: `http://localhost:${(server.address() as AddressInfo).port}/`, server };
}

/** The globals of the page that this file calls. */
type Page = { readonly bench: typeof Bench };

/** Starts Chromium (`CHROMIUM` or /usr/bin/chromium) for runtimes with up to `threads` threads. */
export async function inChromium(threads: number) {
  const { address, server } = await serve(await bundle());
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  });
  const opened = async () => {
    const page = await browser.newPage();
    await page.goto(address);
    await page.waitForFunction(() => 'bench' in globalThis);
    return page;
  };
  const first = await opened();
  const variants = await first.evaluate(
    (given: number) => (globalThis as unknown as Page).bench.variants(given),
    threads,
  );
  await first.close();
  return {
    version: `Chromium ${browser.version()} (${variants})`,
    /** The outcomes of all named runtimes. If the page ends, that is the failure of each. */
    async run(assignment: Assignment): Promise<Record<string, Outcome>> {
      const page = await opened();
      try {
        return await page.evaluate(
          (given: Assignment) => (globalThis as unknown as Page).bench.race(given),
          assignment,
        );
      } catch (error) {
        const failure = `the page ended: ${String(error).split('\n')[0]}`;
        return Object.fromEntries(assignment.names.map((name) => [name, { rounds: [], failure }]));
      } finally {
        await page.close();
      }
    },
    async close(): Promise<void> {
      await browser.close();
      server.close();
    },
  };
}
