// Runs a whole network by onnxruntime-web. The runtime is a parameter, so that its import can be timed.

import type * as Ort from 'onnxruntime-web';

/** A session of one thread. */
export function sessionOf(ort: typeof Ort, bytes: Uint8Array): Promise<Ort.InferenceSession> {
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = 'error';
  return ort.InferenceSession.create(bytes, { executionProviders: ['wasm'], graphOptimizationLevel: 'all' });
}
