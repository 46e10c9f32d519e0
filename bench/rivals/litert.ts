// LiteRT.js (the successor of TensorFlow Lite; XNNPACK).

import { type LiteRt, Tensor } from '@litertjs/core';
import type { Problem } from '#src/problem/problem.js';
import { inputShape, type Operands, outputShape } from '../operands.js';
import { startLiteRt } from './litert-start.js';
import { channelsFirst, channelsLast, type Prepared, type Rival } from './rival.js';
import { tfliteModel } from './tflite-model.js';
import { allowed } from './threads.js';

let ready: Promise<LiteRt> | undefined;

async function prepare(problem: Problem, operands: Operands): Promise<Prepared> {
  const { bytes, input } = tfliteModel(problem, operands);
  ready ??= startLiteRt();
  const runtime = await ready;
  const model = await runtime.loadAndCompile(bytes, {
    accelerator: 'wasm',
    cpuOptions: { numThreads: allowed.threads },
  });
  const x = new Tensor(channelsLast(operands.x, inputShape(problem)), input);
  return {
    awaited: true,
    async run() {
      for (const y of await model.run([x])) y.delete();
    },
    async output() {
      const [y] = await model.run([x]);
      const data = channelsFirst((await y.data()) as Float32Array, outputShape(problem));
      y.delete();
      return data;
    },
    dispose() {
      x.delete();
      model.delete();
    },
  };
}

export const liteRt: Rival = {
  name: 'litert',
  resident: true,
  includes: 'model.run on a resident tensor, channels last, awaited; y allocated and freed each run',
  prepare,
};
