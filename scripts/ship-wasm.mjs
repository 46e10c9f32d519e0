// Makes dist/convnd.wasm of build/convnd.wasm: without the exports that only tests call, and marked with the package's version.
// Writes it into src/engine/wasm.ts too, so that importing convnd needs no second file.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import binaryen from 'binaryen';
import { importSource } from './import-source.mjs';

const { entries } = await importSource('src/engine/entries.ts');
const { encode } = await importSource('src/engine/spelling.ts');
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

/** The module with the exports of those names and no others. */
function withExports(bytes, wanted) {
  const found = WebAssembly.Module.exports(new WebAssembly.Module(bytes)).map(({ name }) => name);
  const missing = wanted.filter((name) => !found.includes(name));
  if (missing.length > 0)
    throw new Error(
      `src/engine/entries.ts lists ${missing.join(', ')}, which assembly/conv.ts does not export; it exports ${found.join(', ')}`,
    );
  const module = binaryen.readBinary(bytes);
  module.setFeatures(binaryen.Features.All);
  for (const name of found) if (!wanted.includes(name)) module.removeExport(name);
  module.runPasses(['remove-unused-module-elements']);
  return module.emitBinary();
}

/** A custom section: its kind, its size, the size of its name, its name, its content. All sizes are below 128. */
function section(name, content) {
  return [0, 1 + name.length + content.length, name.length, ...Buffer.from(name + content)];
}

const bytes = Buffer.from([
  ...withExports(readFileSync('build/convnd.wasm'), ['memory', ...Object.keys(entries)]),
  ...section('convnd', version),
]);

mkdirSync('dist', { recursive: true });
writeFileSync('dist/convnd.wasm', bytes);
writeFileSync(
  'src/engine/wasm.ts',
  `// Made by scripts/ship-wasm.mjs from build/convnd.wasm.\n` +
    `export const version: string = '${version}';\n` +
    `export const wasm: string =\n  "${encode(bytes)}";\n`,
);
console.log(`convnd.wasm ${bytes.length} bytes`);
