// The scripts of the build, in a package whose compilers only write what the build expects of them.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Runs a script of the build in a folder. */
const script = (name: string, folder: string, ...options: string[]) =>
  run(process.execPath, [resolve(`scripts/${name}.mjs`), ...options], { cwd: folder });

/** An empty folder for the time of a test. */
async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'convnd-build-'));
  try {
    await test(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the build', () => {
  it('stops with the message of the compiler of the modules', () =>
    inFolder(async (folder) => {
      writeFileSync(join(folder, 'wrong.ts'), 'export function wrong(): i32 {\n  return missing;\n}\n');
      const config = { entries: ['wrong.ts'], targets: { release: { outFile: 'wrong.wasm' } } };
      writeFileSync(join(folder, 'asconfig.json'), JSON.stringify(config));
      await assert.rejects(script('build-wasm', folder), {
        code: 1,
        stderr: /Cannot find name 'missing'[\s\S]*wrong\.ts/,
      });
    }));

  it('of a copied checkout is the one that its tests import', () =>
    inFolder(async (folder) => {
      mkdirSync(join(folder, 'dist'));
      mkdirSync(join(folder, 'build'));
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ exports: {} }));
      symlinkSync(resolve('dist'), join(folder, 'build/dist'), 'junction');
      await script('build-scope', folder);
      assert.equal(realpathSync(join(folder, 'build/dist')), realpathSync(join(folder, 'dist')));
    }));

  it('of a checkout that was copied without links is too', () =>
    inFolder(async (folder) => {
      mkdirSync(join(folder, 'dist'));
      mkdirSync(join(folder, 'build/dist'), { recursive: true });
      writeFileSync(join(folder, 'build/dist/index.js'), 'a copy');
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ exports: {} }));
      await script('build-scope', folder);
      assert.equal(realpathSync(join(folder, 'build/dist')), realpathSync(join(folder, 'dist')));
    }));

  it('is repeated only after a change, or if its results are missing', () =>
    inFolder(async (folder) => {
      const at = (path: string) => join(folder, path);
      for (const name of ['assembly', 'src', 'scripts', 'tests', 'bench', 'examples']) mkdirSync(at(name));
      writeFileSync(at('src/one.ts'), '1');
      const write = `const fs = require('fs'); for (const f of ['dist', 'build/tests']) fs.mkdirSync(f, { recursive: true }); fs.appendFileSync('runs', '.')`;
      writeFileSync(at('build.cjs'), write);
      const scripts = { 'build:wasm': 'node -e 0', 'build:js': 'node build.cjs' };
      writeFileSync(at('package.json'), JSON.stringify({ scripts }));
      const runs = async () => {
        await script('build', folder, '--if-changed');
        return readFileSync(at('runs'), 'utf8').length;
      };
      assert.equal(await runs(), 1);
      assert.equal(await runs(), 1);
      writeFileSync(at('src/one.ts'), '22');
      assert.equal(await runs(), 2, 'after a change');
      rmSync(at('src/one.ts'));
      assert.equal(await runs(), 3, 'after a file was deleted');
      for (const name of ['dist', 'build/tests']) {
        rmSync(at(name), { recursive: true });
        await runs();
        assert.ok(existsSync(at(name)), `${name} was deleted`);
      }
    }));
});
