// convnd as an application calls it.

import * as convnd from 'convnd';
import type { Problem } from '#src/problem.js';
import { algorithmOf, forwardCall, makeLayer } from '../layer.js';
import type { Operands } from '../operands.js';
import type { Prepared, Rival } from './rival.js';

async function prepare(problem: Problem, operands: Operands): Promise<Prepared> {
  const layer = makeLayer(convnd, problem, operands);
  const { run, y } = forwardCall(convnd, layer, problem, operands);
  return {
    awaited: false,
    run,
    output() {
      y.fill(Number.NaN);
      run();
      return y;
    },
    winograd: algorithmOf(layer, problem).startsWith('winograd'),
    dispose: () => layer.dispose(),
  };
}

export const convndPlain: Rival = {
  name: 'convnd',
  resident: false,
  includes: 'forward(x, { out }) with plain arrays: x copied in, y copied out',
  prepare,
};
