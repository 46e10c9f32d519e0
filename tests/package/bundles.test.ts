// What Node takes, bundles: they have the names of the library's files, are few, and share one engine.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const run = promisify(execFile);

/** Runs a program as one of the package's users, and reads what it prints. */
async function printed(code: string) {
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code]);
  return JSON.parse(stdout);
}

const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  exports: Record<string, Record<string, string> | string>;
};
const entries = Object.entries(exports).flatMap(([name, target]) =>
  typeof target === 'object' && target.node
    ? [{ name: name.replace('.', 'convnd'), node: target.node, file: target.default }]
    : [],
);

describe('the bundles that Node takes', () => {
  it('are those of all entries with an engine or checkpoints, but not of convnd/wasm', () => {
    const made = readdirSync('dist/bundled').filter((name) => !name.startsWith('chunk-'));
    assert.deepEqual(entries.map(({ node }) => node.replace('./dist/bundled/', '')).sort(), made.sort());
    assert.ok(made.length >= 8);
  });

  it('have classes of the names under which they are exported', async () => {
    for (const name of [...entries.map((entry) => entry.name), 'convnd/wasm']) {
      const others = await printed(`
        const all = Object.entries(await import('${name}')).filter(([, value]) => typeof value === 'function' && /^class /.test(value));
        console.log(JSON.stringify(all.map(([name, value]) => [name, value.name]).filter(([name, own]) => own !== name)));`);
      assert.deepEqual(others, [], name);
    }
  });

  it('have the names of the files', async () => {
    for (const { name, file } of entries) {
      const names = await printed(`
        import * as bundle from '${name}';
        import * as files from './${file}';
        console.log(JSON.stringify([import.meta.resolve('${name}'), Object.keys(bundle), Object.keys(files)]));`);
      assert.match(names[0], /\/dist\/bundled\/[a-z]+\.js$/);
      assert.deepEqual(names[1], names[2], name);
    }
  });

  it('share one engine', async () => {
    const [before, after, together, same] = await printed(`
      import { functional, memoryUsage } from 'convnd';
      import { conv2d } from 'convnd/functional';
      import { layersUseFft } from 'convnd/signal';
      import { mseLoss } from 'convnd/train';
      const x = [[[[1, 2], [3, 4]]]];
      const { live } = memoryUsage();
      conv2d(x, [[[[2]]]]);
      console.log(JSON.stringify([live, memoryUsage().live, mseLoss(x, x).data[0], conv2d === functional.conv2d]));`);
    assert.equal(before, 0);
    assert.ok(after > 0);
    assert.deepEqual([together, same], [0, true]);
  });

  it('have short lines, since Node prints the one that threw', async () => {
    for (const entry of ['convnd', 'convnd/wasm']) {
      const program = `import { Conv2d } from '${entry}'; new Conv2d(1, 1, 3, { strides: 2 });`;
      const failed = run(process.execPath, ['--input-type=module', '-e', program]);
      const { stderr } = await failed.catch((error: { stderr: string }) => error);
      assert.match(stderr, /TypeError: unexpected option 'strides'/);
      assert.ok(stderr.length < 4000, `${entry} prints ${stderr.length} characters`);
    }
  });

  it('leave out of a bundle for Node what a program does not need', async () => {
    const bundle = async (contents: string) => {
      const { outputFiles, warnings } = await build({
        stdin: { contents, resolveDir: '.' },
        bundle: true,
        format: 'esm',
        platform: 'node',
        write: false,
      });
      assert.deepEqual(warnings, []);
      return outputFiles[0].text;
    };
    const layer = await bundle("export { Conv2d } from 'convnd';");
    const pooling = await bundle("export { maxPool2d } from 'convnd/functional';");
    assert.ok(/Conv2d/.test(layer) && !/Conv2d/.test(pooling));
    assert.ok(pooling.length < layer.length / 2, `${pooling.length} of ${layer.length} bytes`);
  });
});
