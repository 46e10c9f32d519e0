// Measures the bundle size of each entry of the library, and defines its ceiling.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { build } from 'esbuild';

const KB = 1024;

/** Name, program to bundle (or a file), and the ceiling in bytes after gzip. */
const subjects = [
  { name: 'Conv2d alone', program: "export { Conv2d } from 'convnd'", ceiling: 57.25 * KB },
  { name: 'everything of convnd', program: "export * from 'convnd'" },
  { name: 'everything of convnd/wasm, without the module', program: "export * from 'convnd/wasm'" },
  { name: 'maxPool2d alone', program: "export { maxPool2d } from 'convnd/functional'", ceiling: 11.75 * KB },
  {
    name: 'everything of convnd/safetensors',
    program: "export * from 'convnd/safetensors'",
    ceiling: 4.5 * KB,
  },
  { name: 'everything of convnd/signal', program: "export * from 'convnd/signal'", ceiling: 46.5 * KB },
  { name: 'everything of convnd/match', program: "export * from 'convnd/match'", ceiling: 48 * KB },
  { name: 'everything of convnd/ndimage', program: "export * from 'convnd/ndimage'", ceiling: 31.75 * KB },
  { name: 'everything of convnd/train', program: "export * from 'convnd/train'", ceiling: 79.75 * KB },
  { name: 'everything of convnd/threads', program: "export * from 'convnd/threads'", ceiling: 43 * KB },
  { name: 'the module of signals, dist/signal.wasm', file: 'dist/signal.wasm' },
  { name: 'the module of streams, dist/streams.wasm', file: 'dist/streams.wasm' },
  { name: 'the module of gradients, dist/train.wasm', file: 'dist/train.wasm' },
  { name: 'the module of pooling, dist/pool.wasm', file: 'dist/pool.wasm' },
  { name: 'the module of matching, dist/match.wasm', file: 'dist/match.wasm' },
  { name: 'the module, dist/convnd.wasm', file: 'dist/convnd.wasm' },
];

/** @returns for each subject: its name, its bytes bundled and minified by esbuild, its bytes after gzip -9, and its ceiling if it has one */
export async function measure() {
  return Promise.all(
    subjects.map(async ({ name, program, file, ceiling }) => {
      const bytes = file ? readFileSync(file) : await bundle(program);
      const gzip = execFileSync('gzip', ['-9'], { input: bytes }).length;
      return { name, bytes: bytes.length, gzip, ...(ceiling && { ceiling }) };
    }),
  );
}

async function bundle(program) {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: '.' },
    bundle: true,
    minify: true,
    format: 'esm',
    external: ['*.wasm'],
    write: false,
  });
  return outputFiles[0].contents;
}
