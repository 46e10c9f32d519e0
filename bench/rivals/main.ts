// npm run bench:rivals: compares convnd with other WebAssembly runtimes on the same layers, in interleaved rounds.

import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { formatProblem, parseProblem } from '#src/problem/line.js';
import { flops } from '#src/problem/problem.js';
import { command } from '../command.js';
import { type Network, networks } from '../networks.js';
import { measurePeak } from '../peak.js';
import { type NamedProblem, SUITE_HELP, SUITE_OPTIONS, selectProblems } from '../problems.js';
import { inChromium } from './browser/chromium.js';
import { chart } from './chart.js';
import { SLOW } from './limits.js';
import { markdown } from './markdown.js';
import { printNetworks } from './network-sums.js';
import type { Outcome } from './outcome.js';
import { run } from './processes.js';
import { merge, printReport, type Report } from './report.js';
import { isOurs, packages, rivals } from './rivals.js';

const HELP = `npm run bench:rivals -- [options] ["problem line" …]

  ${SUITE_HELP}
  --class 1x1,depthwise   only these classes
  --only r50,vgg          only names that begin so
  --network resnet50      the layers of a network, and their sum (several by commas; all):
                          ${networks.map(({ name }) => name).join(', ')}
  --rivals ort,tfjs       only these beside convnd: ${Object.keys(rivals)
    .filter((name) => !isOurs(name))
    .join(', ')}
  --browser               in Chromium (CHROMIUM or /usr/bin/chromium) instead of Node: convnd, tfjs and litert
  --threads 2             how many threads each may take; in Node convnd and onnxruntime-web have them, in Chromium all
  --rounds 5              rounds in a process
  --processes 3           processes for each layer
  --time 60               milliseconds for a runtime in a round
  --json FILE             the figures; build/rivals.json by default
  --svg FILE              the chart; build/rivals.svg by default
  --markdown FILE         the figures as a table in Markdown, as in docs/rivals.md
  --from FILE             print and draw from figures taken before

All layers with all runtimes take about half an hour, half of it for jax-js.`;

interface Request {
  readonly names: readonly string[];
  readonly problems: readonly NamedProblem[];
  readonly processes: number;
  readonly rounds: number;
  readonly budget: number;
  readonly browser: boolean;
  readonly threads: number;
}

function chosenNetworks(wanted: string | undefined): Network[] {
  const chosen = networks.filter(({ name }) => wanted === 'all' || wanted?.split(',').includes(name));
  if (wanted !== undefined && chosen.length === 0) {
    throw new RangeError(`no network is called ${wanted}.\n\n${HELP}`);
  }
  return chosen;
}

/** The layers of networks, each once. */
function layersOf(chosen: readonly Network[]): NamedProblem[] {
  const seen = new Map<string, NamedProblem>();
  for (const { name, layers } of chosen) {
    for (const { line } of layers) seen.set(line, seen.get(line) ?? { class: name, name: '', line });
  }
  return [...seen.values()];
}

function chosenRivals(list: string | undefined): string[] {
  const wanted = list?.split(',');
  for (const name of wanted ?? []) {
    if (!(name in rivals)) throw new RangeError(`no runtime is called ${name}.\n\n${HELP}`);
  }
  return Object.keys(rivals).filter((name) => isOurs(name) || !wanted || wanted.includes(name));
}

function versionOf(name: string): string {
  const file = new URL(`./node_modules/${name}/package.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`${text}\u001b[K\r`);
}

async function measureAll(request: Request): Promise<Report> {
  const { names, problems, processes, rounds, budget, threads } = request;
  const chromium = request.browser ? await inChromium(threads) : undefined;
  const described = await Promise.all(names.map((name) => rivals[name]()));
  const peak = measurePeak();
  const outcomes = problems.map((): Record<string, Outcome>[] => []);
  for (let turn = 1; turn <= processes; turn++) {
    for (const [index, { name, line }] of problems.entries()) {
      progress(`process ${turn} of ${processes}: ${name || line}`);
      // Runtimes that took long, or failed, are not measured again.
      const [first] = outcomes[index];
      const again = names.filter((name) => !first || (first[name].rounds[0]?.[0] ?? Infinity) < SLOW);
      outcomes[index].push(
        await (chromium?.run ?? run)({
          line,
          names: again,
          rounds,
          budget,
          least: chromium ? 0.5 : 0,
          threads,
        }),
      );
    }
  }
  progress('');
  await chromium?.close();
  return {
    cpu: cpus()[0].model,
    node: process.versions.node,
    ...(chromium && { browser: chromium.version }),
    threads,
    peak,
    versions: Object.fromEntries(packages.map((name) => [name, versionOf(name)])),
    includes: Object.fromEntries(described.map(({ name, includes }) => [name, includes])),
    names,
    resident: described.filter(({ resident }) => resident).map(({ name }) => name),
    rows: problems.map((problem, index) => ({
      ...problem,
      flops: flops(parseProblem(problem.line)),
      ...merge(outcomes[index]),
    })),
  };
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...SUITE_OPTIONS,
      network: { type: 'string' },
      rivals: { type: 'string' },
      browser: { type: 'boolean', default: false },
      threads: { type: 'string', default: '1' },
      rounds: { type: 'string', default: '5' },
      processes: { type: 'string', default: '3' },
      time: { type: 'string', default: '60' },
      json: { type: 'string', default: 'build/rivals.json' },
      svg: { type: 'string', default: 'build/rivals.svg' },
      markdown: { type: 'string' },
      from: { type: 'string' },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const chosen = chosenNetworks(values.network);
  const lines = positionals.map((line) => formatProblem(parseProblem(line)));
  const read = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as Report;
  const measure = () =>
    measureAll({
      names: chosenRivals(values.rivals ?? (values.browser ? 'tfjs,litert' : undefined)),
      problems: chosen.length > 0 ? layersOf(chosen) : selectProblems({ ...values, lines }),
      processes: Number(values.processes),
      rounds: Number(values.rounds),
      budget: Number(values.time),
      browser: values.browser,
      threads: Number(values.threads),
    });
  const report = values.from ? read(values.from) : await measure();
  if (!values.from) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(values.svg, chart(report));
  if (values.markdown) writeFileSync(values.markdown, markdown(report));
  printReport(report);
  if (chosen.length > 0) printNetworks(chosen, report);
  console.log(`\nWritten: ${values.from ?? values.json}, ${values.svg}`);
}

await command(main);
// The runtimes loaded for their descriptions would keep the process alive.
process.exit();
