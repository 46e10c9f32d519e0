// Passes: a staged block summed along one axis after another, the innermost first, for a kernel that is a product of factors, one for
// each axis.

import type { Engine } from '../engine/engine.js';
import type { SignalEntries } from '../spectrum/entries.js';
import { type Group, groupsOf } from './groups.js';
import { type Block, lineLength, type Part } from './parts.js';
import { kernelRuns } from './runs.js';
import type { Factors } from './separable.js';

/** Rows, planes: how many, and numbers from one to the next, where they are read and written. */
type Level = readonly [count: number, read: number, write: number];

/** Sums along one axis. */
interface Pass {
  readonly levels: readonly Level[];
  readonly groups: readonly Group[];
  readonly weights: readonly number[];
  /** numbers from what one tap meets to what the next does, and of a row */
  readonly tapPitch: number;
  readonly length: number;
}

/** The passes of a block and the scratch that they need. */
export interface Passes {
  readonly list: readonly Pass[];
  /** numbers that lie between two passes */
  readonly between: number;
  /** entries of the largest table, and weights */
  readonly table: number;
  readonly weights: number;
}

/** Rows shorter than this are computed as one. */
const SHORT = 64;

/** The passes of a block whose signal lies `pitches` apart and whose outputs lie dense. */
export function passesOf(part: Part, block: Block, pitches: readonly number[], factors: Factors): Passes {
  const { counts, tapCounts, taps, group } = block;
  const last = part.length - 1;
  const weights = part.map(({ kernel, kernelStep, stride }, i) =>
    kernelRuns(kernel + kernelStep * taps[i], kernelStep, tapCounts[i], stride).flatMap(
      ({ from, count, step }) => Array.from({ length: count }, (_, tap) => factors[i][from + step * tap]),
    ),
  );
  const lengths = part.map(({ stride }, i) => lineLength(stride, counts[i], tapCounts[i]));
  // an axis of one tap of weight one is not summed
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
    // rows a multiple of 4096 bytes apart would share places of the first-level cache
    if (axis > first && summed[axis - 1] && wide >= SHORT && wide % 128 === 0) write[axis - 1] += 16;
    for (let i = axis - 2; i >= 0; i--) write[i] = write[i + 1] * lengths[i + 1];
    const levels = lengths.slice(0, axis).map((count, i): Level => [count, read[i], write[i]]);
    const flat = axis === last || (width < SHORT && read[axis] === width);
    if (!flat) levels.push([counts[axis], read[axis], width]);
    const line = { stride: part[axis].stride, count: counts[axis], taps: tapCounts[axis], pitch: read[axis] };
    list.push({
      levels,
      groups: groupsOf([line]),
      weights: weights[axis],
      tapPitch: read[axis],
      length: flat ? wide : width,
    });
    if (axis > 0) between = Math.max(between, write[0] * lengths[0]);
    read = write;
    width = wide;
  }
  const sizes = list.map(({ levels, groups }) => 4 * (levels.length + groups.length));
  return {
    list,
    between,
    table: Math.max(...sizes),
    weights: Math.max(...weights.map(({ length }) => length)),
  };
}

/** Bytes of scratch for the passes, with numbers of so many bytes. */
export function passBytes({ between, table, weights }: Passes, bytes: number): number {
  return 2 * room(bytes * between) + room(bytes * weights) + 4 * table;
}

/** Rounded up, with a vector that may be read behind. */
function room(bytes: number): number {
  return (bytes + 95) & ~63;
}

/** Computes the passes, from the staged signal to the outputs. */
export function computePasses(
  entries: SignalEntries,
  { f32, i32 }: Engine,
  passes: Passes,
  bytes: number,
  signal: number,
  out: number,
  scratch: number,
): void {
  const rows = bytes === 8 ? entries.rows64 : entries.rows32;
  const numbers = bytes === 8 ? new Float64Array(f32.buffer) : f32;
  const weights = scratch + 2 * room(bytes * passes.between);
  const table = weights + room(bytes * passes.weights);
  let from = signal;
  passes.list.forEach((pass, i) => {
    const to = i === passes.list.length - 1 ? out : scratch + (i % 2) * room(bytes * passes.between);
    numbers.set(pass.weights, weights / bytes);
    let at = table >> 2;
    for (const [lines, taps, offset, weight] of pass.groups) {
      i32[at++] = lines;
      i32[at++] = taps;
      i32[at++] = bytes * offset;
      i32[at++] = bytes * weight;
    }
    const levels = at << 2;
    for (const [count, read, write] of pass.levels) {
      i32[at++] = count;
      i32[at++] = bytes * read;
      i32[at++] = 0;
      i32[at++] = bytes * write;
    }
    rows(
      levels,
      pass.levels.length,
      0,
      table,
      pass.groups.length,
      0,
      0,
      bytes * pass.tapPitch,
      weights,
      from,
      to,
      bytes * pass.length,
    );
    from = to;
  });
}
