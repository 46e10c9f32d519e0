// The slow computations, off the main thread: a pattern in a picture, the correlation of two recordings.

import { findMatches, matchTemplate } from 'convnd/match';
import { serveTask } from '../task.ts';
import { align } from './align/align.ts';
import type { Aligned, Found, Job, Plane, Search } from './job.ts';

serveTask<Job, never, Found | Aligned>(async (job) => (job.kind === 'search' ? search(job) : align(job)));

function search({ image, template, mask, threshold, most, map }: Search): [Found, Transferable[]] {
  const options = mask ? { mask } : {};
  const start = performance.now();
  const matches = findMatches(image, template, { ...options, threshold, maxMatches: most });
  const milliseconds = performance.now() - start;
  const scores = map ? (matchTemplate(image, template, options) as Plane) : null;
  return [{ matches, scores, milliseconds }, scores ? [scores.data.buffer] : []];
}
