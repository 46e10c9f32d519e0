// Installs the other runtimes on first use, compiles this folder, and starts the comparison.

import { withRivals } from '../../scripts/with-rivals.mjs';

const built = withRivals(new URL('.', import.meta.url), 'the other runtimes (250 MB)');

// `npm run bench:brain`, `bench:networks` and `bench:upscale` measure whole networks, all other commands single layers.
const [, , name] = process.argv;
await import(new URL(`${['brain', 'networks', 'upscale'].includes(name) ? name : 'main'}.js`, built));
