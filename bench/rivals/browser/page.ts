// The script of the page that browser/chromium.ts opens: measures convnd and the other runtimes on one layer.

import { usesRelaxedSimd } from 'convnd';
import { convndPlain, convndResident } from '../convnd.js';
import { liteRt } from '../litert.js';
import { liteRtFile } from '../litert-file.js';
import { type Assignment, race } from '../race.js';
import { tfjs } from '../tfjs.js';
import { allowed } from '../threads.js';

const rivals = Object.fromEntries(
  [convndPlain, convndResident, tfjs, liteRt].map((rival) => [rival.name, async () => rival]),
);

/** The functions that chromium.ts calls. */
export const bench = {
  race: (assignment: Assignment) => race(assignment, rivals, () => {}),
  /** Which variants run. */
  variants: async (threads: number) => {
    allowed.threads = threads;
    return `convnd ${usesRelaxedSimd() ? 'fused' : 'plain'}, ${await liteRtFile()}`;
  },
};

Object.assign(globalThis, { bench });
