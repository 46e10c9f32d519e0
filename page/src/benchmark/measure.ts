// Measures one layer on resident tensors, after comparing its result with float64.

import * as convnd from 'convnd';
import { algorithmOf, makeLayer } from '../../../bench/layer.ts';
import { inputShape, makeOperands, outputShape } from '../../../bench/operands.ts';
import type { NamedProblem } from '../../../bench/problems.ts';
import { verify } from '../../../bench/verify.ts';
import { parseProblem } from '../../../dist/problem/line.js';
import { flops } from '../../../dist/problem/problem.js';

export interface Measured extends NamedProblem {
  readonly algorithm: string;
  readonly milliseconds: number;
  readonly gflops: number;
  /** The largest difference from float64 relative to the largest output. */
  readonly error: number;
  readonly right: boolean;
}

/** @param budget milliseconds for the timed calls; at least three are made */
export function measure(named: NamedProblem, budget: number): Measured {
  const problem = parseProblem(named.line);
  const operands = makeOperands(problem);
  const layer = makeLayer(convnd, problem, operands);
  const x = convnd.resident(convnd.tensor(operands.x, inputShape(problem)));
  const out = convnd.resident({ shape: outputShape(problem) });
  try {
    const run = () => layer.forward(x, { out });
    run();
    const algorithm = algorithmOf(layer, problem);
    const { right, relative } = verify(problem, operands, out.data, algorithm === 'winograd');
    const milliseconds = median(times(run, budget));
    const gflops = flops(problem) / (milliseconds * 1e6);
    return { ...named, algorithm, milliseconds, gflops, error: relative, right };
  } finally {
    for (const each of [layer, x, out]) each.dispose();
  }
}

/** The minimum time of a sample in milliseconds: browsers round their clock to 0.1 ms. */
const SAMPLE = 5;

/** Several samples of the milliseconds of a call; each sample is the mean of several calls. */
function times(run: () => void, budget: number): number[] {
  let calls = 1;
  const samples: number[] = [];
  const end = performance.now() + budget;
  do {
    const before = performance.now();
    for (let i = 0; i < calls; i++) run();
    const taken = performance.now() - before;
    samples.push(taken / calls);
    if (taken < SAMPLE) {
      // also if an interruption made fewer calls appear long enough
      calls *= 2;
      samples.length = 0;
    }
  } while (performance.now() < end || samples.length < 3);
  return samples;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}
