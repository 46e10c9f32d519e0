// Runs the compiled tests, or those of the given folders and files: `node scripts/test.mjs match threads/threads-lost`. With --coverage it
// also prints the coverage of src, which takes a quarter more time.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { values: options, positionals: places } = parseArgs({
  options: { coverage: { type: 'boolean' } },
  allowPositionals: true,
});
const coverage = 'build/coverage';
const summary = 'build/tests.txt';
rmSync(coverage, { recursive: true, force: true });
const all = readdirSync('build/tests', { recursive: true })
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.test.js'));
const missing = places.filter((place) => !all.some((name) => isIn(name, place)));
if (missing.length > 0) throw new Error(`build/tests has no ${missing.join(' and no ')}`);
const files = all
  .filter((name) => places.length === 0 || places.some((place) => isIn(name, place)))
  .sort()
  .map((name) => `build/tests/${name}`);
// also to a file, to repeat the totals after the coverage table
const reports = ['stdout', ...(options.coverage ? [summary] : [])].flatMap((to) => [
  '--test-reporter=./scripts/reporter.mjs',
  `--test-reporter-destination=${to}`,
]);
const run = spawnSync(
  process.execPath,
  ['--import=./build/tests/seed.js', '--test', '--test-concurrency=2', ...reports, ...files],
  { stdio: 'inherit', env: { ...process.env, ...(options.coverage && { NODE_V8_COVERAGE: coverage }) } },
);
if (options.coverage) {
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
}
process.exit(run.status ?? 1);

/** Whether a test file is, or is in, what an argument names. */
function isIn(name, place) {
  return name.startsWith(`${place}/`) || name === `${place}.test.js`;
}
