// onnxruntime-web as an application calls it: session.run with plain arrays.

import * as ort from 'onnxruntime-web';
import type { Problem } from '#src/problem/problem.js';
import { inputShape, type Operands } from '../operands.js';
import { onnxModel } from './onnx-model.js';
import type { Prepared, Rival } from './rival.js';
import { allowed } from './threads.js';

ort.env.logLevel = 'error';

async function prepare(problem: Problem, operands: Operands): Promise<Prepared> {
  ort.env.wasm.numThreads = allowed.threads;
  const session = await ort.InferenceSession.create(onnxModel(problem, operands), {
    executionProviders: ['wasm'],
    graphOptimizationLevel: 'all',
  });
  const feeds = { x: new ort.Tensor('float32', operands.x, inputShape(problem)) };
  return {
    awaited: true,
    run: () => session.run(feeds),
    output: async () => (await session.run(feeds)).y.data as Float32Array,
    dispose: () => void session.release(),
  };
}

export const ortWeb: Rival = {
  name: 'ort',
  resident: false,
  includes: 'session.run: x copied in, y copied out into a new array',
  prepare,
};
