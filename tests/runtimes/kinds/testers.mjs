// Jest, ts-jest and Vitest, in Node's and in jsdom's environment: as installed, or with the lines that docs/runtimes.md gives.

import { execFile } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { consumer, project, tools, write } from '../project.mjs';

const execute = promisify(execFile);
const versionOf = (name) => JSON.parse(readFileSync(join(tools, name, 'package.json'), 'utf8')).version;
const node = (major) => join(tools, `node${major}/bin/node`);

/** Runs a test of a folder, which leaves what it found in a file. */
async function report(folder, command, args, environment = {}) {
  const cwd = join(project, folder);
  const result = join(cwd, 'result.json');
  const env = { ...process.env, CI: '1', RESULT: result, ...environment };
  try {
    await execute(command, args, { cwd, env, timeout: 600_000 });
  } catch ({ stdout, stderr }) {
    throw new Error(`${stdout}${stderr}`);
  }
  return JSON.parse(readFileSync(result, 'utf8'));
}

/** Modules: the program that all rows run, in a test. */
function modules(folder, header = '') {
  write(`${folder}/package.json`, '{ "private": true, "type": "module" }\n');
  write(`${folder}/convnd.test.js`, `${header}${consumer('tester')}`);
}

/** CommonJS, with the program beside the test so that a compiler of Jest's sees it. */
function commonjs(folder) {
  write(`${folder}/package.json`, '{ "private": true }\n');
  write(`${folder}/convnd.test.ts`, consumer('tester').replace('../convnd.js', './convnd'));
  for (const name of ['convnd', 'check', 'signals', 'fixtures'])
    copyFileSync(join(project, `${name}.js`), join(project, folder, `${name}.js`));
}

const vmModules = { NODE_OPTIONS: '--experimental-vm-modules' };
const jest = join(tools, 'jest/bin/jest.js');
const vitest = join(tools, 'vitest/vitest.mjs');

async function inJest(environment) {
  const folder = `jest-${environment}`;
  modules(folder);
  const args = [jest, '--rootDir', '.', '--env', environment];
  return report(folder, node(20), args, vmModules);
}

async function inTsJest() {
  commonjs('ts-jest');
  const compilerOptions = { target: 'es2022', module: 'commonjs', esModuleInterop: true };
  write('ts-jest/tsconfig.json', JSON.stringify({ compilerOptions }));
  write(
    'ts-jest/jest.config.js',
    `module.exports = {
  transform: { '\\\\.[jt]s$': ['ts-jest', { tsconfig: { allowJs: true }, diagnostics: false }] },
  transformIgnorePatterns: ['/node_modules/(?!convnd/)'],
};
`,
  );
  return report('ts-jest', node(20), [jest, '--rootDir', '.']);
}

async function inVitest(environment) {
  const folder = `vitest-${environment}`;
  modules(folder, "import { expect, test } from 'vitest';\n");
  return report(folder, node(24), [vitest, 'run', '--root', '.', '--environment', environment]);
}

export const runs = [
  ['Jest', 'jest', 'modules, --experimental-vm-modules', () => inJest('node')],
  ['Jest', 'jest', 'jsdom, modules, --experimental-vm-modules', () => inJest('jsdom')],
  ['ts-jest', 'ts-jest', 'CommonJS, transformIgnorePatterns', inTsJest],
  ['Vitest', 'vitest', 'as installed', () => inVitest('node')],
  ['Vitest', 'vitest', 'jsdom, as installed', () => inVitest('jsdom')],
].map(([runtime, name, where, go]) => ({
  runtime,
  version: async () => versionOf(name),
  entry: 'convnd',
  where,
  go,
}));
