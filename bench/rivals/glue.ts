// Measures the share of a network's time that is spent outside of the library, in user code between its calls.

import { Session } from 'node:inspector/promises';

/** The files of the library: every call into it has a frame in one of them. */
const LIBRARY = new URL('../../../dist/', import.meta.url).href;
/** Microseconds between two samples. */
const INTERVAL = 100;

/**
 * Runs passes under the engine's sampling profiler.
 * @returns the fraction of samples whose stack has no frame of the library, 0 to 1
 */
export async function glue(pass: () => unknown, passes: number): Promise<number> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: INTERVAL });
  await session.post('Profiler.start');
  underTheProfiler(pass, passes);
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();

  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const counts = { inside: 0, outside: 0 };
  const visit = (id: number, isPass: boolean, isInside: boolean): void => {
    const { callFrame, hitCount = 0, children = [] } = nodes.get(id) ?? { callFrame: undefined };
    const pass = isPass || callFrame?.functionName === underTheProfiler.name;
    const inside = isInside || callFrame?.url.startsWith(LIBRARY) === true;
    if (pass) counts[inside ? 'inside' : 'outside'] += hitCount;
    for (const child of children) visit(child, pass, inside);
  };
  visit(profile.nodes[0].id, false, false);
  const { inside, outside } = counts;
  if (inside === 0) throw new Error('no call of the library was seen');
  return outside / (inside + outside);
}

/** A named function, so that its frame identifies the samples of passes. */
function underTheProfiler(pass: () => unknown, passes: number): void {
  for (let i = 0; i < passes; i++) pass();
}
