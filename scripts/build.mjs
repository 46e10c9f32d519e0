// npm run build: the WebAssembly modules, the library in dist/, and the tests, benchmarks and examples in build/. With --if-changed, as
// before `npm start` and `npm test`, it does nothing if no file that it reads has changed since the last complete build, and what it wrote
// is there. --source-maps is for coverage: dist/ is then not what is packed, so that the next --if-changed builds.
import { execSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: { 'if-changed': { type: 'boolean' }, 'source-maps': { type: 'boolean' } },
});
const stamp = 'build/sources.txt';
const results = ['dist', 'build/tests'];
const folders = ['assembly', 'src', 'scripts', 'tests', 'bench', 'examples'];
const settings = /^((as|ts)config.*|package)\.json$/;
const generated = /\/(wasm|source)\.ts$|\/(node_modules|build)\//;

/** The path, time and size of each file that a build reads, one on a line. */
function sources() {
  const files = [
    ...folders.flatMap((folder) =>
      readdirSync(folder, { recursive: true }).map((name) => `${folder}/${name}`),
    ),
    ...readdirSync('.').filter((name) => settings.test(name)),
    'node_modules/.package-lock.json', // the versions of both compilers
  ];
  return files
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !generated.test(path))
    .map((path) => ({ path, stats: statSync(path, { throwIfNoEntry: false }) }))
    .filter(({ stats }) => stats?.isFile())
    .map(({ path, stats }) => `${path} ${stats.mtimeMs} ${stats.size}`)
    .join('\n');
}

/** What the last complete build read; undefined if there was none or its results were deleted. */
function lastBuilt() {
  return [stamp, ...results].every((path) => existsSync(path)) ? readFileSync(stamp, 'utf8') : undefined;
}

const now = sources();
if (!options['if-changed'] || now !== lastBuilt()) {
  // so that no file of an older build is packed, and no test that was moved or deleted is run
  for (const path of [stamp, ...results]) rmSync(path, { recursive: true, force: true });
  execSync('npm run build:wasm && npm run build:js', { stdio: 'inherit' });
  if (options['source-maps'])
    execSync('node node_modules/typescript/bin/tsc -p tsconfig.json --sourceMap --declaration false', {
      stdio: 'inherit',
    });
  else writeFileSync(stamp, now);
}
