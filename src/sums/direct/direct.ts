// Direct sums: blocks of outputs, computed by the module of signals from operands that are staged in scratch memory.

import { computeInOrder } from '../orders.js';
import type { SumRequest, Written } from '../request.js';
import type { NumberArray } from '../samples.js';
import { computeBlock } from './block.js';
import { exactSums } from './exact.js';
import { eachFirst, type Lines, linesOf } from './lines.js';
import { blockSizes, type Part, partsOf } from './parts.js';
import type { Factors } from './separable.js';
import { isShortRow, shortRow } from './short-row.js';

/**
 * Computes a request's sums into `out`.
 * @param factors of a separable kernel, one for each axis of the request
 */
export function directSums(operands: Written, request: SumRequest, factors?: Factors): void {
  const { kernel } = operands;
  if (isShortRow(request, kernel.data.length)) {
    if (shortRow(operands, request) && request.border === 'nothing' && !allFinite(kernel.data))
      exactSums(operands, request, true);
    return;
  }
  const order = eachFirst(request, (axis) => kernel.shape[axis] > 1);
  computeInOrder(operands, request, order, (turned, same) => sumLines(turned, same, factors));
}

/** Computes sums whose axes with independent kernels come first. */
function sumLines(operands: Written, request: SumRequest, factors?: Factors): void {
  const { signal, kernel, out } = operands;
  const lines = linesOf(request, signal.shape, kernel.shape);
  const { parts, complete } = partsOf(lines.sums);
  if (!complete) out.data.fill(0);
  const own = factors && lines.sums.map(({ axis }) => (axis < 0 ? Float64Array.of(1) : factors[axis]));
  for (const part of parts) computePart(operands, request, lines, part, own);
  if (request.border === 'nothing' && reachesOutside(lines) && !allFinite(kernel.data))
    exactSums(operands, request, true);
}

/** Whether some output reads a position outside the signal. */
function reachesOutside({ sums }: Lines): boolean {
  return sums.some(({ size, taps, count, first, direction, stride, upsample }) => {
    const last = first + stride * (count - 1);
    const reach = direction * (taps - 1);
    return Math.min(first, first + reach) < 0 || Math.max(last, last + reach) > (size - 1) * upsample;
  });
}

/** Whether all numbers are finite. */
function allFinite(data: NumberArray): boolean {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += 0 * data[i];
  return sum === 0;
}

/** Computes a part's outputs block by block, with the blocks of taps in the innermost loop. */
function computePart(
  operands: Written,
  request: SumRequest,
  lines: Lines,
  part: Part,
  factors: Factors | undefined,
): void {
  const { items, group } = lines;
  const sizes = blockSizes(part, lines);
  const rank = part.length;
  const all: Range[][] = [];
  items.forEach(({ count }, i) => void all.push(cut(count, i === items.length - 1 ? sizes.items : 1)));
  part.forEach(({ count }, i) => void all.push(cut(count, sizes.counts[i])));
  all.push(cut(group, sizes.group));
  part.forEach(({ taps }, i) => void all.push(cut(taps, sizes.taps[i])));
  const ranges = all.map(([first]) => first);
  const at = items.length;
  const walk = (level: number): void => {
    if (level < all.length) {
      for (const range of all[level]) {
        ranges[level] = range;
        walk(level + 1);
      }
      return;
    }
    const axes = ranges.slice(at, at + rank);
    const taps = ranges.slice(at + rank + 1);
    computeBlock(operands, request, lines, part, factors, {
      outs: axes.map(([from]) => from),
      counts: axes.map(([, count]) => count),
      groupFrom: ranges[at + rank][0],
      group: ranges[at + rank][1],
      taps: taps.map(([from]) => from),
      tapCounts: taps.map(([, count]) => count),
      items: ranges.slice(0, at).map(([from]) => from),
      itemCount: at > 0 ? ranges[at - 1][1] : 1,
    });
  };
  walk(0);
}

type Range = readonly [from: number, count: number];

/** Divides `count` into ranges of at most `most`. */
function cut(count: number, most: number): Range[] {
  if (count <= most) return [[0, count]];
  const ranges: Range[] = [];
  for (let from = 0; from < count; from += most) ranges.push([from, Math.min(most, count - from)]);
  return ranges;
}
