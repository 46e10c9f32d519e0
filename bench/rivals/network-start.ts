// The main file of a process that measures a cold start of one network with one runtime: imports the runtime, creates the network with its
// weights, and computes the first output. Weights and graph are already in memory; the time to download the runtime is not included.

import { timed } from '../timing.js';
import { sessionOf } from './ort-session.js';

export type Runtime = 'convnd' | 'onnxruntime-web';

/** The arguments of the process. */
export interface Start {
  readonly runtime: Runtime;
  /** index of the network */
  readonly index: number;
}

/** Imported after the runtime is timed, because it imports convnd. */
async function given(index: number) {
  const { inputOf, pairs } = await import('./network-graphs.js');
  const pair = pairs[index]();
  return { pair, x: inputOf(pair) };
}

/** Milliseconds of an action that a program awaits. */
async function start({ runtime, index }: Start): Promise<number> {
  if (runtime === 'convnd') {
    const [importing] = await timed(() => import('convnd'));
    const { pair, x } = await given(index);
    const [computing] = await timed(() => pair.make().forward(x).data);
    return importing + computing;
  }
  const [importing, ort] = await timed(() => import('onnxruntime-web'));
  const { pair, x } = await given(index);
  const { bytes } = pair.model();
  const feeds = { x: new ort.Tensor('float32', x.data, x.shape) };
  const [computing] = await timed(async () => (await sessionOf(ort, bytes)).run(feeds));
  return importing + computing;
}

process.once('message', async (asked: Start) => {
  process.send?.(await start(asked), undefined, undefined, () => process.exit());
});
