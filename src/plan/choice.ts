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
 * @param rows the table; the last row takes everything
 * @throws RangeError if there is no such row, UnableError if it can't compute this
 */
export function choose(load: Workload, wish: Wish = {}, rows: readonly Algorithm[] = algorithms): Choice {
  if (wish.algorithm !== undefined) return asked(load, wish.algorithm, rows);
  const allowed = wish.winograd === 'never' ? rows.filter(({ name }) => name !== 'winograd') : rows;
  const { algorithm, offer, refused } = firstOf(load, allowed);
  const before = rows.slice(0, rows.indexOf(algorithm));
  // in the order of the table, those that the wish left out among them
  const reasons = before.map(
    (row) => refused.find(({ name }) => name === row.name) ?? { name: row.name, reason: 'switched off' },
  );
  return { algorithm, offer, refused: reasons };
}

function firstOf(load: Workload, rows: readonly Algorithm[]): Choice {
  const refused: Refusal[] = [];
  for (const [index, algorithm] of rows.entries()) {
    const offer = algorithm.offer(load);
    const reason =
      typeof offer === 'string'
        ? offer
        : (offer.unwise ??
          (algorithm.compares ? dearer(offer, firstOf(load, rows.slice(index + 1))) : undefined));
    if (typeof offer !== 'string' && reason === undefined) return { algorithm, offer, refused };
    refused.push({ name: algorithm.name, reason: reason as string });
  }
  throw new Error('the last row of the table must take everything');
}

/** Why an offer is worse than that of the row that would be taken without it, if so. */
function dearer(offer: Offer, rival: Choice): string | undefined {
  const share = offer.cost / rival.offer.cost;
  return share > 1 ? `estimated at ${share.toFixed(2)} times the work of ${rival.algorithm.name}` : undefined;
}

function asked(load: Workload, name: AlgorithmName, rows: readonly Algorithm[]): Choice {
  const algorithm = rows.find((row) => row.name === name);
  if (!algorithm) {
    throw new RangeError(`no algorithm '${name}', there are ${rows.map((row) => row.name).join(', ')}`);
  }
  const offer = algorithm.offer(load);
  if (typeof offer === 'string') throw new UnableError(`algorithm '${name}' can't compute this: ${offer}`);
  return { algorithm, offer, refused: [] };
}
