// npm run build:wasm: compiles the modules and ships them. All in one process, because a start of the compiler takes longer than most modules.
import { readdirSync } from 'node:fs';
import asc from 'assemblyscript/asc';

const shared = 'asconfig.later.json'; // options only
const streams = { stdout: process.stdout, stderr: process.stderr }; // else the compiler keeps its messages
const configs = readdirSync('.').filter((name) => /^asconfig.*\.json$/.test(name) && name !== shared);
for (const config of configs) {
  const { error } = await asc.main(['--config', config, '--target', 'release'], streams);
  if (error) process.exit(1); // the compiler has printed why
}
await import('./ship-wasm.mjs');
