// Lints and formats the AssemblyScript of assembly/ and tests/kernels/ with the rules of biome.json; `--write` fixes what it can. Biome
// can't parse a decorator before a function, so it checks copies in which `@inline` is a comment. The copies have the same relative paths
// and line numbers as the sources.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const copies = 'build/lint-assembly';
const folders = ['assembly', 'tests/kernels'];

/** Rules that do not apply to AssemblyScript. */
const off = {
  style: {
    useImportType: 'off', // the compiler can't parse `import type`
  },
  suspicious: {
    noDoubleEquals: 'off', // types are static: == converts nothing
    noGlobalIsNan: 'off', // as it is here: isNaN takes floats only
    noTsIgnore: 'off', // @ts-expect-error would be wrong where an editor knows AssemblyScript's decorators
  },
};

const paths = folders.flatMap((folder) =>
  readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name))
    .filter((path) => /\.(ts|js|json)$/.test(path)),
);
const hide = (source) => source.replace(/^( *)@inline$/gm, '$1// @inline');
const show = (copy) => copy.replace(/^( *)\/\/ @inline$/gm, '$1@inline');

rmSync(copies, { recursive: true, force: true });
for (const path of paths) {
  mkdirSync(join(copies, dirname(path)), { recursive: true });
  writeFileSync(join(copies, path), hide(readFileSync(path, 'utf8')));
}
const config = JSON.parse(readFileSync('biome.json', 'utf8'));
config.files.includes = ['**'];
for (const [group, rules] of Object.entries(off)) Object.assign((config.linter.rules[group] ??= {}), rules);
// not named biome.json, since a second biome.json in a project is an error
writeFileSync(join(copies, 'lint.json'), JSON.stringify(config));

const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome');
const options = [
  'check',
  '--error-on-warnings',
  '--config-path=lint.json',
  ...process.argv.slice(2),
  ...folders,
];
const { status } = spawnSync(process.execPath, [biome, ...options], { cwd: copies, stdio: 'inherit' });
for (const path of process.argv.includes('--write') ? paths : []) {
  const repaired = show(readFileSync(join(copies, path), 'utf8'));
  if (repaired !== readFileSync(path, 'utf8')) writeFileSync(path, repaired);
}
process.exit(status ?? 1);
