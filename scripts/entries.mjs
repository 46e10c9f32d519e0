// Builds the entries that tsc does not: bundles of the same sources, with other `carried.*.ts` files for the source of the wasm modules.
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/** Resolves './carried.js' to `carried.<host>.ts` if it exists, and wasm imports to external files in `folder`. */
const carrying = (host, folder) => ({
  name: 'carried',
  setup: ({ onResolve, resolve }) => {
    onResolve({ filter: /\/carried\.js$/ }, ({ path, resolveDir }) => {
      const file = path.replace('.js', `.${host}.ts`);
      return existsSync(join(resolveDir, file))
        ? resolve(file, { kind: 'import-statement', resolveDir })
        : undefined;
    });
    onResolve({ filter: /\.wasm$/ }, ({ path }) => ({ path: path.replace('./', folder), external: true }));
  },
});

const common = {
  bundle: true,
  format: 'esm',
  target: 'es2022',
  minifyWhitespace: true, // names stay, for stack traces
  lineLimit: 120, // Node prints the line that threw above an error that nobody caught
};

/** Joins the strings that `lineLimit` divided: they hold the modules, and would compress worse. */
const joined = (text) => text.replaceAll('\\\n', '');

/** Rewrites a file in place. */
function rewrite(file, change) {
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}

/** Restores class names: esbuild renames a class that refers to itself to `_Conv2d`, which would show in errors, traces and the console. */
function named(text) {
  const names = [...text.matchAll(/\b(\w+)=class _\1\b/g)].map(([, name]) => name);
  return names.reduce((all, name) => all.replaceAll(new RegExp(`\\b_${name}\\b`, 'g'), name), text);
}

// one file, beside the module that it loads
await build({
  ...common,
  entryPoints: { separate: 'src/index.ts' },
  outdir: 'dist',
  plugins: [carrying('separate', './')],
});
rewrite('dist/separate.js', (text) => named(joined(text)));

// several entries that share one engine
const withEngine = ['index', 'functional', 'signal', 'match', 'ndimage', 'train', 'threads'];
async function sharing(names, outdir, plugins) {
  rmSync(outdir, { recursive: true, force: true }); // chunks of an older build have other names
  await build({
    ...common,
    entryPoints: names.map((name) => `src/${name}.ts`),
    outdir,
    splitting: true,
    chunkNames: '[name]-[hash]',
    plugins,
  });
  // modules have no side effects, so imports without names are useless, and bundlers warn of them
  for (const name of readdirSync(outdir))
    rewrite(join(outdir, name), (text) =>
      named(joined(text)).replaceAll(/import"\.\/chunk-[0-9A-Z]+\.js";/g, ''),
    );
}
await sharing(withEngine, 'dist/workerd', [carrying('workerd', '../')]);

/** Keeps `functional.js` external, since esbuild would convert its namespace to an object, which can't be tree-shaken. */
const namespaces = {
  name: 'namespaces',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^\.\/functional\.js$/ }, ({ path }) => ({
      path,
      external: true,
      sideEffects: false,
    })),
};

// For Node, which loads files one by one: importing the single files of tsc takes Node 20 four times as long as these. Bundlers use the files
// of tsc, which they can tree-shake. A single chunk for all of `convnd` would save 8 of 29 ms, but bundles for Node, which use these files
// too, would have twice the bytes for convnd/signal and four times the bytes for maxPool2d alone
await sharing([...withEngine, 'safetensors'], 'dist/bundled', [namespaces]);

// the worker of convnd/threads as a file without imports, for pages that pass its URL to setNumThreads
await build({ ...common, entryPoints: { worker: 'src/threads/worker.ts' }, outdir: 'dist/threads' });

copyFileSync('src/engine/convnd.d.wasm.ts', 'dist/convnd.d.wasm.ts');

// TypeScript before 5.7 has no type parameters for typed arrays
for (const name of readdirSync('dist', { recursive: true }).filter((file) => file.endsWith('.d.ts'))) {
  const text = readFileSync(`dist/${name}`, 'utf8');
  const plain = text.replaceAll(/\b(\w+\d(?:Clamped)?Array)<ArrayBuffer(?:Like)?>/g, '$1');
  if (plain !== text) writeFileSync(`dist/${name}`, plain);
}
