// Installs the other runtimes on first use, compiles this folder, and starts the comparison.
// The library's own install stays free of them.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const built = fileURLToPath(new URL('../../build/bench/rivals/', import.meta.url));
const read = (file) => JSON.parse(readFileSync(file, 'utf8'));

const wanted = read(join(here, 'package.json')).dependencies;
const installed = ([name, version]) => {
  const file = join(here, 'node_modules', name, 'package.json');
  return existsSync(file) && read(file).version === version;
};
if (!Object.entries(wanted).every(installed)) {
  console.log('Installing the other runtimes into bench/rivals/node_modules (250 MB) …');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  execFileSync(npm, ['install', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: here,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
}

const tsc = createRequire(import.meta.url).resolve('typescript/package.json');
execFileSync(process.execPath, [join(tsc, '../bin/tsc'), '-p', join(here, 'tsconfig.json')], {
  stdio: 'inherit',
});

// The compiled files find the runtimes as if they had been installed beside them.
mkdirSync(built, { recursive: true });
if (!existsSync(join(built, 'node_modules'))) {
  symlinkSync(join(here, 'node_modules'), join(built, 'node_modules'), 'junction');
}

// `npm run bench:brain` and `bench:upscale` compare one whole network, everything else single layers.
const [, , name] = process.argv;
await import(`../../build/bench/rivals/${['brain', 'upscale'].includes(name) ? name : 'main'}.js`);
