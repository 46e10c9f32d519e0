// Makes the entries of the library that tsc does not: the same sources bundled, with other files that say where the modules come from.
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/** Lets `import … from './carried.js'` read `carried.<host>.ts`, where the folder has one, and lets modules lie in `folder`. */
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
};

/** Changes the text of a file. */
function rewrite(file, change) {
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}

/** Classes by their names: one that names itself is `_Conv2d` of esbuild, and so it would be in errors, traces and the console. */
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
rewrite('dist/separate.js', named);

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
  // importing does nothing, so nobody needs imports without names; bundlers warn of them
  for (const name of readdirSync(outdir))
    rewrite(join(outdir, name), (text) => named(text).replaceAll(/import"\.\/chunk-[0-9A-Z]+\.js";/g, ''));
}
await sharing(withEngine, 'dist/workerd', [carrying('workerd', '../')]);

/** Leaves a namespace that an entry exports to the entry that has it: esbuild would make an object of it, which nobody can shake. */
const namespaces = {
  name: 'namespaces',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^\.\/functional\.js$/ }, ({ path }) => ({
      path,
      external: true,
      sideEffects: false,
    })),
};

// for hosts that load files one after another: importing 116 files takes Node 20 four times as long as these. Bundlers take the files
// of tsc, of which they leave out what a program does not need. All of `convnd` in one chunk took 3 ms of 19 less, but bundles for Node, which
// take these files too, twice the bytes of convnd/signal and four times those of maxPool2d alone
await sharing([...withEngine, 'safetensors'], 'dist/bundled', [namespaces]);

// a worker, which imports nothing: whoever hosts the library's files names it by its address
await build({ ...common, entryPoints: { worker: 'src/threads/worker.ts' }, outdir: 'dist/threads' });

copyFileSync('src/engine/convnd.d.wasm.ts', 'dist/convnd.d.wasm.ts');

// TypeScript before 5.7 knows no parameters of typed arrays
for (const name of readdirSync('dist', { recursive: true }).filter((file) => file.endsWith('.d.ts'))) {
  const text = readFileSync(`dist/${name}`, 'utf8');
  const plain = text.replaceAll(/\b(\w+\d(?:Clamped)?Array)<ArrayBuffer(?:Like)?>/g, '$1');
  if (plain !== text) writeFileSync(`dist/${name}`, plain);
}
