// Prepares the compiled module to be shipped: drops the exports that only tests need, marks it with the package's version,
// and writes it into src/engine/wasm.ts, so that importing convnd needs no second file.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import binaryen from 'binaryen';
import { orderFunctions } from './function-order.mjs';

/** Micro-kernels are exported so that the compiler doesn't inline them; the names take 170 bytes after gzip. */
function withoutKernels(bytes) {
  const module = binaryen.readBinary(bytes);
  module.setFeatures(binaryen.Features.All);
  for (const [, names] of readFileSync('assembly/index.ts', 'utf8').matchAll(
    /\{([^}]*)\} from '\.\/kernels\//g,
  ))
    for (const name of names.split(',')) module.removeExport(name.trim());
  return module.emitBinary();
}

/**
 * A byte from -3 (the prefix of vector instructions) to 85 is one letter, any other two; src/engine/carried.ts reads it. These are frequent
 * in a module and each byte has one spelling, so a web server compresses it nearly as well as the bytes themselves: 7.3 KB
 * against 7.1 KB, where hexadecimal takes 8.0 KB and base64, whose letters straddle bytes, 9.8 KB.
 */
const spellByte = (byte) => {
  const place = (byte + 3) % 256;
  const high = Math.floor(place / 89);
  const code = 35 + (place % 89); // from '#' on: no double quote
  return (high ? String.fromCharCode(124 + high) : '') + String.fromCharCode(code < 92 ? code : code + 1); // no backslash
};

const spell = (bytes) => [...bytes].map(spellByte).join('');

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const name = 'convnd';
/** A custom section: its kind, its size, the size of its name, its name, its content. All sizes are below 128. */
const section = Buffer.from([
  0,
  1 + name.length + version.length,
  name.length,
  ...Buffer.from(name + version),
]);
const bytes = Buffer.concat([
  orderFunctions(withoutKernels(readFileSync('build/convnd.wasm')), spell),
  section,
]);

mkdirSync('dist', { recursive: true });
writeFileSync('dist/convnd.wasm', bytes);
writeFileSync(
  'src/engine/wasm.ts',
  `// Made by scripts/inline-wasm.mjs from build/convnd.wasm.\n` +
    `export const version: string = '${version}';\n` +
    `export const wasm: string =\n  "${spell(bytes)}";\n`,
);
console.log(`convnd.wasm ${bytes.length} bytes`);
