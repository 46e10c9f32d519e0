// The entries that don't carry the module: the same sources, each in one file, with another src/engine/carried.ts.
import { copyFileSync } from 'node:fs';
import { build } from 'esbuild';

for (const [entry, module] of [
  ['separate', './src/engine/carried.separate.ts'],
  ['workerd', './src/engine/carried.workerd.ts'],
]) {
  await build({
    entryPoints: ['src/index.ts'],
    outfile: `dist/${entry}.js`,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    external: ['*.wasm'],
    minifyWhitespace: true, // names stay, for stack traces
    plugins: [
      {
        name: 'carried',
        setup: ({ onResolve, resolve }) =>
          onResolve({ filter: /\/carried\.js$/ }, () =>
            resolve(module, { kind: 'import-statement', resolveDir: '.' }),
          ),
      },
    ],
  });
}

copyFileSync('src/engine/convnd.d.wasm.ts', 'dist/convnd.d.wasm.ts');
