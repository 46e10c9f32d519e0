// Explain: a plan in words.

import { sum } from '../core/lists.js';
import type { Plan } from './plan.js';
import { planForPlainTensors } from './portions.js';

/**
 * Describes a plan: the algorithm and why, its register tiles, work, memory.
 * @param flops floating point operations of the definition
 */
export function explainPlan(plan: Plan, flops: number): string[] {
  const { choice, bytes, blocks, tile } = plan;
  const copied = bytes.target && copiedBytes(plan) / bytes.target;
  return [
    `algorithm  ${choice.algorithm.name}${tile ? ` ${tile.transform.name}` : ''}: ${choice.algorithm.reason}`,
    ...choice.refused.map(({ name, reason }) => `           not ${name}: ${reason}`),
    `tiles      ${tilesInWords(plan)}${copiesInWords(plan)}`,
    `work       ${withUnit(flops)}FLOP in ${counted(blocks, 'block')}, ${Number(copied.toPrecision(3))} inputs copied an output`,
    `memory     ${withUnit(bytes.scratch)}B scratch, ${withUnit(bytes.weights)}B packed weights`,
  ];
}

/** Bytes that are staged to compute a block. A variant that stages plane by plane has a buffer for one, and stages one for each group. */
function copiedBytes({ bytes, images, convolution }: Plan): number {
  return bytes.staged + images * convolution.groups * (bytes.areas.plane ?? 0);
}

/** The entry that computes, its register tiles by size, and what they compute. */
function tilesInWords({
  filterTiles,
  variant,
  convolution,
  turned,
  interleaved,
  tapSets,
  mapsAtOnce,
}: Plan): string {
  const sizes = [...new Set(filterTiles)].map(
    (filters) => `${filterTiles.filter((size) => size === filters).length} x ${filters}`,
  );
  return [
    `${variant.entry}: ${sizes.join(' + ')} filters`,
    counted(convolution.groups, 'group'),
    ...(turned ? ['height and width exchanged'] : []),
    ...(interleaved ? [`${sum(tapSets.map(({ classes }) => classes.length))} classes of outputs`] : []),
    ...(mapsAtOnce > 0 ? [`plain arrays ${counted(mapsAtOnce, 'map')} at a time`] : []),
  ].join(', ');
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** The number of blocks for plain arrays and their row, where these differ from the plan's. */
function copiesInWords(plan: Plan): string {
  const other = planForPlainTensors(plan);
  if (!other) return '';
  const { algorithm } = other.choice;
  const row = algorithm === plan.choice.algorithm ? '' : ` by ${algorithm.name}`;
  return `, plain arrays in ${other.blocks} blocks${row}`;
}

/** A number of four digits, with the unit of a power of a thousand. */
function withUnit(value: number): string {
  const units = ['', 'k', 'M', 'G', 'T'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)));
  return `${Number((value / 1000 ** power).toPrecision(4))} ${units[power]}`;
}
