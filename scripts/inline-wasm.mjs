// Writes the compiled module into src/wasm.ts as base64, so that importing convnd needs no second file.
import { readFileSync, writeFileSync } from 'node:fs';

const bytes = readFileSync('build/convnd.wasm');
writeFileSync(
  'src/wasm.ts',
  `// Made by scripts/inline-wasm.mjs from build/convnd.wasm (${bytes.length} bytes).\nexport const wasm: string =\n  '${bytes.toString('base64')}';\n`,
);
console.log(`convnd.wasm ${bytes.length} bytes`);
