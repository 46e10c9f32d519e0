// Memory above 2 GiB, where an address is no positive number of 32 bits: every entry computes there what it computes below.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { assertSame } from '../helpers/compare.js';

const run = promisify(execFile);

/** What the calls give behind so many bytes of wasm memory, which nobody touches, so that they take none of the machine's. */
async function resultsBehind(bytes: number): Promise<Record<string, number[] | string>> {
  const args = ['build/tests/engine/high-calls.js', String(bytes)];
  return JSON.parse((await run(process.execPath, args, { maxBuffer: 2 ** 28 })).stdout);
}

describe('memory above 2 GiB', () => {
  it('is computed in as below', async () => {
    const low = await resultsBehind(0);
    for (const bytes of [2 ** 31, 2 ** 32 - 2 ** 27]) {
      const high = await resultsBehind(bytes);
      for (const [name, wanted] of Object.entries(low)) {
        const got = high[name];
        assert.ok(Array.isArray(got) && Array.isArray(wanted), `${name}: ${got}`);
        assertSame(got, wanted, `${name} behind ${bytes} bytes`);
      }
    }
  });
});
