// Installs the other runtimes on first use, compiles this folder, and starts the comparison.

import { withRivals } from '../../scripts/with-rivals.mjs';

const built = withRivals(new URL('.', import.meta.url), 'the other runtimes (250 MB)');

// `npm run bench:brain` and `bench:upscale` compare one whole network, everything else single layers.
const [, , name] = process.argv;
await import(new URL(`${['brain', 'upscale'].includes(name) ? name : 'main'}.js`, built));
