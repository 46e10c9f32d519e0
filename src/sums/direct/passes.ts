// Separable sums of a block: a pass along each axis, the innermost first, for a kernel that is an outer product of one factor per axis.

import { DOUBLE_BYTES } from '../../core/bytes.js';
import type { Engine } from '../../engine/engine.js';
import type { SignalEntries } from '../../spectrum/entries.js';
import { kernelRuns } from '../borders/runs.js';
import { areaBytes, memoryOf } from '../scratch.js';
import { groupsOf } from './groups.js';
import { type Block, lineLength, type Part } from './parts.js';
import { computeRows, type RowLevel, type Rows, rowTableBytes } from './rows.js';
import type { Factors } from './separable.js';

/** The sums along one axis. */
interface Pass {
  readonly rows: Rows;
  readonly weights: readonly number[];
}

/** The passes of a block, and their scratch memory. */
export interface Passes {
  readonly list: readonly Pass[];
  /** length of the intermediate result, in numbers */
  readonly between: number;
  /** bytes of the largest table, and the largest number of weights */
  readonly table: number;
  readonly weights: number;
}

/** Shorter rows are joined. */
const SHORT = 64;

/** The passes of a block, with distances `pitches` in the signal and contiguous outputs. */
export function passesOf(part: Part, block: Block, pitches: readonly number[], factors: Factors): Passes {
  const { counts, tapCounts, taps, group } = block;
  const last = part.length - 1;
  const weights = part.map(({ kernel, kernelStep, stride }, i) =>
    kernelRuns(kernel + kernelStep * taps[i], kernelStep, tapCounts[i], stride).flatMap(
      ({ from, count, step }) => Array.from({ length: count }, (_, tap) => factors[i][from + step * tap]),
    ),
  );
  const lengths = part.map(({ stride }, i) => lineLength(stride, counts[i], tapCounts[i]));
  // skips axes with a single tap of weight one
  const summed = part.map((_, i) => i === last || tapCounts[i] > 1 || weights[i][0] !== 1);
  const first = summed.indexOf(true);
  const list: Pass[] = [];
  let read = [...pitches];
  let width = group;
  let between = 0;
  for (let axis = last; axis >= 0; axis--) {
    if (!summed[axis]) {
      width *= counts[axis];
      continue;
    }
    const wide = width * counts[axis];
    const write = read.map(() => wide);
    // rows that are a multiple of 4096 bytes apart would share sets of the first-level cache
    if (axis > first && summed[axis - 1] && wide >= SHORT && wide % 128 === 0) write[axis - 1] += 16;
    for (let i = axis - 2; i >= 0; i--) write[i] = write[i + 1] * lengths[i + 1];
    const levels = lengths
      .slice(0, axis)
      .map((count, i): RowLevel => ({ count, signal: read[i], weights: 0, out: write[i] }));
    const flat = axis === last || (width < SHORT && read[axis] === width);
    if (!flat) levels.push({ count: counts[axis], signal: read[axis], weights: 0, out: width });
    const line = { stride: part[axis].stride, count: counts[axis], taps: tapCounts[axis], pitch: read[axis] };
    const rows = { levels, groups: groupsOf([line]), tapStep: read[axis], length: flat ? wide : width };
    list.push({ rows: { ...rows, paired: false, lineStep: 0, weightStep: 0 }, weights: weights[axis] });
    if (axis > 0) between = Math.max(between, write[0] * lengths[0]);
    read = write;
    width = wide;
  }
  return {
    list,
    between,
    table: Math.max(...list.map(({ rows }) => rowTableBytes(rows))),
    weights: Math.max(...weights.map(({ length }) => length)),
  };
}

/** Bytes of scratch memory for the passes. */
export function passBytes({ between, table, weights }: Passes, bytes: number): number {
  return 2 * areaBytes(bytes * between) + areaBytes(bytes * weights) + table;
}

/** Runs the passes from the staged signal to the outputs. */
export function computePasses(
  entries: SignalEntries,
  engine: Engine,
  passes: Passes,
  bytes: number,
  signal: number,
  out: number,
  scratch: number,
): void {
  const numbers = memoryOf(engine, bytes === DOUBLE_BYTES ? 'float64' : 'float32');
  const between = areaBytes(bytes * passes.between);
  const weights = scratch + 2 * between;
  const table = weights + areaBytes(bytes * passes.weights);
  let from = signal;
  passes.list.forEach((pass, i) => {
    const to = i === passes.list.length - 1 ? out : scratch + (i % 2) * between;
    numbers.set(pass.weights, weights / bytes);
    computeRows(entries, engine, pass.rows, bytes, table, weights, from, to);
    from = to;
  });
}
