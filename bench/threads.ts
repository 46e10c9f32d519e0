// npm run bench:threads: compares forward on several threads with one, per layer, and simulates more cores than the machine has.

import { cpus, loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import * as convnd from 'convnd';
import { setNumThreads } from 'convnd/threads';
import { parseProblem } from '#src/problem/line.js';
import { type Runner, runners, thisThread } from '#src/run/runner.js';
import { command } from './command.js';
import { forwardCall, makeLayer } from './layer.js';
import { inputShape, makeOperands, outputShape } from './operands.js';
import { type NamedProblem, SUITE_HELP, SUITE_OPTIONS, selectProblems } from './problems.js';
import { SimulatedCores } from './simulated-cores.js';
import { Table } from './table.js';
import { geometricMean, median } from './timing.js';

const HELP = `npm run bench:threads -- [options] ["problem line" …]

  ${SUITE_HELP}
  --class 1x1,depthwise   only these classes
  --only r50,vgg          only names that begin so
  --threads 2             how many threads
  --cores 4,8,16          numbers of cores to simulate
  --rounds 12             turns of each way to compute
  --time 30               milliseconds of each turn, at most three calls`;

/** Milliseconds between two rounds: as in a program with other work, and so that the scheduler preempts this process less. */
const PAUSE = 4;
const CALLS = 3;

/** A way to compute: a runner and a call. */
interface Way {
  readonly runner: Runner;
  readonly call: () => unknown;
  readonly times: number[];
}

/** Times the call in each way, in turns. */
async function takeTurns(ways: readonly Way[], rounds: number, budget: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    for (const { runner, call, times } of ways) {
      runners.current = runner;
      const end = performance.now() + budget;
      for (let i = 0; i < CALLS && (i === 0 || performance.now() < end); i++) {
        const start = performance.now();
        if (runner instanceof SimulatedCores) runner.saved = 0;
        call();
        const saved = runner instanceof SimulatedCores ? runner.saved : 0;
        times.push(performance.now() - start - saved);
      }
    }
    await pause(PAUSE);
  }
}

interface Effort {
  readonly rounds: number;
  readonly time: number;
  readonly cores: readonly number[];
}

/** The speed relative to one thread: resident and plain by minimum times, resident by medians, and on simulated cores. */
async function measure(
  { line }: NamedProblem,
  many: Runner,
  { rounds, time, cores }: Effort,
): Promise<{ one: number; ratios: number[] }> {
  const problem = parseProblem(line);
  const operands = makeOperands(problem);
  const layers = [makeLayer(convnd, problem, operands), makeLayer(convnd, problem, operands)];
  const { run: plain, y } = forwardCall(convnd, layers[0], problem, operands);
  const x = convnd.resident(convnd.tensor(operands.x, inputShape(problem)));
  const out = convnd.resident({ shape: outputShape(problem) });
  const inMemory = () => layers[1].forward(x, { out });
  const way = (runner: Runner, call: () => unknown): Way => ({ runner, call, times: [] });
  const ways = [way(thisThread, inMemory), way(many, inMemory), way(thisThread, plain), way(many, plain)];
  const simulated = cores.map((count) => way(new SimulatedCores(count), inMemory));
  await takeTurns([...ways, ...simulated], rounds, time);

  runners.current = thisThread;
  plain();
  const bits = new Int32Array(y.slice().buffer);
  for (const call of [plain, inMemory]) {
    runners.current = many;
    call();
    const got = new Int32Array((call === plain ? y : out.data).slice().buffer);
    if (bits.some((value, i) => value !== got[i])) throw new Error(`other bits on more threads: ${line}`);
  }
  for (const each of [...layers, x, out]) each.dispose();
  const [one, two, onePlain, twoPlain] = ways.map(({ times }) => Math.min(...times));
  const least = simulated.map(({ times }) => one / Math.min(...times));
  const middle = median(ways[0].times) / median(ways[1].times);
  return { one, ratios: [one / two, onePlain / twoPlain, middle, ...least] };
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...SUITE_OPTIONS,
      threads: { type: 'string', default: '2' },
      cores: { type: 'string', default: '4,8,16' },
      rounds: { type: 'string', default: '12' },
      time: { type: 'string', default: '30' },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const threads = await setNumThreads(Number(values.threads));
  const many = runners.current;
  const cores = values.cores.split(',').filter(Boolean).map(Number);
  const chosen = selectProblems({ ...values, lines: positionals });
  console.log(`${cpus()[0].model}, Node ${process.versions.node}, load ${loadavg()[0].toFixed(1)}.`);
  console.log(
    `Times as fast as one thread: on ${threads} threads by the least times, with resident tensors and with plain arrays, and by medians;`,
  );
  console.log('then by simulation on more cores, with resident tensors.\n');
  const header = [
    'class',
    'name',
    'ms',
    'resident',
    'plain',
    'medians',
    ...cores.map((count) => `${count} cores`),
  ];
  const sample = header.slice(2).map(() => 100.01);
  const table = new Table(
    header,
    chosen.map((problem) => [problem.class, problem.name || problem.line, ...sample]),
  );
  console.log(table.head());
  const all: number[][] = [];
  const effort = { rounds: Number(values.rounds), time: Number(values.time), cores };
  for (const problem of chosen) {
    const { one, ratios } = await measure(problem, many, effort);
    all.push(ratios);
    console.log(table.row([problem.class, problem.name || problem.line, one, ...ratios]));
  }
  const column = (index: number) => all.map((ratios) => ratios[index]);
  const places = all[0].map((_, index) => index);
  console.log(table.row(['', 'geometric mean', '', ...places.map((index) => geometricMean(column(index)))]));
  console.log(table.row(['', 'least', '', ...places.map((index) => Math.min(...column(index)))]));
  await setNumThreads(1);
}

await command(main);
