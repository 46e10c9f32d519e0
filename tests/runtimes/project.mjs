// The project that uses the library: convnd installed from the tarball, and a source file for every way to use it.

import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { selectFixtures } from './fixtures.mjs';
import { npm } from './npm.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const library = join(here, '../..');
const consumers = join(here, 'consumers');

/** The project's folder; `build` is never committed. */
export const project = join(here, 'build');
export const tools = join(here, 'node_modules');

/** The entries beside the layers, which share their engine. */
const signals = ['signal', 'match', 'ndimage', 'train'];

const layersAndThreads = [
  "import * as layers from 'convnd';",
  "import * as threads from 'convnd/threads';",
  'const convnd = { ...layers, ...threads };',
].join('\n');

/** How a program gets at convnd before it runs the fixtures; a file each. Then what it runs, if not `check`. */
const subjects = {
  convnd: [
    [
      "import * as layers from 'convnd';",
      ...signals.map((name) => `import * as ${name} from 'convnd/${name}';`),
      `const convnd = { ...layers, ${signals.join(', ')} };`,
    ].join('\n'),
    '',
  ],
  wasm: ["import * as convnd from 'convnd/wasm';", 'await convnd.init();'],
  'wasm-url': [
    "import * as convnd from 'convnd/wasm';\nimport url from 'convnd/convnd.wasm';",
    'await convnd.init({ url });',
  ],
  'wasm-url-vite': [
    "import * as convnd from 'convnd/wasm';\nimport url from 'convnd/convnd.wasm?url';",
    'await convnd.init({ url });',
  ],
  safetensors: ["import * as convnd from 'convnd/safetensors';", '', 'checkCheckpoints'],
  threads: [layersAndThreads, '', 'checkThreads', './check-threads.js'],
  'threads-file': [
    `${layersAndThreads}\nconst file = '/node_modules/convnd/dist/threads/worker.js';`,
    '',
    'checkThreads',
    './check-threads.js',
    "() => new Worker(file, { type: 'module' })",
  ],
  'threads-refused': [layersAndThreads, '', 'checkRefusal', './check-threads.js'],
};

const subject = ([imports, start, check = 'check', from = './check.js', ...more]) => `${imports}
import { ${check} } from '${from}';
import { fixtures } from './fixtures.js';

export async function run() {
  ${start}
  return ${check}(${['convnd', 'fixtures', ...more].join(', ')});
}
`;

/** A worker of convnd/threads that ends when it has taken a chunk, or never comes back from it where a worker can't end itself. */
function faultyWorker() {
  const text = readFileSync(join(project, 'node_modules/convnd/dist/threads/worker.js'), 'utf8');
  return `const { compareExchange } = Atomics;
Atomics.compareExchange = (...given) => {
  const found = compareExchange.apply(Atomics, given);
  if (found === given[2]) {
    globalThis.process?.exit?.();
    for (;;);
  }
  return found;
};
${text}`;
}

/** For `require`, which takes ES modules too. */
const required = (entry, start, epilogue = []) => `const convnd = {
  ...require('${entry}'),
${epilogue.map((name) => `  ${name}: require('convnd/${name}'),\n`).join('')}};
const { check } = require('./check.js');
const { fixtures } = require('./fixtures.js');

(async () => {
  ${start}
  console.log(JSON.stringify(check(convnd, fixtures)));
})();
`;

/**
 * Packs the library, installs the tarball and writes the sources.
 * @returns the tarball's path and what `npm pack` says about it
 */
export function makeProject() {
  rmSync(project, { recursive: true, force: true });
  mkdirSync(project, { recursive: true });
  // scripts are left out: the library is built already
  const [packed] = JSON.parse(
    npm(library, ['pack', '--json', '--ignore-scripts', '--pack-destination', project]),
  );
  write('package.json', '{ "name": "convnd-user", "private": true, "type": "module" }\n');
  npm(
    project,
    ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--offline', `./${packed.filename}`],
    {
      stdio: 'ignore',
    },
  );

  write('fixtures.js', `export const fixtures = ${JSON.stringify(selectFixtures())};\n`);
  for (const name of readdirSync(consumers).filter((file) =>
    /^(host-.*|check|signals|check-threads|falsified)\.js$/.test(file),
  ))
    copyFileSync(join(consumers, name), join(project, name));
  write('faulty-worker.js', faultyWorker());
  write('faulty-text.js', `export const faultyText = ${JSON.stringify(faultyWorker())};\n`);
  write('no-webassembly.js', 'delete globalThis.WebAssembly;\n');
  for (const [name, text] of Object.entries(subjects)) write(`${name}.js`, subject(text));
  write('require-convnd.cjs', required('convnd', '', signals));
  write('require-wasm.cjs', required('convnd/wasm', 'await convnd.init();'));
  for (const entry of ['convnd', 'wasm'])
    write(`refused-${entry}.js`, consumer('refused').replaceAll('ENTRY', entryOf(entry)));
  write('layers-and-threads.js', "export * from 'convnd';\nexport * from 'convnd/threads';\n");
  write('worklet-convnd.js', consumer('worklet').replaceAll('ENTRY', './layers-and-threads.js'));
  write('worklet-wasm.js', consumer('worklet').replaceAll('ENTRY', 'convnd/wasm'));
  write('worklet-reverb.js', consumer('reverb'));
  for (const name of ['page', 'console', 'worker', 'service-worker', 'workerd']) {
    for (const of of [...Object.keys(subjects), 'refused-convnd', 'refused-wasm'])
      write(`${name}-${of}.js`, consumer(name).replaceAll('SUBJECT', `./${of}.js`));
  }
  return { ...packed, path: join(project, packed.filename) };
}

/** Two names of one thing: that of the package's entry, and that in the names of files. */
export const entryOf = (name) => {
  const [first] = name.split('-');
  return first === 'convnd' ? 'convnd' : `convnd/${first}`;
};

/** The text of a file in `consumers`. */
export const consumer = (name) => readFileSync(join(consumers, `${name}.js`), 'utf8');

/** Writes a file of the project. */
export function write(name, text) {
  mkdirSync(join(project, name, '..'), { recursive: true });
  writeFileSync(join(project, name), text);
}
