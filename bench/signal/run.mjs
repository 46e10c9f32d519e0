// npm run bench:signal -- --transforms: runs one benchmark of convnd/signal and its siblings against alternatives. The benchmarks are the
// files of this folder that export `run`.

import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { withRivals } from '../../scripts/with-rivals.mjs';

const here = new URL('.', import.meta.url);
const parts = readdirSync(here)
  .filter((name) => name.endsWith('.bench.ts'))
  .map((name) => name.replace('.bench.ts', ''));

const chosen = (() => {
  try {
    const options = Object.fromEntries(parts.map((part) => [part, { type: 'boolean' }]));
    return Object.keys(parseArgs({ options }).values);
  } catch (error) {
    console.error(`${error.message}; there are ${parts.map((part) => `--${part}`).join(', ')}`);
    process.exit(1);
  }
})();

const built = withRivals(here, 'the other packages (31 MB)');
for (const part of chosen.length > 0 ? chosen : parts) {
  const { run } = await import(new URL(`${part}.bench.js`, built));
  console.log(`\n## ${part}\n`);
  await run();
}
