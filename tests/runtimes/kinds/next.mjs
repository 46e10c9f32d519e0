// A Next.js program: a server component, a route handler and a client component.

import { execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { browser } from '../browsers.mjs';
import { consumer, entryOf, project, tools, write } from '../project.mjs';
import { contentPolicy } from '../server.mjs';

const { version } = JSON.parse(readFileSync(join(tools, 'next/package.json'), 'utf8'));
const folder = join(project, 'next');
const command = join(tools, 'next/dist/bin/next');
const environment = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', NEXT_IGNORE_INCORRECT_LOCKFILE: '1' };

// Next.js writes scripts into its pages
const policy = contentPolicy(true, " 'unsafe-inline'");
const config = `export default {
  turbopack: { root: ${JSON.stringify(join(tools, '..'))} },
  headers: async () => [
    { source: '/:path*', headers: [{ key: 'Content-Security-Policy', value: ${JSON.stringify(policy)} }] },
  ],
};
`;

const parts = { server: 'page', client: 'page', route: 'route' };
const subjects = ['convnd', 'wasm'];

async function build() {
  write('next/package.json', '{ "name": "convnd-next", "private": true, "type": "module" }\n');
  write('next/next.config.mjs', config);
  write('next/app/layout.js', consumer('next/layout'));
  for (const subject of subjects) {
    for (const [part, file] of Object.entries(parts))
      write(
        `next/app/${subject}/${part}/${file}.js`,
        consumer(`next/${part}`).replaceAll('SUBJECT', `../../../../${subject}.js`),
      );
  }
  try {
    await promisify(execFile)(process.execPath, [command, 'build', folder], { env: environment, cwd: folder });
  } catch ({ stdout, stderr }) {
    throw new Error(`${stdout}${stderr}`);
  }
}

/** @returns the address, and how to stop it */
async function serve() {
  await build();
  const port = 30000 + Math.floor(Math.random() * 10000);
  const server = spawn(process.execPath, [command, 'start', folder, '-p', String(port), '-H', 'localhost'], {
    env: environment,
    cwd: folder,
    stdio: 'ignore',
  });
  const origin = `http://localhost:${port}`;
  for (let tries = 0; tries < 100; tries++) {
    if (await fetch(origin).catch(() => undefined)) return { origin, stop: () => server.kill() };
    await wait(100);
  }
  server.kill();
  throw new Error('next start does not answer');
}

let serving;

async function go(part, subject) {
  serving ??= serve();
  const url = `${(await serving).origin}/${subject}/${part}`;
  if (part === 'route') return (await fetch(url)).json();
  return (await browser('Chromium')).report(url);
}

export const stopNext = async () => (await serving?.catch(() => undefined))?.stop();

export const runs = subjects.flatMap((subject) =>
  [
    ['server', 'server component'],
    ['route', 'route handler'],
    ['client', 'client component'],
  ].map(([part, where]) => ({
    runtime: 'Next.js',
    version: async () => version,
    entry: entryOf(subject),
    where,
    go: () => go(part, subject),
  })),
);
