// A process of its own that starts one network with one runtime, as a program does that begins: it imports the runtime, makes the network
// with its weights, and computes the first output. Weights and graph lie ready; a web page would fetch the runtime before: 14 MB or 50 KB.

import { normal } from '../../tests/numbers.js';

const CONVND = 'convnd';
const ORT = 'onnxruntime-web';
export type Runtime = typeof CONVND | typeof ORT;

/** What is asked of the process. */
export interface Start {
  readonly runtime: Runtime;
  /** which of the pairs */
  readonly index: number;
}

async function timed<T>(call: () => T | Promise<T>): Promise<[ms: number, result: T]> {
  const start = performance.now();
  const result = await call();
  return [performance.now() - start, result];
}

/** Milliseconds of what a program waits for. */
async function start({ runtime, index }: Start): Promise<number> {
  if (runtime === CONVND) {
    const [importing, { tensor }] = await timed(() => import('convnd'));
    const { pairs } = await import('./network-graphs.js');
    const { input, make } = pairs[index]();
    const x = tensor(
      normal(
        input.reduce((a, b) => a * b),
        7,
      ),
      [...input],
    );
    const [computing] = await timed(() => make().forward(x).data);
    return importing + computing;
  }
  const [importing, ort] = await timed(() => import('onnxruntime-web'));
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = 'error';
  const { pairs } = await import('./network-graphs.js');
  const { input, model } = pairs[index]();
  const { bytes } = model();
  const feeds = {
    x: new ort.Tensor(
      'float32',
      normal(
        input.reduce((a, b) => a * b),
        7,
      ),
      [...input],
    ),
  };
  const [computing] = await timed(async () => {
    const options = { executionProviders: ['wasm'], graphOptimizationLevel: 'all' } as const;
    return (await ort.InferenceSession.create(bytes, options)).run(feeds);
  });
  return importing + computing;
}

process.once('message', async (asked: Start) => {
  process.send?.(await start(asked), undefined, undefined, () => process.exit());
});
