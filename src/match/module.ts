// The modules that matching computes with: its own has norms of windows and scores, that of signals has sums. Each is compiled when it is
// first needed, and works in the engine's memory.

import { laterModule } from '../engine/later-module.js';
import { carried } from './carried.js';
import type { MatchEntries } from './entries.js';

// side by side, as their texts take 340 bytes less in a bundle than apart
export { signalModule } from '../spectrum/module.js';

/**
 * The entries of the module, in the memory of that engine.
 * @throws Error if it can't be compiled
 */
export const matchModule = laterModule<MatchEntries>(carried);
