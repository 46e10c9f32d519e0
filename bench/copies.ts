// npm run bench:copies: the cost of plain arrays compared with resident tensors, and of their copies alone, per layer.

import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import * as convnd from 'convnd';
import { parseProblem } from '#src/problem/line.js';
import { command } from './command.js';
import { forwardCall, makeLayer } from './layer.js';
import { inputShape, makeOperands, outputShape } from './operands.js';
import { type NamedProblem, SUITE_HELP, SUITE_OPTIONS, selectProblems } from './problems.js';
import { Table } from './table.js';
import { median } from './timing.js';

const HELP = `npm run bench:copies -- [options] ["problem line" …]

  ${SUITE_HELP}
  --class 1x1,depthwise   only these classes
  --only r50,vgg          only names that begin so
  --time 1000             milliseconds spent on each problem`;

/** Warm-up rounds, which are not counted. */
const WARM_UP = 5;

/** Median milliseconds of a layer with plain arrays, with resident tensors, and of the copies alone, interleaved. */
function measure({ line }: NamedProblem, budget: number): readonly [number, number, number] {
  const problem = parseProblem(line);
  const operands = makeOperands(problem);
  // two layers, because otherwise each call would evict the tables of the other
  const layers = [makeLayer(convnd, problem, operands), makeLayer(convnd, problem, operands)];
  const { run, y } = forwardCall(convnd, layers[0], problem, operands);
  const x = convnd.resident(convnd.tensor(operands.x, inputShape(problem)));
  const out = convnd.resident({ shape: outputShape(problem) });
  const calls = [
    run,
    () => layers[1].forward(x, { out }),
    () => {
      x.data.set(operands.x);
      y.set(out.data);
    },
  ];
  const times: [number[], number[], number[]] = [[], [], []];
  const end = performance.now() + budget;
  for (let turn = 0; turn < 2 * WARM_UP || performance.now() < end; turn++) {
    calls.forEach((call, i) => {
      const start = performance.now();
      call();
      if (turn >= WARM_UP) times[i].push(performance.now() - start);
    });
  }
  for (const each of [...layers, x, out]) each.dispose();
  return [median(times[0]), median(times[1]), median(times[2])];
}

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...SUITE_OPTIONS,
      time: { type: 'string', default: '1000' },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const chosen = selectProblems({ ...values, lines: positionals });
  console.log(`${cpus()[0].model}, Node ${process.versions.node}: medians of calls in turns, in ms;`);
  console.log(
    'what plain arrays take beyond resident tensors, and what copying them takes, in % of resident.\n',
  );
  const header = ['class', 'name', 'plain', 'resident', 'copies', 'beyond %', 'copies %'];
  const table = new Table(
    header,
    chosen.map((problem) => [problem.class, problem.name || problem.line, 1000, 1000, 1000, 1000, 1000]),
  );
  console.log(table.head());
  for (const problem of chosen) {
    const [plain, resident, copies] = measure(problem, Number(values.time));
    const percent = (value: number) => (100 * value) / resident;
    console.log(
      table.row([
        problem.class,
        problem.name || problem.line,
        plain,
        resident,
        copies,
        percent(plain - resident),
        percent(copies),
      ]),
    );
  }
}

await command(main);
