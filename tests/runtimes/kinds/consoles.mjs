// Node, Deno and Bun, and a Node that can't run the module.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { entryOf, project, tools } from '../project.mjs';

const execute = promisify(execFile);

async function output(command, args) {
  const { stdout } = await execute(command, args, { cwd: project, timeout: 600_000 });
  return stdout.trim();
}

const report = async (command, args) => JSON.parse((await output(command, args)).split('\n').at(-1));
const node = (version) => join(tools, `node${version}/bin/node`);
const binary = (name) => join(tools, '.bin', name);

/** Says what kept a runtime from starting the module, and is right if it has that sentence. */
async function refusal(command, args, sentence) {
  const { message } = await report(command, args);
  return message.includes(sentence)
    ? { passed: 1, failed: 0, note: `"${message}"` }
    : { passed: 0, failed: 1, details: [message] };
}

const nodeRuns = [20, 22, 24, 26].flatMap((major) => {
  const runtime = `Node ${major}`;
  const version = async () => (await output(node(major), ['--version'])).slice(1);
  const engines = ['convnd', 'wasm'].flatMap((subject) => {
    const entry = entryOf(subject);
    const refused = `console-refused-${subject}.js`;
    return [
      { where: 'import', go: () => report(node(major), [`console-${subject}.js`]) },
      { where: 'require', go: () => report(node(major), [`require-${subject}.cjs`]) },
      {
        where: 'without SIMD',
        go: () => refusal(node(major), ['--no-enable-sse4-1', refused], 'lacks WebAssembly SIMD'),
        only: process.arch === 'x64' || 'V8 can switch SIMD off on x64 only',
      },
      {
        where: 'without WebAssembly',
        go: () =>
          refusal(node(major), ['--import', './no-webassembly.js', refused], 'lacks or forbids WebAssembly'),
      },
    ].map((run) => ({ runtime, version, entry, ...run }));
  });
  const withoutEngine = {
    where: 'import, without WebAssembly',
    go: () => report(node(major), ['--import', './no-webassembly.js', 'console-safetensors.js']),
  };
  const threads = {
    where: 'import',
    go: () => report(node(major), ['console-threads.js']),
  };
  return [
    ...engines,
    { runtime, version, entry: entryOf('safetensors'), ...withoutEngine },
    { runtime, version, entry: entryOf('threads'), ...threads },
  ];
});

/** A row that shows that the others can fail. */
const falsified = {
  runtime: 'Node 24',
  version: async () => (await output(node(24), ['--version'])).slice(1),
  entry: 'convnd',
  where: 'falsified fixtures, all noticed',
  go: () => report(node(24), ['falsified.js']),
};

const others = [
  // without any permission where none is needed
  [
    'Deno',
    'deno',
    {
      convnd: ['run', '--no-prompt'],
      wasm: ['run', '--no-prompt', '--allow-read'],
      safetensors: ['run', '--no-prompt'],
      threads: ['run', '--no-prompt'],
    },
  ],
  ['Bun', 'bun', { convnd: ['run'], wasm: ['run'], safetensors: ['run'], threads: ['run'] }],
].flatMap(([runtime, name, commands]) =>
  Object.entries(commands).map(([subject, args]) => ({
    runtime,
    version: async () => (await output(binary(name), ['--version'])).match(/\d+\.\d+\.\d+/)[0],
    entry: entryOf(subject),
    where: ['import', ...args.slice(1).filter((flag) => flag.startsWith('--allow'))].join(', '),
    go: () => report(binary(name), [...args, `console-${subject}.js`]),
  })),
);

export const runs = [...nodeRuns, falsified, ...others];
