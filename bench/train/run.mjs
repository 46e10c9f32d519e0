// npm run bench:train: forward and both gradients of each class of layers, compared with alternatives. `-- <part of a name>` selects classes,
// `-- --alone` omits the alternatives.

import { parseArgs } from 'node:util';
import { withRivals } from '../../scripts/with-rivals.mjs';

const { values, positionals } = (() => {
  try {
    return parseArgs({ options: { alone: { type: 'boolean' } }, allowPositionals: true });
  } catch (error) {
    console.error(`${error.message}; there is --alone, and parts of names`);
    process.exit(1);
  }
})();

const built = withRivals(new URL('.', import.meta.url), 'the other packages (30 MB)');
const { run } = await import(new URL('layers.bench.js', built));
await run(positionals, values.alone !== true);
