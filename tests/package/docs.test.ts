// The examples of the documentation: every @example in src, every code block in README.md, and the blocks of docs/*.md that
// are marked `run`. Each is compiled under the project's strict options and run by itself; what stands in a comment behind
// a console.log must be what it prints.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';

const run = promisify(execFile);

interface Example {
  /** file and line where it begins */
  name: string;
  kind: 'ts' | 'js';
  lines: string[];
}

/** The @example parts of the docstrings of a source file. */
function examplesIn(file: string): Example[] {
  const examples: Example[] = [];
  let current: Example | undefined;
  readFileSync(file, 'utf8')
    .split('\n')
    .forEach((line, at) => {
      const [, text] = /^\s*\* ?(.*)$/.exec(line) ?? [];
      if (text === undefined || /^(@|\/)/.test(text)) current = undefined;
      if (text?.startsWith('@example')) {
        current = { name: `${file}:${at + 1}`, kind: 'ts', lines: [] };
        examples.push(current);
      } else current?.lines.push(text as string);
    });
  return examples;
}

/** The code blocks of a Markdown file whose fence satisfies a condition. */
function blocksIn(file: string, wanted: (fence: string) => boolean): Example[] {
  const examples: Example[] = [];
  let current: Example | undefined;
  let fence: string | undefined;
  readFileSync(file, 'utf8')
    .split('\n')
    .forEach((line, at) => {
      const [, info] = /^\s*```(.*)$/.exec(line) ?? [];
      if (info === undefined) current?.lines.push(line);
      else if (fence !== undefined) {
        current = undefined;
        fence = undefined;
      } else {
        fence = info.trim();
        const [, kind] = /^(ts|js|typescript|javascript)\b/.exec(fence) ?? [];
        if (!kind || !wanted(fence)) return;
        current = { name: `${file}:${at + 1}`, kind: kind.startsWith('t') ? 'ts' : 'js', lines: [] };
        examples.push(current);
      }
    });
  return examples;
}

/** The example with a mark printed before each console.log, and what each should print; null where nothing is said. */
function marked({ lines }: Example): { code: string; expected: (string | null)[] } {
  const code: string[] = [];
  const expected: (string | null)[] = [];
  for (let at = 0; at < lines.length; at++) {
    if (!lines[at].trimStart().startsWith('console.log(')) {
      code.push(lines[at]);
      continue;
    }
    code.push(`console.log('${MARK}');`);
    while (!/\);( *\/\/.*)?$/.test(lines[at])) code.push(lines[at++]);
    code.push(lines[at]);
    const comments = /\); *\/\/ ?(.*)$/.exec(lines[at])?.slice(1) ?? [];
    while (/^\s*\/\//.test(lines[at + 1] ?? '')) comments.push(lines[++at].replace(/^\s*\/\/ ?/, ''));
    expected.push(comments.length > 0 ? comments.join('\n') : null);
  }
  return { code: code.join('\n'), expected };
}

const MARK = '--- console.log ---';

/** What a module prints in a thread of its own, which shares nothing with others and starts sooner than a process. */
async function printedBy(file: string): Promise<string> {
  const thread = new Worker(resolve(file), { stdout: true });
  const [printed, [code]] = await Promise.all([text(thread.stdout), once(thread, 'exit')]);
  assert.equal(code, 0, 'the exit code');
  return printed;
}
const folder = 'build/docs';
const markdown = existsSync('docs') ? readdirSync('docs').filter((name) => name.endsWith('.md')) : [];
const examples = [
  ...readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && name !== 'engine/wasm.ts')
    .sort()
    .flatMap((name) => examplesIn(`src/${name}`)),
  ...(existsSync('README.md') ? blocksIn('README.md', () => true) : []),
  ...markdown.flatMap((name) => blocksIn(`docs/${name}`, (fence) => /\brun\b/.test(fence))),
];
const fileOf = (example: Example) => example.name.replace(/\W+/g, '-');

describe('the examples of the documentation', () => {
  let complaints = '';

  before(async () => {
    rmSync(folder, { recursive: true, force: true });
    // a user's package, which has convnd among its dependencies: Node takes the bundles, and starts in half the time
    mkdirSync(`${folder}/node_modules`, { recursive: true });
    symlinkSync(resolve('.'), `${folder}/node_modules/convnd`, 'junction');
    writeFileSync(`${folder}/package.json`, JSON.stringify({ type: 'module' }));
    writeFileSync(
      `${folder}/tsconfig.json`,
      JSON.stringify({
        extends: '../../tsconfig.json',
        compilerOptions: {
          types: ['node'],
          allowJs: true,
          noUnusedLocals: false,
          moduleDetection: 'force',
          declaration: false,
          sourceMap: false,
          noEmitOnError: false,
          rootDir: '.',
          outDir: 'out',
        },
        include: ['*.ts', '*.js'],
      }),
    );
    for (const example of examples) {
      writeFileSync(`${folder}/${fileOf(example)}.${example.kind}`, marked(example).code);
    }
    await run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', folder]).catch((error) => {
      complaints = error.stdout;
    });
  });

  it('are there', () => assert.ok(examples.length >= 14, `${examples.length} examples`));

  it('compile', () => assert.equal(complaints, ''));

  for (const example of examples) {
    it(`${example.name} prints what it says`, async () => {
      const { expected } = marked(example);
      const printed = (await printedBy(`${folder}/out/${fileOf(example)}.js`)).split(`${MARK}\n`).slice(1);
      assert.equal(printed.length, expected.length, 'a console.log that does not run once');
      printed.forEach((text, i) => {
        if (expected[i] !== null) assert.equal(text.trimEnd(), expected[i]);
      });
    });
  }
});

describe('the documentation', () => {
  it('has an example for every class and function that is exported by name', () => {
    const documented = examples.map(({ lines }) => lines.join('\n')).join('\n');
    for (const name of [
      ...['Conv1d', 'Conv2d', 'Conv3d', 'ConvTranspose1d', 'ConvTranspose2d', 'ConvTranspose3d'],
      ...['tensor', 'manualSeed', 'memoryUsage', 'init', 'wasmModule', 'loadSafetensors', 'saveSafetensors'],
      ...[
        'correlate',
        'convolve',
        'fftconvolve',
        'oaconvolve',
        'correlate2d',
        'convolve2d',
        'correlationLags',
      ],
      ...['xcorr', 'xcov', 'correlateTemplate', 'chooseConvMethod'],
      ...['F.conv1d', 'F.conv2d', 'F.conv3d', 'F.convTranspose1d', 'F.convTranspose2d', 'F.convTranspose3d'],
    ]) {
      assert.ok(documented.includes(`${name}(`), `${name} has no example`);
    }
  });

  it('names files that are there, and what they contain', () => {
    const guides = ['README.md', 'CONTRIBUTING.md', ...markdown.map((name) => `docs/${name}`)];
    // what a build writes
    const generated = ['src/threads/source.ts'];
    const wrong: string[] = [];
    for (const guide of guides) {
      const words = readFileSync(guide, 'utf8').replaceAll(/\s+/g, ' ');
      for (const [, path] of words.matchAll(
        /`((?:src|assembly|tests|bench|scripts|examples)\/[\w/.-]+\.\w+)`/g,
      ))
        if (!existsSync(path) && !generated.includes(path)) wrong.push(`${guide}: ${path}`);
      // `name` (`path`), (`name` in `path`)
      for (const [, name, path] of words.matchAll(/`(\w+)` (?:\(|in )`([\w/.-]+\.(?:ts|mjs))`\)/g))
        if (existsSync(path) && !readFileSync(path, 'utf8').includes(name))
          wrong.push(`${guide}: ${name} in ${path}`);
    }
    assert.deepEqual(wrong, []);
  });

  it('defines each term of the glossary once', () => {
    const rows = readFileSync('docs/glossary.md', 'utf8').matchAll(/^\| (?!word |---)([^|]+) \|/gm);
    const terms = [...rows].flatMap(([, words]) => words.split(/, (?:or )?/));
    assert.ok(terms.length > 100, `${terms.length} terms`);
    assert.deepEqual(
      terms.filter((term, i) => terms.indexOf(term) !== i),
      [],
    );
  });
});
