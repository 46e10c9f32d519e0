// Explain: a plan in words.

import { flops } from '../problem/problem.js';
import type { Plan } from './plan.js';
import { blockCount } from './plan.js';

/** Describes a plan: problem line, output, algorithm and why, work, memory, receptive field. */
export function explain(plan: Plan, outputShape: readonly number[]): string {
  const { problem, choice, bytes } = plan;
  const blocks = blockCount(plan);
  const field = problem.kernel.map((size, axis) => (size - 1) * problem.dilation[axis] + 1);
  // depthwise kernels copy one map at a time
  const copies = choice.algorithm.item === 'map' ? plan.images * problem.channels : 1;
  const copied = bytes.target && (copies * bytes.staged) / bytes.target;
  const classes = plan.interleaved ? `, ${plan.subsets.size} classes of outputs` : '';
  const sizes = plan.tiles.slice(1).map((end, tile) => end - plan.tiles[tile]);
  const tiles = [...new Set(sizes)].map(
    (rows) => `${sizes.filter((size) => size === rows).length} x ${rows}`,
  );
  return [
    plan.line,
    `output     [${outputShape.join(', ')}]`,
    `algorithm  ${choice.algorithm.name}${plan.tile ? ` ${plan.tile.name}` : ''}: ${choice.algorithm.reason}`,
    ...choice.refused.map(({ name, reason }) => `           not ${name}: ${reason}`),
    `tiles      ${tiles.join(' + ')} filters by ${choice.algorithm.pixels} pixels, ${problem.groups} group${problem.groups === 1 ? '' : 's'}${classes}`,
    `work       ${count(flops(problem))}FLOP in ${blocks} block${blocks === 1 ? '' : 's'}, ${Number(copied.toPrecision(3))} inputs copied an output`,
    `memory     ${count(bytes.scratch)}B work space, ${count(bytes.weights)}B packed weights`,
    problem.transposed
      ? `reach      ${field.join(' x ')} outputs an input`
      : `field      ${field.join(' x ')} inputs an output`,
  ].join('\n');
}

/** A number with a unit of thousands. */
function count(value: number): string {
  const units = ['', 'k', 'M', 'G', 'T'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)));
  return `${Number((value / 1000 ** power).toPrecision(4))} ${units[power]}`;
}
