// Doubles one picture, off the main thread.

import { loadSafetensors, settings } from 'convnd';
import weights from '../../../examples/data/upconv7-2x.safetensors?url';
import type { Picture } from '../../../examples/pixels.ts';
import { upscale } from '../../../examples/tiles.ts';
import { UpConv7 } from '../../../examples/upconv7.ts';
import { fetchFile } from '../fetch-file.ts';
import { serveTask } from '../task.ts';
import { startThreads } from '../threads.ts';

/** Side of a tile: memory stays below 100 MB, and there are several progress messages per second. */
const TILE = 96;

export interface Job {
  readonly picture: Picture;
  readonly fast: boolean;
}

export interface Progress {
  /** Pixels of the given picture, and milliseconds since the first tile began. */
  readonly done: number;
  readonly milliseconds: number;
  readonly threads: number;
}

serveTask<Job, Progress, Picture>(async ({ picture, fast }, progress) => {
  const network = new UpConv7(loadSafetensors(await (await fetchFile(weights)).arrayBuffer()));
  const threads = await startThreads();
  settings.winograd = fast ? 'auto' : 'never';
  const start = performance.now();
  const doubled = upscale(network, picture, TILE, (done) => {
    progress({ done, milliseconds: performance.now() - start, threads });
  });
  return [doubled, [doubled.data.buffer]];
});
