// npm run bench:networks: whole networks by convnd and by onnxruntime-web, with one thread each, interleaved in one process per network.
// Both have the same weights; the ONNX graph has the form that exporters write; results are compared first. A pass takes a plain input and
// returns a plain output.
//
// The warm start, from the weights to the first output, is dominated by page faults. It is measured in a new process for each network,
// because otherwise it depends on which runtime freed memory before: the memory of a session is released and reused, ours is only freed by
// the garbage collector. In one process, onnxruntime-web seemed to start a block of EfficientNet in 0.07 to 0.12 of our time; in separate
// processes it takes 0.5 to 2.3 times our time.
//
// The cold start also includes importing the runtime, which compiles its module (network-start.ts).

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import * as ort from 'onnxruntime-web';
import { Table } from '../table.js';
import { geometricMean, median, timed } from '../timing.js';
import { glue } from './glue.js';
import { inputOf, type NetworkPair, pairs } from './network-graphs.js';
import type { Runtime, Start } from './network-start.js';
import { sessionOf } from './ort-session.js';

const ROUNDS = Number(process.env.ROUNDS ?? 5);
/** Passes per round, so that a round of a small network takes some milliseconds. */
const ROUND_MS = 60;
/** Processes of each runtime that start a network. */
const STARTS = 3;

/** The minimum time of a pass in a round. */
async function least(pass: () => unknown, passes: number): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < passes; i++) best = Math.min(best, (await timed(pass))[0]);
  return best;
}

async function measure(pair: NetworkPair) {
  const { name, make, model } = pair;
  const x = inputOf(pair);
  const { bytes, output } = model();

  const [ourLoad, network] = await timed(make);
  const [ourFirst, y] = await timed(() => network.forward(x).data.slice());
  const [theirLoad, session] = await timed(() => sessionOf(ort, bytes));
  const feeds = { x: new ort.Tensor('float32', x.data, x.shape) };
  const [theirFirst, results] = await timed(() => session.run(feeds));
  const want = results[output].data as Float32Array;
  const most = want.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  const error = want.reduce((a, b, i) => Math.max(a, Math.abs(b - y[i])), 0);
  if (want.length !== y.length || !(error <= 1e-4 * most))
    throw new Error(`off by ${error} where the largest output is ${most}`);

  let [ours, theirs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const our = () => network.forward(x).data;
  const their = () => session.run(feeds);
  const [once] = await timed(their);
  const passes = Math.max(1, Math.ceil(ROUND_MS / once));
  for (let round = 0; round < ROUNDS; round++) {
    theirs = Math.min(theirs, await least(their, passes));
    ours = Math.min(ours, await least(our, passes));
  }
  const share = await glue(our, ROUNDS * passes);
  await session.release();
  return {
    name,
    ours,
    theirs,
    share,
    ourStart: ourLoad + ourFirst,
    theirStart: theirLoad + theirFirst,
    error: error / most,
  };
}

type Measured = Awaited<ReturnType<typeof measure>>;

/** Measures a network in this process, after a small one that warms up: otherwise the first runtime would pay for compiling its module. */
async function measureHere(index: number, wanted: readonly string[]): Promise<Measured | null> {
  const pair = pairs[index]();
  const name = pair.name.toLowerCase();
  if (wanted.length > 0 && !wanted.some((part) => name.includes(part.toLowerCase()))) return null;
  const small = 4;
  await measure(pairs[index === small ? small + 1 : small]());
  return measure(pair);
}

/** Measures a network in a new process. Returns null for a network that is not selected. */
function measureApart(index: number, wanted: readonly string[]): Promise<Measured | null> {
  const child = fork(fileURLToPath(import.meta.url), [String(index), ...wanted]);
  return new Promise((resolve, reject) => {
    child.on('message', (measured) => resolve(measured as Measured | null));
    child.on('close', (code) => reject(new Error(`the process of network ${index} ended (${code})`)));
  });
}

/** Median milliseconds from the import of a runtime to the first output of a network, each in a new process. */
async function coldStart(runtime: Runtime, index: number): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    const child = fork(fileURLToPath(new URL('./network-start.js', import.meta.url)));
    child.send({ runtime, index } satisfies Start);
    times.push(
      await new Promise<number>((resolve, reject) => {
        child.on('message', (ms) => resolve(ms as number));
        child.on('close', (code) => reject(new Error(`${runtime} did not start network ${index} (${code})`)));
      }),
    );
  }
  return median(times);
}

async function main(wanted: readonly string[]): Promise<void> {
  const table = new Table(
    [
      ...['network', 'convnd ms', 'ort ms', 'times', 'glue %', 'start ms', 'ort start', 'times'],
      ...['cold ms', 'ort cold', 'times', 'error'],
    ],
    [
      [
        ...['EfficientNet-B0, 192', '00000.0', '00000.0', '00.00', '00.0', '00000', '00000', '00.00'],
        ...['00000', '00000', '00.00', '0.0e-00'],
      ],
    ],
  );
  console.log(table.head());
  const [ratios, starts, colds]: [number[], number[], number[]] = [[], [], []];
  for (const index of pairs.keys()) {
    const measured = await measureApart(index, wanted);
    if (!measured) continue;
    const { name, ours, theirs, share, ourStart, theirStart, error } = measured;
    const ourCold = await coldStart('convnd', index);
    const theirCold = await coldStart('onnxruntime-web', index);
    ratios.push(theirs / ours);
    starts.push(theirStart / ourStart);
    colds.push(theirCold / ourCold);
    const start = (our: number, their: number) => [
      our.toFixed(0),
      their.toFixed(0),
      (their / our).toFixed(2),
    ];
    console.log(
      table.row([
        ...[name, ours.toFixed(2), theirs.toFixed(2), (theirs / ours).toFixed(2), (100 * share).toFixed(1)],
        ...[...start(ourStart, theirStart), ...start(ourCold, theirCold), error.toExponential(1)],
      ]),
    );
  }
  const means = [ratios, starts, colds].map((all) => geometricMean(all).toFixed(2));
  console.log(
    `times, geometric mean: ${means[0]}; of the start: ${means[1]}; of the cold start: ${means[2]}`,
  );
}

const [, , first, ...wanted] = process.argv;
if (process.connected) {
  const measured = await measureHere(Number(first), wanted);
  process.send?.(measured, undefined, undefined, () => process.exit());
} else await main(wanted);
