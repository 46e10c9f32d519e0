// The files of src and assembly import only what the import rule allows, and the rule notices files that import more.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { build } from 'esbuild';
import { type Sources, specifiersIn, violationsIn, wings } from './import-rule.js';

/** The TypeScript and AssemblyScript files of a folder. */
const sourcesIn = (tree: string): Sources =>
  Object.fromEntries(
    readdirSync(tree, { recursive: true, encoding: 'utf8' })
      .map((name) => `${tree}/${name}`.replaceAll('\\', '/'))
      .filter((path) => path.endsWith('.ts'))
      .map((path) => [path, readFileSync(path, 'utf8')]),
  );

const sources: Sources = { ...sourcesIn('src'), ...sourcesIn('assembly') };

describe('the tree', () => {
  it('keeps the rule', () => assert.deepEqual(violationsIn(sources), []));

  it('is read in full', () => {
    for (const [path, text] of Object.entries(sources)) {
      const relative = specifiersIn(text).filter((specifier) => specifier.startsWith('.'));
      assert.equal(relative.length, text.match(/\b(from|import) ?\(?'\./g)?.length ?? 0, path);
    }
  });
});

describe('the tests', () => {
  const inSrc = readdirSync('src');
  const apart = ['assembly', 'examples', 'helpers', 'networks', 'package', 'reference'];
  const folders = [...inSrc, ...apart].filter((name) => existsSync(`tests/${name}`));
  // this file holds imports as examples
  const tests = folders
    .flatMap((name) => Object.entries(sourcesIn(`tests/${name}`)))
    .filter(([path]) => path !== 'tests/package/imports.test.ts');

  it('are in the folders of src, or in a folder of their subject', () => {
    const notTests = ['fixtures', 'kernels', 'runtimes', 'types', 'seed.ts'];
    assert.deepEqual(readdirSync('tests').sort(), [...folders, ...notTests].sort());
  });

  it('import of each other what is in their own folder, in helpers/ and in reference/', () => {
    const others = tests.flatMap(([path, text]) =>
      specifiersIn(text)
        .filter((name) => /^\.\.\/\w/.test(name) && !/^\.\.\/(helpers|reference)\//.test(name))
        .map((name) => `${path} imports ${name}`),
    );
    assert.deepEqual(others, []);
  });
});

/** A small tree that keeps the rule. */
const valid: Sources = {
  'src/index.ts':
    "// entry\nexport * as functional from './layers/functional.js';\nexport type { Plan } from './plan/plan.js';\n",
  'src/safetensors.ts': "export {\n  load,\n  type Save,\n} from './checkpoints/safetensors.js';\n",
  'src/checkpoints/safetensors.ts':
    "import { refuse } from '../core/errors.js';\nexport const load = refuse;\n",
  'src/signal/convolve.ts': "import { run } from '../run/runner.js';\nimport '../plan/plan.js';\n",
  'src/layers/functional.ts': "import {\n  run,\n} from '../run/runner.js';\n",
  'src/run/runner.ts':
    "import type { Plan } from '../plan/plan.js';\nimport { Engine } from '../engine/engine.js';\n",
  'src/plan/plan.ts':
    "import { axes } from '../geometry/axis.js';\nimport { rows } from './algorithms/gemm.js';\n",
  'src/plan/algorithms/gemm.ts': "import { refuse } from '../../core/errors.js';\n",
  'src/geometry/axis.ts':
    "import { refuse } from '../core/errors.js'; // import { x } from '../run/runner.js';\n",
  'src/engine/engine.ts': "import type { Task } from '../shared/task.js';\n",
  'src/core/errors.ts': '/** import { x } from "../run/runner.js"; */\nexport const refuse = 1;\n',
  'src/shared/task.ts': 'export class Task {}\n',
  'assembly/conv.ts':
    "export { gemm } from './schedule/gemm';\nexport function heapBase(): usize {\n  return 0;\n}\n",
  'assembly/schedule/gemm.ts':
    "import { pack } from '../weights/pack';\nimport { tile } from '../kernels/tile';\n",
  'assembly/weights/pack.ts': "import { Task } from '../../src/shared/task';\n",
  'assembly/window/stage.ts': '',
  'assembly/kernels/tile.ts': "import { madd } from '../lanes';\n",
  'assembly/lanes.ts': '',
};

/** Files that are added to it, and the violations that are reported. */
const violating: [Sources, ...string[]][] = [
  [
    { 'src/plan/cuts.ts': "import { run } from '../run/runner.js';" },
    'src/plan/cuts.ts imports src/run/runner.ts: not below it',
    'src/plan/cuts.ts reaches src/engine/engine.ts',
  ],
  [
    { 'src/plan/cuts.ts': "export const later = () => import('../run/runner.js');" },
    'src/plan/cuts.ts imports src/run/runner.ts: not below it',
    'src/plan/cuts.ts reaches src/engine/engine.ts',
  ],
  [
    {
      'src/run/copies.ts': "import type { Staging } from './staging.js';",
      'src/run/staging.ts': "export type { Copies } from './copies.js';",
    },
    'src/run/copies.ts ↔ src/run/staging.ts: a circle',
  ],
  [{ 'src/core/errors.ts': "import { describe } from './errors.js';" }, 'src/core/errors.ts: a circle'],
  [
    { 'src/train/optimizers/sgd.ts': "import type { Convolve } from '../../signal/convolve.js';" },
    'src/train/optimizers/sgd.ts imports src/signal/convolve.ts: another wing',
  ],
  [
    {
      'src/train/tape/tape.ts': "import type { Bytes } from '../tensors/bytes.js';",
      'src/train/tensors/bytes.ts':
        "import { most } from '../module.js';\nimport { seen } from '../tape/seen.js';",
      'src/train/tape/seen.ts': '',
      'src/train/module.ts': "import { bytes } from './carried.js';",
      'src/train/carried.ts': '',
    },
    'src/train/tensors/bytes.ts imports src/train/tape/seen.ts: not below it',
  ],
  [
    { 'src/layers/state.ts': "import { load } from '../checkpoints/safetensors.js';" },
    'src/layers/state.ts imports src/checkpoints/safetensors.ts: a wing',
  ],
  [
    {
      'src/threads/pool.ts': "import { choose } from '../sums/choice/choice.js';",
      'src/sums/choice/choice.ts': '',
    },
    'src/threads/pool.ts imports src/sums/choice/choice.ts: not below it',
  ],
  [
    { 'src/checkpoints/utf8.ts': "import { axis } from '../geometry/axis.js';" },
    'src/checkpoints/utf8.ts imports src/geometry/axis.ts: not below it',
  ],
  [
    { 'src/geometry/window.ts': "import { Engine } from '../engine/engine.js';" },
    'src/geometry/window.ts imports src/engine/engine.ts: not below it',
    'src/geometry/window.ts reaches src/engine/engine.ts',
  ],
  [
    { 'src/problem/line.ts': "import { Engine } from '../engine/engine.js';" },
    'src/problem/line.ts reaches src/engine/engine.ts',
  ],
  [
    { 'src/run/block.ts': "import { Plan } from '../index.js';" },
    'src/run/block.ts imports src/index.ts: an entry',
  ],
  [
    { 'src/shared/sizes.ts': "import { Task } from './task';" },
    'src/shared/sizes.ts imports src/shared/task.ts: shared imports nothing',
  ],
  [{ 'src/stream.ts': 'export const chunk = 1024;' }, 'src/stream.ts holds more than export lines'],
  [{ 'src/utils/lists.ts': '' }, 'src/utils/lists.ts: src has no folder utils'],
  [{ 'src/sums/utils/lists.ts': '' }, 'src/sums/utils/lists.ts: src/sums has no folder utils'],
  [
    { 'src/core/lists.ts': "import lodash from 'lodash';\nimport { x } from './nowhere.js';" },
    'src/core/lists.ts imports lodash: no file of the library',
    'src/core/lists.ts imports ./nowhere.js: no file of the library',
  ],
  [
    { 'assembly/kernels/taps.ts': "import { pack } from '../weights/pack';" },
    'assembly/kernels/taps.ts imports assembly/weights/pack.ts: not below it',
  ],
  [
    { 'assembly/window/panel.ts': "import { pack } from '../weights/pack';" },
    'assembly/window/panel.ts imports assembly/weights/pack.ts: not below it',
  ],
  [
    { 'assembly/kernels/taps.ts': "import { refuse } from '../../src/core/errors';" },
    'assembly/kernels/taps.ts imports src/core/errors.ts: of another tree',
  ],
  [
    { 'src/core/lists.ts': "import { madd } from '../../assembly/lanes';" },
    'src/core/lists.ts imports assembly/lanes.ts: of another tree',
  ],
];

describe('the rule', () => {
  it('accepts a tree that keeps it', () => assert.deepEqual(violationsIn(valid), []));

  for (const [files, ...wanted] of violating)
    it(`notices: ${wanted[0]}`, () => assert.deepEqual(violationsIn({ ...valid, ...files }), wanted));
});

/** The files of dist of which a program has something in its bundle. */
async function bundled(program: string, options = {}): Promise<string[]> {
  const { metafile } = await build({
    stdin: { contents: program, resolveDir: '.' },
    bundle: true,
    format: 'esm',
    write: false,
    metafile: true,
    ...options,
  });
  const [{ inputs }] = Object.values(metafile.outputs);
  return Object.keys(inputs).filter((path) => path.startsWith('dist/') && inputs[path].bytesInOutput > 0);
}

describe('a bundle', () => {
  const folderOf = (path: string) => path.split('/')[1];

  it('of Conv2d has nothing of a wing, nor of transposed convolutions', async () => {
    const files = await bundled("export { Conv2d } from './dist/index.js';");
    assert.ok(files.includes('dist/layers/conv.js'));
    assert.deepEqual(
      files.filter((path) => wings.includes(folderOf(path)) || path === 'dist/problem/transposed.js'),
      [],
    );
  });

  it('of one function of convnd/functional has nothing of the others', async () => {
    const folders = async (name: string) =>
      (await bundled(`import * as F from './dist/functional.js';\nconsole.log(F.${name});`)).map(folderOf);
    assert.ok(!(await folders('conv2d')).includes('pool'));
    const pooling = await folders('maxPool2d');
    assert.ok(pooling.includes('pool'));
    assert.ok(!pooling.includes('plan'));
  });

  it('of convnd/safetensors has nothing but src/checkpoints and src/core', async () => {
    const files = await bundled("export * from './dist/safetensors.js';");
    assert.deepEqual([...new Set(files.map(folderOf))].sort(), ['checkpoints', 'core']);
  });

  it('that only imports the engine is empty: importing does nothing', async () => {
    const files = readdirSync('dist/engine').filter((name) => name.endsWith('.js'));
    const program = files
      .filter((name) => !name.includes('workerd'))
      .map((name) => `import './dist/engine/${name}';`);
    // without the package's word that it has no side effects esbuild keeps what may do something
    assert.deepEqual(await bundled(program.join('\n'), { ignoreAnnotations: true }), []);
  });
});
