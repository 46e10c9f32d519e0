// Installs the runtimes on first use and hands over to a Node that all the tools run in.
// The library's own install stays free of them.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npm } from './npm.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const read = (file) => JSON.parse(readFileSync(file, 'utf8'));

const wanted = read(join(here, 'package.json')).dependencies;
const installed = ([name, version]) => {
  const file = join(here, 'node_modules', name, 'package.json');
  return existsSync(file) && read(file).version === version.replace(/^.*@/, '');
};
if (!Object.entries(wanted).every(installed)) {
  console.log('Installing the runtimes into tests/runtimes/node_modules (1.5 GB) …');
  npm(here, ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'], {
    stdio: 'inherit',
  });
}

const node = join(here, 'node_modules/node24/bin', process.platform === 'win32' ? 'node.exe' : 'node');
const { status } = spawnSync(node, [join(here, 'main.mjs'), ...process.argv.slice(2)], { stdio: 'inherit' });
process.exit(status ?? 1);
