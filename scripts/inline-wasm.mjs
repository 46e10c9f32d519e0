// Writes the compiled module into src/wasm.ts, so that importing convnd needs no second file.
// In hexadecimal: compressed by a web server it is 1.7 KB smaller than base64, whose letters straddle the bytes.
import { readFileSync, writeFileSync } from 'node:fs';

const bytes = readFileSync('build/convnd.wasm');
writeFileSync(
  'src/wasm.ts',
  `// Made by scripts/inline-wasm.mjs from build/convnd.wasm (${bytes.length} bytes).\nexport const wasm: string =\n  '${bytes.toString('hex')}';\n`,
);
console.log(`convnd.wasm ${bytes.length} bytes`);
