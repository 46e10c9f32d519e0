// Programs of users compile: under old and new compilers, strict options, and every way to resolve the package.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { before, describe, it } from 'node:test';
import { promisify } from 'node:util';

const folder = 'build/programs';
const run = promisify(execFile);

const node10 = { module: 'commonjs', moduleResolution: 'node10' };
const bundler = { module: 'esnext', moduleResolution: 'bundler' };
const nodenext = { module: 'nodenext', moduleResolution: 'nodenext' };
/** Without the libraries that `Response`, `WebAssembly` and `using` come from. */
const plain = ['es2023'];
const full = ['es2023', 'esnext.disposable', 'dom'];

interface Program {
  compiler: string;
  files: string[];
  resolution: { module: string; moduleResolution: string };
  lib: string[];
}

const both = ['program.ts', 'using.ts'];
const programs: Program[] = [
  { compiler: 'typescript-5.0', files: ['program.ts'], resolution: node10, lib: plain },
  { compiler: 'typescript-5.0', files: ['program.ts'], resolution: bundler, lib: ['es2023', 'dom'] },
  { compiler: 'typescript-5.9', files: both, resolution: node10, lib: full },
  { compiler: 'typescript-5.9', files: ['program.ts'], resolution: nodenext, lib: plain },
  { compiler: 'typescript', files: ['program.ts'], resolution: bundler, lib: plain },
  { compiler: 'typescript', files: both, resolution: nodenext, lib: full },
];

/** What a compiler prints for a program. */
async function complaints({ compiler, files, resolution, lib }: Program): Promise<string> {
  const strict = { strict: true, skipLibCheck: false, exactOptionalPropertyTypes: true, noEmit: true };
  // the types of other packages stand further up
  const compilerOptions = { target: 'es2022', lib, types: [], ...resolution, ...strict };
  writeFileSync(`${folder}/tsconfig.json`, JSON.stringify({ compilerOptions, files }));
  return run(process.execPath, [`node_modules/${compiler}/bin/tsc`, '-p', folder]).then(
    () => '',
    (error: { stdout: string }) => error.stdout,
  );
}

describe("a user's program compiles", () => {
  before(() => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(`${folder}/node_modules`, { recursive: true });
    cpSync('tests/types', folder, { recursive: true });
    symlinkSync(resolve('.'), `${folder}/node_modules/convnd`, 'junction');
  });

  it('finds every entry without `exports` too', () => {
    const { exports, typesVersions } = JSON.parse(readFileSync('package.json', 'utf8'));
    const entries = Object.entries<{ types?: string }>(exports).filter(
      ([name, { types }]) => name !== '.' && types?.endsWith('.d.ts'),
    );
    assert.ok(entries.length > 4);
    const plain = Object.fromEntries(entries.map(([name, { types }]) => [name.slice(2), [types]]));
    assert.deepEqual(typesVersions, { '*': plain });
  });

  for (const program of programs) {
    const { compiler, files, resolution, lib } = program;
    const { version } = JSON.parse(readFileSync(`node_modules/${compiler}/package.json`, 'utf8'));
    it(`by TypeScript ${version}, ${Object.values(resolution).join(' ')}, ${lib}: ${files}`, async () => {
      assert.equal(await complaints(program), '');
    });
  }

  it('and one that calls a layer is told of forward', async () => {
    assert.match(
      await complaints({ compiler: 'typescript', files: ['called.ts'], resolution: nodenext, lib: full }),
      /called\.ts\(6,18\).*'"a layer is not a function: call layer\.forward\(x\)"'\.\s*$/,
    );
  });
});
