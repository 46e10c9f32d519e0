// Runs the compiled tests, then shows how much of src they covered, then the sum.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';

const coverage = 'build/coverage';
const summary = 'build/tests.txt';
rmSync(coverage, { recursive: true, force: true });
const files = readdirSync('build/tests')
  .filter((name) => name.endsWith('.test.js'))
  .map((name) => `build/tests/${name}`);
const reporter = ['./scripts/reporter.mjs', './scripts/reporter.mjs'].map(
  (path) => `--test-reporter=${path}`,
);
const run = spawnSync(
  process.execPath,
  [
    '--import=./build/tests/seed.js',
    '--test',
    '--test-concurrency=2',
    reporter[0],
    '--test-reporter-destination=stdout',
    reporter[1],
    `--test-reporter-destination=${summary}`,
    ...files,
  ],
  { stdio: 'inherit', env: { ...process.env, NODE_V8_COVERAGE: coverage } },
);
spawnSync(
  process.execPath,
  [
    'node_modules/c8/bin/c8.js',
    'report',
    '--temp-directory',
    coverage,
    '--include',
    'src/**',
    '--include',
    'dist/**',
    '--exclude',
    'src/engine/wasm.ts',
    '--reporter',
    'text',
  ],
  { stdio: 'inherit' },
);
console.log(`\n${readFileSync(summary, 'utf8').trimEnd().split('\n').at(-1)}`);
process.exit(run.status ?? 1);
