// Choice: the ordered table of algorithms. The first row that does not refuse a workload computes it.

import { describe, located, present, refuse, type Where } from '../core/errors.js';
import { product } from '../core/lists.js';
import type { Algorithm, Proposal, Workload } from './algorithms/algorithm.js';
import { depthwise } from './algorithms/depthwise.js';
import { direct } from './algorithms/direct.js';
import { gemm } from './algorithms/gemm.js';
import { inside } from './algorithms/inside.js';
import { winograd } from './algorithms/winograd.js';
import type { AlgorithmName, Preference } from './preference.js';

/** The layers' table, in order of preference. */
export const algorithms: readonly Algorithm<AlgorithmName>[] = [inside, depthwise, winograd, direct, gemm];

/**
 * Checks the name of an algorithm that a user chose for a layer.
 * @throws RangeError if the layers' table has no such row
 */
export function checkAlgorithm(name: AlgorithmName | undefined, where: Where): void {
  const names = algorithms.map((row) => row.name);
  if (name !== undefined && !names.includes(name))
    refuse(where, `algorithm: expected one of ${names.join(', ')}, got ${describe(name)}`);
}

/** The choice for a workload: the row with its proposal, and the rows before it with their reasons. */
export interface Choice {
  readonly algorithm: Algorithm;
  readonly proposal: Proposal;
  readonly refused: readonly Refusal[];
  /** the caller named the row */
  readonly asked?: boolean;
}

/** A row that was not chosen, and why. */
interface Refusal {
  readonly name: string;
  readonly reason: string;
}

/** The algorithm that the caller named can't compute a workload. */
export class UnableError extends RangeError {}

/**
 * Picks the row that the caller named, or else the first row of a table that does not refuse.
 * @param table rows in order of preference; the last one takes everything
 * @throws UnableError if the named row can't compute this
 */
export function choose(
  workload: Workload,
  preference: Preference = {},
  table: readonly Algorithm[] = algorithms,
): Choice {
  const { algorithm, where } = preference;
  return algorithm === undefined
    ? firstOf(workload, preference, table)
    : named(workload, algorithm, table, where);
}

/** The first row that does not refuse a workload, and why those before it do. */
function firstOf(workload: Workload, preference: Preference, rows: readonly Algorithm[]): Choice {
  const refused: Refusal[] = [];
  for (const [index, algorithm] of rows.entries()) {
    const { name, compares, mostMeeting = 1 } = algorithm;
    if (product(workload.meeting) > mostMeeting) continue;
    const isOff = name === 'winograd' && preference.winograd === 'never';
    const proposal = isOff ? 'switched off' : algorithm.propose(workload);
    if (typeof proposal === 'string') {
      refused.push({ name, reason: proposal });
      continue;
    }
    const others = rows.slice(index + 1);
    const reason =
      proposal.unwise ??
      (compares ? whyCostly(workload, proposal, firstOf(workload, preference, others)) : undefined);
    if (reason === undefined) return { algorithm, proposal, refused };
    refused.push({ name, reason });
  }
  throw new Error('the last row of the table must take everything');
}

/** A transform's weights take several times the memory of a rival's. From so many pairs of channel and filter on, that counts. */
const MANY_PAIRS = 1 << 16;

/**
 * A transform of so many pairs must be estimated below this share of its rival's cost: 1.15 to 1.3 for n1 g1 c256 f512 i19x19 k3x3 s2x2 p1x1,
 * estimated at 0.96. Fewer pairs need no margin: with it, 40 problems whose row it changed took 0.83 to 1.48 times as long, 1.09 on average.
 */
const WORTHWHILE = 0.95;

/**
 * The same for a transform of completed classes, which packs several times the weights: estimated at 0.94 and with new weights in every call,
 * T n1 g1 c128 f128 i28x28 k3x3 s2x2 p1x1 o1x1 took 1.6 times as long, with the same weights 0.99.
 */
const WORTH_COMPLETING = 0.85;

/** Why a proposal is refused that costs too much beside its rival, the row that would be chosen instead; undefined if it does not. */
function whyCostly(
  { channels, filters, share }: Workload,
  proposal: Proposal,
  rival: Choice,
): string | undefined {
  const ratio = proposal.cost / (rival.proposal.cost * share);
  const limit = share < 1 ? WORTH_COMPLETING : channels * filters < MANY_PAIRS ? 1 : WORTHWHILE;
  return ratio > limit
    ? `estimated at ${ratio.toFixed(2)} times the work of ${rival.algorithm.name}`
    : undefined;
}

/** The row that the caller named, even if it proposes against itself. */
function named(
  workload: Workload,
  name: AlgorithmName,
  table: readonly Algorithm[],
  where: Where | undefined,
): Choice {
  const algorithm = present(
    table.find((row) => row.name === name),
    `algorithm '${name}'`,
  );
  const proposal = algorithm.propose(workload);
  if (typeof proposal === 'string')
    throw new UnableError(located(`algorithm '${name}' can't compute this: ${proposal}`, where));
  return { algorithm, proposal, refused: [], asked: true };
}
