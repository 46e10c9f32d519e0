// Converts build/*.wasm to dist/*.wasm: removes the exports that only tests use, and adds custom sections with the package's version and,
// for modules with fusable multiply-adds, the bitmap of relaxed-simd.ts. Also writes dist/*.fused.wasm, and the text-encoded modules
// src/*/wasm.ts.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import binaryen from 'binaryen';
import { importSource } from './import-source.mjs';
import { multiplyAdds } from './multiply-adds.mjs';

const { entries } = await importSource('src/engine/entries.ts');
const { signalEntries } = await importSource('src/spectrum/entries.ts');
const { streamEntries } = await importSource('src/signal/entries.ts');
const { trainEntries } = await importSource('src/train/entries.ts');
const { poolEntries } = await importSource('src/pool/entries.ts');
const { matchEntries } = await importSource('src/match/entries.ts');
const { fused } = await importSource('src/engine/relaxed-simd.ts');
const { encode } = await importSource('src/engine/module-text.ts');
const { encodeTwins } = await importSource('src/engine/twins.ts');
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

/** Removes all exports except the wanted ones, and what is then unused. */
function withExports(bytes, wanted, { list, face }) {
  const found = WebAssembly.Module.exports(new WebAssembly.Module(bytes)).map(({ name }) => name);
  const missing = wanted.filter((name) => !found.includes(name));
  if (missing.length > 0)
    throw new Error(
      `${list} lists ${missing.join(', ')}, which ${face} does not export; it exports ${found.join(', ')}`,
    );
  const module = binaryen.readBinary(bytes);
  module.setFeatures(binaryen.Features.All);
  for (const name of found) if (!wanted.includes(name)) module.removeExport(name);
  module.runPasses(['remove-unused-module-elements']);
  return module.emitBinary();
}

/** A custom section: id, size, length of its name, name, content. All sizes must be below 128. */
function section(name, content) {
  const size = 1 + name.length + content.length;
  if (size > 127) throw new Error(`section ${name} has ${size} bytes`);
  return [0, size, name.length, ...Buffer.from(name), ...Buffer.from(content)];
}

/** The section that src/engine/relaxed-simd.ts reads from the end of the bytes. */
const plainSection = (bits) => section('madd0', [...bits, bits.length]);

/**
 * The modules: name, shipped exports, the files that list and that define these, the file with the encoded text, whether multiply-adds
 * are fusable, and whether functions exist for both float32 and float64.
 */
const modules = [
  {
    name: 'convnd',
    wanted: Object.keys(entries),
    list: 'src/engine/entries.ts',
    face: 'assembly/conv.ts',
    carrier: 'src/engine/wasm.ts',
    fuses: true,
  },
  {
    name: 'signal',
    wanted: [...signalEntries],
    list: 'src/spectrum/entries.ts',
    face: 'assembly/signal.ts',
    carrier: 'src/spectrum/wasm.ts',
    hasTwins: true,
  },
  {
    name: 'streams',
    wanted: [...streamEntries],
    list: 'src/signal/entries.ts',
    face: 'assembly/streams.ts',
    carrier: 'src/signal/wasm.ts',
    hasTwins: true,
  },
  {
    name: 'train',
    wanted: Object.keys(trainEntries),
    list: 'src/train/entries.ts',
    face: 'assembly/train.ts',
    carrier: 'src/train/wasm.ts',
    fuses: true,
  },
  {
    name: 'pool',
    wanted: [...poolEntries],
    list: 'src/pool/entries.ts',
    face: 'assembly/pool.ts',
    carrier: 'src/pool/wasm.ts',
  },
  {
    name: 'match',
    wanted: [...matchEntries],
    list: 'src/match/entries.ts',
    face: 'assembly/match.ts',
    carrier: 'src/match/wasm.ts',
    hasTwins: true,
  },
];

mkdirSync('dist', { recursive: true });
for (const { name, wanted, carrier, fuses, hasTwins, ...files } of modules) {
  const code = withExports(readFileSync(`build/${name}.wasm`), wanted, files);
  const bytes = Buffer.from([
    ...code,
    ...section('convnd', version),
    ...(fuses ? plainSection(multiplyAdds(code)) : []),
  ]);
  writeFileSync(`dist/${name}.wasm`, bytes);
  if (fuses) writeFileSync(`dist/${name}.fused.wasm`, fused(bytes)); // for workerd, which compiles no bytes
  const text = hasTwins ? encodeTwins(bytes) : encode(bytes);
  writeFileSync(
    carrier,
    `// Made by scripts/ship-wasm.mjs from build/${name}.wasm.\n` +
      `export const version: string = '${version}';\n` +
      `export const wasm: string =\n  "${text}";\n`,
  );
  console.log(`${name}.wasm ${bytes.length} bytes`);
}
