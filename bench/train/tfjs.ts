// TensorFlow.js with its cpu backend, the only one in Node without native code that supports the gradient of the filter: forward and both
// gradients, channels last.

import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import type { Problem } from '#src/problem/problem.js';
import { NONE, type Times } from './contender.js';

/** Minimum milliseconds of a few calls. */
function least(call: () => tf.Tensor): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0, spent = 0; round < 3 && spent < 3000; round++) {
    const begin = performance.now();
    const result = call();
    result.dataSync();
    const elapsed = performance.now() - begin;
    result.dispose();
    spent += elapsed;
    best = Math.min(best, elapsed);
  }
  return best;
}

/** The times of a problem; only 2-D layers without transposition, groups and dilation are supported. */
export async function tfjsTimes(p: Problem): Promise<Times> {
  if (p.rank !== 2 || p.kind.transposed || p.groups > 1 || p.dilation.some((step) => step > 1)) return NONE;
  await tf.setBackend('cpu');
  const inputShape = [p.batch, ...p.input, p.channels];
  const filterShape = [...p.kernel, p.channels, p.filters];
  const x = tf.randomUniform(inputShape);
  const filter = tf.randomUniform(filterShape);
  const dy = tf.randomUniform([p.batch, ...p.output, p.filters]);
  const pad = [[0, 0], ...p.paddingBegin.map((begin, axis) => [begin, p.paddingEnd[axis]]), [0, 0]];
  const common = { strides: [...p.stride], pad, dataFormat: 'NHWC', dimRoundingMode: 'floor' };
  const kernel = (name: string, inputs: tf.NamedTensorMap, attributes: object) => () =>
    tf.engine().runKernel(name, inputs, { ...common, ...attributes } as never) as tf.Tensor;
  const times: Times = [
    least(kernel('Conv2D', { x, filter }, { dilations: [1, 1] })),
    least(kernel('Conv2DBackpropInput', { dy, filter }, { inputShape })),
    least(kernel('Conv2DBackpropFilter', { x, dy }, { filterShape })),
  ];
  tf.dispose([x, filter, dy]);
  return times;
}
