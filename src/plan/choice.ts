// Choice: the ordered table of algorithms. The first row that does not refuse a workload computes it.

import type { Algorithm, Offer, Workload } from './algorithms/algorithm.js';
import { depthwise } from './algorithms/depthwise.js';
import { direct } from './algorithms/direct.js';
import { gemm } from './algorithms/gemm.js';
import { winograd } from './algorithms/winograd.js';
import type { AlgorithmName, Wish } from './wish.js';

/** The layers' table, in order of preference. */
export const algorithms: readonly Algorithm<AlgorithmName>[] = [depthwise, winograd, direct, gemm];

/** The choice for a workload: the row with its offer, and the rows before it with their reasons. */
export interface Choice {
  readonly algorithm: Algorithm;
  readonly offer: Offer;
  readonly refused: readonly Refusal[];
  /** the row was asked for by its name */
  readonly asked?: boolean;
}

/** A row that is not taken, and why. */
export interface Refusal {
  readonly name: string;
  readonly reason: string;
}

/** An algorithm that was asked for can't compute a workload. */
export class UnableError extends RangeError {}

/**
 * Picks the first row of a table that does not refuse, or the one that is asked for.
 * @param table rows in order of preference; the last one takes everything
 * @throws RangeError if there is no such row, UnableError if it can't compute this
 */
export function choose(
  workload: Workload,
  wish: Wish = {},
  table: readonly Algorithm[] = algorithms,
): Choice {
  if (wish.algorithm !== undefined) return asked(workload, wish.algorithm, table);
  return firstOf(workload, wish, table);
}

/** The first of some rows that computes a workload, and why those before it don't. */
function firstOf(workload: Workload, wish: Wish, rows: readonly Algorithm[]): Choice {
  const refused: Refusal[] = [];
  for (const [index, algorithm] of rows.entries()) {
    const { name, compares } = algorithm;
    const isOff = name === 'winograd' && wish.winograd === 'never';
    const offer = isOff ? 'switched off' : algorithm.offer(workload);
    if (typeof offer === 'string') {
      refused.push({ name, reason: offer });
      continue;
    }
    const others = rows.slice(index + 1);
    const reason = offer.unwise ?? (compares ? dearer(offer, firstOf(workload, wish, others)) : undefined);
    if (reason === undefined) return { algorithm, offer, refused };
    refused.push({ name, reason });
  }
  throw new Error('the last row of the table must take everything');
}

/** Says that an offer costs more than that of the row that would be taken in its stead; undefined if it doesn't. */
function dearer(offer: Offer, rival: Choice): string | undefined {
  const ratio = offer.cost / rival.offer.cost;
  return ratio > 1 ? `estimated at ${ratio.toFixed(2)} times the work of ${rival.algorithm.name}` : undefined;
}

/** The row of a name, whether it is wise or not. */
function asked(workload: Workload, name: AlgorithmName, table: readonly Algorithm[]): Choice {
  const algorithm = table.find((row) => row.name === name);
  if (!algorithm) {
    throw new RangeError(`no algorithm '${name}', there are ${table.map((row) => row.name).join(', ')}`);
  }
  const offer = algorithm.offer(workload);
  if (typeof offer === 'string') throw new UnableError(`algorithm '${name}' can't compute this: ${offer}`);
  return { algorithm, offer, refused: [], asked: true };
}
