// The tarball itself: what publint and are-the-types-wrong say, and which files it has.

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { npm } from '../npm.mjs';
import { project, tools } from '../project.mjs';

const execute = promisify(execFile);
const versionOf = (name) => JSON.parse(readFileSync(join(tools, name, 'package.json'), 'utf8')).version;

const expected = [
  /^(README|CHANGELOG)\.md$/,
  /^(LICENSE|NOTICE|package\.json)$/,
  /^dist\/([a-z-]+\/)*[a-z0-9-]+(\.d)?\.(js|ts)$/,
  /^dist\/(workerd|bundled)\/chunk-[0-9A-Z]+\.js$/,
  /^dist\/(convnd|signal|streams|match|train|pool)\.wasm$/,
  /^dist\/(convnd|train)\.fused\.wasm$/,
  /^dist\/convnd\.d\.wasm\.ts$/,
];

async function lint() {
  const folder = join(project, 'node_modules/convnd');
  const { messages } = await publint({ pkgDir: folder, strict: true, pack: false });
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return verdict(messages.map((message) => formatMessage(message, manifest)));
}

async function types({ packed }) {
  // the warning about `require` is for Node before 20.19; the module's file is for bundlers, which know `exports`
  const command = join(tools, '.bin/attw');
  const options = [
    ['--profile', 'esm-only'],
    ['--ignore-rules', 'cjs-resolves-to-esm', '--exclude-entrypoints', 'convnd.wasm'],
  ];
  const complaints = [];
  for (const some of options)
    await execute(command, [packed.path, ...some, '--no-color']).catch(({ stdout, message }) =>
      complaints.push(stdout || message),
    );
  return verdict(complaints);
}

async function files({ packed }) {
  const surprising = packed.files
    .map(({ path }) => path)
    .filter((path) => !expected.some((kind) => kind.test(path)));
  const { entryCount, size, unpackedSize } = packed;
  return {
    ...verdict(surprising.map((path) => `${path} is in the tarball`)),
    note: `${entryCount} files, ${size} bytes packed, ${unpackedSize} unpacked`,
  };
}

const verdict = (complaints) => ({
  passed: complaints.length > 0 ? 0 : 1,
  failed: complaints.length,
  details: complaints,
});

export const runs = [
  ['publint', async () => versionOf('publint'), lint],
  ['are the types wrong', async () => versionOf('@arethetypeswrong/cli'), types],
  ['npm pack', async () => npm(project, ['--version']).trim(), files],
].map(([runtime, version, go]) => ({ runtime, version, entry: 'all', where: 'tarball', go }));
