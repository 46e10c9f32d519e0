// Prepares a bench that measures other packages beside convnd: installs them on first use into the bench's own folder, so that the
// library's own install stays free of them, and compiles the bench.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const read = (file) => JSON.parse(readFileSync(file, 'utf8'));

/**
 * Installs, compiles and links.
 * @param folder the URL of the bench's folder, with a package.json of the packages and a tsconfig.json
 * @param note what is installed, in words
 * @returns the URL of the folder with the compiled bench
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

  // the compiled files find the packages as if they had been installed beside them
  mkdirSync(built, { recursive: true });
  if (!existsSync(join(built, 'node_modules')))
    symlinkSync(join(here, 'node_modules'), join(built, 'node_modules'), 'junction');
  return pathToFileURL(built);
}
