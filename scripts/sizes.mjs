// npm run size: what the library takes, as a table. Bundled and minified by esbuild, compressed by gzip -9.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { build } from 'esbuild';

const gzip = (input) => execFileSync('gzip', ['-9'], { input }).length;

async function bundle(code) {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: '.' },
    bundle: true,
    minify: true,
    format: 'esm',
    external: ['*.wasm'],
    write: false,
  });
  return outputFiles[0].contents;
}

const rows = [
  ['the module, dist/convnd.wasm', readFileSync('dist/convnd.wasm')],
  ['everything of convnd', await bundle("export * from 'convnd'")],
  ['Conv2d alone', await bundle("export { Conv2d } from 'convnd'")],
  ['everything of convnd/wasm, without the module', await bundle("export * from 'convnd/wasm'")],
];
console.table(
  Object.fromEntries(rows.map(([name, bytes]) => [name, { bytes: bytes.length, gzip: gzip(bytes) }])),
);
