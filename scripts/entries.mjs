// The entries that don't carry the module: the same sources, each in one file, with another src/module.ts.
import { copyFileSync } from 'node:fs';
import { build } from 'esbuild';

for (const [entry, module] of [
  ['separate', './src/module.separate.ts'],
  ['workerd', './src/module.workerd.ts'],
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
        name: 'module',
        setup: ({ onResolve, resolve }) =>
          onResolve({ filter: /\/module\.js$/ }, () =>
            resolve(module, { kind: 'import-statement', resolveDir: '.' }),
          ),
      },
    ],
  });
}

copyFileSync('src/convnd.d.wasm.ts', 'dist/convnd.d.wasm.ts');
