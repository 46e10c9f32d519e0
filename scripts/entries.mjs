// Makes the entries of the library that tsc does not: the same sources, each in one file, with another src/engine/carried.ts.
import { copyFileSync } from 'node:fs';
import { build } from 'esbuild';

/** Every entry that package.json names: the file in dist, its source, and what stands in the place of src/engine/carried.ts. */
const entries = [
  { file: 'index.js', source: 'index.ts', carried: 'carried.ts' },
  { file: 'separate.js', source: 'index.ts', carried: 'carried.separate.ts' },
  { file: 'workerd.js', source: 'index.ts', carried: 'carried.workerd.ts' },
  { file: 'safetensors.js', source: 'safetensors.ts' }, // no engine, so no module
];

/** Lets `import … from './carried.js'` read another file. */
const carrying = (name) => ({
  name: 'carried',
  setup: ({ onResolve, resolve }) =>
    onResolve({ filter: /\/carried\.js$/ }, () =>
      resolve(`./src/engine/${name}`, { kind: 'import-statement', resolveDir: '.' }),
    ),
});

const madeByTsc = ({ carried }) => carried === undefined || carried === 'carried.ts';

for (const { file, source, carried } of entries.filter((entry) => !madeByTsc(entry))) {
  await build({
    entryPoints: [`src/${source}`],
    outfile: `dist/${file}`,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    external: ['*.wasm'],
    minifyWhitespace: true, // names stay, for stack traces
    plugins: [carrying(carried)],
  });
}

copyFileSync('src/engine/convnd.d.wasm.ts', 'dist/convnd.d.wasm.ts');
