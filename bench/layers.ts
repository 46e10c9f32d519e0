// npm run bench: milliseconds, GFLOP/s and % of the peak for each named problem, or for problem lines given as arguments.

import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import * as convnd from 'convnd';
import { formatProblem, parseProblem } from '#src/problem/line.js';
import { flops } from '#src/problem/problem.js';
import { command } from './command.js';
import { algorithmOf, type BenchLayer, forwardCall, makeLayer } from './layer.js';
import { networks } from './networks.js';
import { makeOperands } from './operands.js';
import { measurePeak } from './peak.js';
import { type NamedProblem, problems, SUITE_OPTIONS, selectProblems } from './problems.js';
import { Table } from './table.js';
import { time } from './timing.js';
import { verify } from './verify.js';

const HELP = `npm run bench -- [options] ["problem line" …]

  "n1 g1 c64 f64 i56x56 k3x3 p1x1"   any problem; several may be given
  --suite real                       layers of published networks that nothing was tuned for
  --class 1x1,depthwise              only these classes
  --only r50,vgg                     only names that begin so
  --network resnet50                 the layers of a network, and their sum: ${networks.map(({ name }) => name).join(', ')}
  --algorithm NAME                   force a row of the kernel table
  --time 300                         milliseconds spent on each problem
  --json FILE                        write the figures there too`;

interface Result extends NamedProblem {
  readonly algorithm: string;
  readonly median: number;
  readonly least: number;
  readonly gflops: number;
  readonly percent: number;
  /** Largest error, as a fraction of the allowed error. */
  readonly error: number;
}

function measure(named: NamedProblem, budget: number, peak: number, forced?: string): Result | string {
  const problem = parseProblem(named.line);
  const operands = makeOperands(problem);
  let layer: BenchLayer | undefined;
  try {
    layer = makeLayer(convnd, problem, operands);
    if (forced !== undefined) layer.algorithm = forced;
    const algorithm = algorithmOf(layer, problem);
    const { run, y } = forwardCall(convnd, layer, problem, operands);
    y.fill(Number.NaN);
    run();
    const verdict = verify(problem, operands, y, algorithm.startsWith('winograd'));
    if (!verdict.right) return `WRONG (${algorithm}): ${verdict.text}`;
    const { median, least } = time(run, { time: budget, iterations: 5, warmup: budget / 4 });
    const gflops = flops(problem) / (median * 1e6);
    const percent = (100 * gflops) / peak;
    return { ...named, algorithm, median, least, gflops, percent, error: verdict.worst };
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  } finally {
    layer?.dispose();
  }
}

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...SUITE_OPTIONS,
      network: { type: 'string' },
      algorithm: { type: 'string' },
      time: { type: 'string', default: '300' },
      json: { type: 'string' },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const network = networks.find(({ name }) => name === values.network);
  if (values.network && !network) throw new RangeError(`no network is called ${values.network}.\n${HELP}`);
  const times = new Map(network?.layers.map(({ line, times }) => [line, times]));
  const lines = positionals.map((line) => formatProblem(parseProblem(line)));
  const chosen = selectProblems({ ...values, lines: network ? [...times.keys()] : lines });

  const peak = measurePeak();
  console.log(
    `${cpus()[0].model}, Node ${process.versions.node}: f32x4 multiply and add reach ${peak.toFixed(1)} GFLOP/s.`,
  );
  console.log(
    'Times are of forward(x, { out }) with plain arrays, copies in and out included; every result was checked.\n',
  );
  const header = ['class', 'name', 'problem', 'algorithm', 'ms', 'least', 'GFLOP/s', '% peak'];
  const widest = [...chosen, ...(lines.length || network ? [] : problems)];
  const table = new Table(header, [
    ...widest.map(({ class: group, name, line }) => [group, name, line]),
    ['', '', '', 'winograd-4x4', '1000.0', '1000.0', '1000', '100.0'],
  ]);
  console.log(table.head());
  const results: Result[] = [];
  for (const named of chosen) {
    const row = measure(named, Number(values.time), peak, values.algorithm);
    const start = [named.class, named.name, named.line];
    if (typeof row === 'string') {
      process.exitCode = 1;
      console.log(table.row([...start, row]));
      continue;
    }
    results.push(row);
    console.log(table.row([...start, row.algorithm, row.median, row.least, row.gflops, row.percent]));
  }
  if (network && results.length === chosen.length) {
    const sum = results.reduce((total, { line, median }) => total + median * (times.get(line) ?? 0), 0);
    const work = results.reduce(
      (total, { line }) => total + flops(parseProblem(line)) * (times.get(line) ?? 0),
      0,
    );
    console.log(
      `\n${network.about}: convolutions ${sum.toFixed(1)} ms, ${(work / (sum * 1e6)).toFixed(1)} GFLOP/s`,
    );
  }
  if (values.json) {
    const about = { cpu: cpus()[0].model, node: process.versions.node, peak };
    writeFileSync(values.json, `${JSON.stringify({ ...about, results }, null, 2)}\n`);
  }
}

await command(main);
