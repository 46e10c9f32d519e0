// convnd as a contender: with plain arrays, and with resident tensors.

import * as convnd from 'convnd';
import { setNumThreads } from 'convnd/threads';
import type { Problem } from '#src/problem/problem.js';
import { algorithmOf, makeLayer } from '../layer.js';
import { inputShape, type Operands, outputShape, product } from '../operands.js';
import type { Prepared, Rival } from './rival.js';
import { allowed, inWords } from './threads.js';

async function prepare(
  problem: Problem,
  operands: Operands,
  place: (tensor: convnd.Tensor) => convnd.Tensor,
): Promise<Prepared> {
  const got = allowed.threads > 1 ? await setNumThreads(allowed.threads) : 1;
  if (got !== allowed.threads)
    throw new Error(`${inWords(allowed.threads)} were wanted, here is ${inWords(got)}`);
  const layer = makeLayer(convnd, problem, operands);
  const x = place(convnd.tensor(operands.x, inputShape(problem)));
  const shape = outputShape(problem);
  const out = place(convnd.tensor(new Float32Array(product(shape)), shape));
  const run = () => layer.forward(x, { out });
  return {
    awaited: false,
    run,
    output() {
      run();
      out.data.fill(Number.NaN);
      run();
      return out.data.slice();
    },
    winograd: algorithmOf(layer, problem).startsWith('winograd'),
    dispose() {
      layer.dispose();
      for (const tensor of [x, out]) if (tensor instanceof convnd.ResidentTensor) tensor.dispose();
    },
  };
}

export const convndPlain: Rival = {
  name: 'convnd',
  resident: false,
  includes: 'forward(x, { out }) with plain arrays: x copied in, y copied out',
  prepare: (problem, operands) => prepare(problem, operands, (tensor) => tensor),
};

export const convndResident: Rival = {
  name: 'convnd resident',
  resident: true,
  includes: 'forward(x, { out }) with resident tensors: x and y stay in wasm memory',
  prepare: (problem, operands) => prepare(problem, operands, (tensor) => convnd.resident(tensor)),
};
