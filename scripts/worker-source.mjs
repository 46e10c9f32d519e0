// Writes src/threads/source.ts: the worker as a string, so that it can be started without a separate file in any bundle.
import { writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const { outputFiles } = await build({
  entryPoints: ['src/threads/worker.ts'],
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2022',
  write: false,
});
writeFileSync(
  'src/threads/source.ts',
  `// Made by scripts/worker-source.mjs from src/threads/worker.ts.\nexport const source: string = ${JSON.stringify(outputFiles[0].text.trim())};\n`,
);
