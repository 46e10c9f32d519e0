// Prepares a benchmark that compares convnd with other packages: installs them into the benchmark's own folder on first use, so that they
// are not dependencies of the library, and compiles the benchmark.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const read = (file) => JSON.parse(readFileSync(file, 'utf8'));

/**
 * Installs the packages, and compiles and links the benchmark.
 * @param folder the URL of the benchmark's folder, with a package.json and a tsconfig.json
 * @param note a description of what is installed
 * @returns the URL of the folder with the compiled benchmark
 */
export function withRivals(folder, note) {
  const here = fileURLToPath(folder);
  const built = fileURLToPath(new URL(`../build/bench/${basename(here)}/`, import.meta.url));
  const wanted = read(join(here, 'package.json')).dependencies;
  const installed = ([name, version]) => {
    const file = join(here, 'node_modules', name, 'package.json');
    return existsSync(file) && read(file).version === version;
  };
  if (!Object.entries(wanted).every(installed)) {
    console.log(`Installing ${note} into bench/${basename(here)}/node_modules …`);
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

  // so that compiled files resolve the packages
  mkdirSync(built, { recursive: true });
  if (!existsSync(join(built, 'node_modules')))
    symlinkSync(join(here, 'node_modules'), join(built, 'node_modules'), 'junction');
  return pathToFileURL(built);
}
