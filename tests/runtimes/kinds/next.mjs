// A Next.js program: a server component, a route handler and a client component.

import { execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { browser } from '../browsers.mjs';
import { freePort } from '../free-port.mjs';
import { consumer, entryOf, project, tools, write } from '../project.mjs';
import { contentPolicy, isolation } from '../server.mjs';

const { version } = JSON.parse(readFileSync(join(tools, 'next/package.json'), 'utf8'));
const command = join(tools, 'next/dist/bin/next');
const environment = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', NEXT_IGNORE_INCORRECT_LOCKFILE: '1' };

// Next.js writes scripts and styles into its pages
const policy = `${contentPolicy(true, " 'unsafe-inline'", true)}; style-src 'self' 'unsafe-inline'`;
const headers = Object.entries({ 'Content-Security-Policy': policy, ...isolation }).map(([key, value]) => ({
  key,
  value,
}));
const config = (more) => `export default {
  staticPageGenerationTimeout: 600,
  turbopack: { root: ${JSON.stringify(join(tools, '..'))} },
  headers: async () => [
    { source: '/:path*', headers: ${JSON.stringify(headers)} },
  ],${more}
};
`;

/**
 * Two programs: one without any setting; and one for what needs it, since Next.js gives server components an address of the
 * module that only the browser can use.
 */
const programs = {
  'next-plain': {
    more: '',
    parts: [
      ['convnd', 'server'],
      ['convnd', 'route'],
      ['convnd', 'client'],
      ['wasm', 'route'],
      ['wasm', 'client'],
      ['threads', 'route'],
      ['threads', 'client'],
    ],
  },
  'next-external': { more: "\n  serverExternalPackages: ['convnd'],", parts: [['wasm', 'server']] },
};

const names = { server: 'server component', route: 'route handler', client: 'client component' };

async function build(program) {
  const { more, parts } = programs[program];
  write(`${program}/package.json`, '{ "name": "convnd-next", "private": true, "type": "module" }\n');
  write(`${program}/next.config.mjs`, config(more));
  write(`${program}/app/layout.js`, consumer('next/layout'));
  for (const [subject, part] of parts)
    write(
      `${program}/app/${subject}/${part}/${part === 'route' ? 'route' : 'page'}.js`,
      consumer(`next/${part}`).replaceAll('SUBJECT', `../../../../${subject}.js`),
    );
  const folder = join(project, program);
  const run = promisify(execFile);
  try {
    await run(process.execPath, [command, 'build', folder], { env: environment, cwd: folder });
  } catch ({ stdout, stderr }) {
    throw new Error(`${stdout}${stderr}`);
  }
}

/** @returns the address, and how to stop it */
async function serve(program) {
  await build(program);
  const port = await freePort();
  const args = [command, 'start', '-p', String(port), '-H', 'localhost'];
  const cwd = join(project, program);
  const server = spawn(process.execPath, args, { env: environment, cwd, stdio: 'ignore' });
  const origin = `http://localhost:${port}`;
  for (const end = Date.now() + 600_000; server.exitCode === null && Date.now() < end; await wait(100))
    if (await fetch(origin).catch(() => undefined)) return { origin, stop: () => server.kill() };
  server.kill();
  throw new Error('next start does not answer');
}

const serving = new Map();

async function go(program, subject, part) {
  if (!serving.has(program)) serving.set(program, serve(program));
  const url = `${(await serving.get(program)).origin}/${subject}/${part}`;
  if (part === 'route') return (await fetch(url)).json();
  return (await browser('Chromium')).report(url);
}

export async function stopNext() {
  for (const start of serving.values()) (await start.catch(() => undefined))?.stop();
}

export const runs = Object.entries(programs).flatMap(([program, { parts, more }]) =>
  parts.map(([subject, part]) => ({
    runtime: 'Next.js',
    version: async () => version,
    entry: entryOf(subject),
    where: `${names[part]}${more && ', serverExternalPackages'}`,
    go: () => go(program, subject, part),
  })),
);
