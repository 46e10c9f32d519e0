// Measures one layer on resident tensors, after its result was compared with float64.

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
  /** The largest difference from float64 over the largest output. */
  readonly error: number;
  readonly right: boolean;
}

/** @param budget milliseconds for the calls that are timed; at least three are made */
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

/** Browsers round their clock, so a sample is as many calls as take a few milliseconds. */
function times(run: () => void, budget: number): number[] {
  const start = performance.now();
  let calls = 0;
  do {
    run();
    calls++;
  } while (performance.now() - start < 5);
  const samples: number[] = [];
  const end = performance.now() + budget;
  do {
    const before = performance.now();
    for (let i = 0; i < calls; i++) run();
    samples.push((performance.now() - before) / calls);
  } while (performance.now() < end || samples.length < 3);
  return samples;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}
