// Importing does nothing: no seed is drawn and no WebAssembly is touched before there is something to compute.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { it } from 'node:test';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Counts draws of seeds and uses of WebAssembly: after importing, after constructing a layer, and after a forward. */
const code = `
  const counts = { draws: 0, wasm: 0 };
  const { random } = Math;
  Math.random = () => (counts.draws++, random());
  for (const name of Object.getOwnPropertyNames(WebAssembly)) {
    const original = WebAssembly[name];
    if (typeof original !== 'function') continue;
    WebAssembly[name] = new Proxy(original, {
      construct: (target, args) => (counts.wasm++, Reflect.construct(target, args)),
      apply: (target, self, args) => (counts.wasm++, Reflect.apply(target, self, args)),
    });
  }
  const seen = [];
  const { Conv1d } = await import('convnd');
  seen.push({ ...counts });
  const layers = [new Conv1d(1, 1, 1), new Conv1d(1, 1, 1)];
  seen.push({ ...counts });
  layers[0].forward([[1]]);
  seen.push({ ...counts });
  console.log(JSON.stringify(seen));`;

it('importing draws no seed and starts no wasm; a layer draws one seed, a forward starts wasm', async () => {
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code]);
  const [imported, constructed, computed] = JSON.parse(stdout);
  assert.deepEqual(imported, { draws: 0, wasm: 0 });
  assert.deepEqual(constructed, { draws: 1, wasm: 0 });
  assert.equal(computed.draws, 1);
  assert.ok(computed.wasm >= 2, `a module and an instance, not ${computed.wasm}`);
});
