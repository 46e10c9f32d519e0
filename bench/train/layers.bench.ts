// Forward and both gradients of classes of layers on one thread, in GFLOP/s of the definition. Interleaved, minimum times.

import { cpus } from 'node:os';
import process from 'node:process';
import { parseProblem } from '#src/problem/line.js';
import type { Problem } from '#src/problem/problem.js';
import { digits, Table } from '../table.js';
import { geometricMean } from '../timing.js';
import { classes, type Kind } from './classes.js';
import { NONE, operationsOf, type Times } from './contender.js';
import { callsOf } from './convnd.js';
import { jaxTimes } from './jax.js';
import { tfjsTimes } from './tfjs.js';
import { torchTimes } from './torch.js';

/** Milliseconds per class. */
const EFFORT = Number(process.env.EFFORT ?? 2000);

/** Interpreted packages skip problems with more operations: they would take minutes. */
const MOST_OPERATIONS = 300e6;

/**
 * Minimum milliseconds of each call, interleaved: elapsed time, or processor time where that is less because other processes ran
 * meanwhile.
 */
function race(calls: readonly (() => void)[]): number[] {
  const least = calls.map(() => Number.POSITIVE_INFINITY);
  const end = performance.now() + EFFORT;
  for (let round = 0; round < 5 || performance.now() < end; round++)
    calls.forEach((call, i) => {
      const used = process.cpuUsage();
      const begin = performance.now();
      call();
      const elapsed = performance.now() - begin;
      const { user, system } = process.cpuUsage(used);
      if (round > 1) least[i] = Math.min(least[i], elapsed, (user + system) / 1000);
    });
  return least;
}

const header = [
  ...['layer', 'forward', 'direct', 'input', 'weight', 'input / forward', 'weight / direct'],
  ...['jax-js', 'tfjs cpu', 'PyTorch'],
];

/**
 * Prints the table.
 * @param wanted parts of names; all classes if empty
 * @param withOthers also measures other packages
 */
export async function run(wanted: readonly string[], withOthers: boolean): Promise<void> {
  const chosen = classes.filter(
    ([name]) => wanted.length === 0 || wanted.some((part) => name.includes(part)),
  );
  const problems = chosen.map(([, line]) => parseProblem(line));
  const torch = withOthers ? torchTimes(problems) : { version: undefined, times: problems.map(() => NONE) };
  console.log(`GFLOP/s, one thread, resident tensors, Node ${process.version}, ${cpus()[0]?.model}`);
  console.log(`Others: forward / input / weight; ${torch.version ?? 'no PyTorch'}\n`);
  const three = '000.0 / 000.0 / 000.0';
  const table = new Table(header, [
    ...classes.map(([name]) => [name]),
    ['', 100, 100, 100, 100, 1, 1, three, three, three],
  ]);
  console.log(table.head());
  const figures: Figures[] = [];
  for (const [index, [name, , kind]] of chosen.entries()) {
    const problem = problems[index];
    const operations = operationsOf(problem);
    const rates = race(callsOf(problem)).map((time) => operations / time / 1e6);
    const [forward, direct, input, weight] = rates;
    figures.push({ kind, input: input / forward, weight: weight / direct, rate: weight });
    const shown = async (times: (p: Problem) => Promise<Times>) =>
      asRates(withOthers && operations < MOST_OPERATIONS ? await times(problem) : NONE, operations);
    const others = [await shown(jaxTimes), await shown(tfjsTimes), asRates(torch.times[index], operations)];
    console.log(table.row([name, ...rates, input / forward, weight / direct, ...others]));
  }
  console.log(`\n${summary(figures)}`);
}

/** The figures of a class. */
interface Figures {
  readonly kind: Kind;
  /** the input gradient relative to forward, and the weight gradient relative to forward without Winograd */
  readonly input: number;
  readonly weight: number;
  /** GFLOP/s of the weight gradient */
  readonly rate: number;
}

/** Geometric means and minima for each kind and for all. */
function summary(figures: readonly Figures[]): string {
  const kinds = ['dense', 'depthwise', 'transposed', 'all'] as const;
  const lines = kinds.flatMap((kind) => {
    const of = kind === 'all' ? figures : figures.filter((each) => each.kind === kind);
    const cells = (['input', 'weight', 'rate'] as const).flatMap((figure) => {
      const values = of.map((each) => each[figure]);
      return [geometricMean(values), Math.min(...values)];
    });
    return of.length > 0 ? [[kind, String(of.length), ...cells]] : [];
  });
  const table = new Table(
    [
      ...['kind', 'classes', 'input / forward', 'least', 'weight / direct', 'least'],
      ...['weight, GFLOP/s', 'least'],
    ],
    [...lines, ['transposed']],
  );
  return [table.head(), ...lines.map((line) => table.row(line))].join('\n');
}

function asRates(times: Times, operations: number): string {
  if (times.every((time) => time === undefined)) return '–';
  return times.map((time) => (time ? digits(operations / time / 1e6) : '–')).join(' / ');
}
