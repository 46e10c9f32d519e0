// The benches that measure other packages beside convnd compile: nobody would notice otherwise, as nothing else builds them.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { describe, it } from 'node:test';

/** Codes of what the compiler says of the other packages where they are not installed. */
const NOT_INSTALLED = /error TS(2307|2882):/;

const benches = readdirSync('bench', { withFileTypes: true, recursive: true })
  .filter(({ name, parentPath }) => name === 'tsconfig.json' && !parentPath.includes('node_modules'))
  .map(({ parentPath }) => `${parentPath}/tsconfig.json`);

describe('a bench with other packages', () => {
  assert.ok(benches.length >= 3, `only ${benches.join()}`);
  for (const bench of benches)
    it(`compiles: ${bench}`, () => {
      const compiler = 'node_modules/typescript/bin/tsc';
      const { stdout, status } = spawnSync(
        process.execPath,
        [compiler, '-p', bench, '--noEmit', '--pretty', 'false'],
        {
          encoding: 'utf8',
        },
      );
      assert.ok(status !== null, 'the compiler ended by itself');
      const faults = stdout.split('\n').filter((line) => line !== '' && !NOT_INSTALLED.test(line));
      assert.deepEqual(faults, []);
    });
});
