// npm run bench:scatter: compares random problems (odd widths, prime channel counts, extreme aspect ratios, large kernels, all padding modes)
// with reference problems of round sizes; `--of narrow`: maps of few columns with the same maps transposed; `--of batches`: tiny maps of many
// images with one map; `--plain`: with plain arrays instead of resident tensors. Finds performance cliffs: half the GFLOP/s of the reference
// or less.

import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import * as convnd from 'convnd';
import { formatProblem } from '#src/problem/line.js';
import { flops, type Problem } from '#src/problem/problem.js';
import { command } from './command.js';
import { drawBatches, drawNarrow, drawPairs } from './draw.js';
import { algorithmOf, makeLayer } from './layer.js';
import { inputShape, makeOperands, outputShape, product } from './operands.js';
import { type Point, scatterPlot } from './scatter-plot.js';
import { digits, Table } from './table.js';
import { median, time } from './timing.js';
import { verify } from './verify.js';

const STREAMS = { any: drawPairs, narrow: drawNarrow, batches: drawBatches };
const ROUNDS = 3;
const CLIFF = 0.5;

/** A problem ready to run on resident tensors or plain arrays, with its result checked. */
function prepare(problem: Problem, isPlain: boolean) {
  const operands = makeOperands(problem);
  const layer = makeLayer(convnd, problem, operands);
  const given = convnd.tensor(operands.x, inputShape(problem));
  const result = convnd.tensor(new Float32Array(product(outputShape(problem))), outputShape(problem));
  const [x, out] = isPlain ? [given, result] : [convnd.resident(given), convnd.resident(result)];
  const run = () => layer.forward(x, { out });
  run();
  const algorithm = algorithmOf(layer, problem);
  const verdict = verify(problem, operands, out.data, algorithm === 'winograd');
  if (!verdict.right) throw new Error(`wrong: ${formatProblem(problem)} (${algorithm}): ${verdict.text}`);
  const dispose = () => {
    layer.dispose();
    for (const each of [x, out]) if (each instanceof convnd.ResidentTensor) each.dispose();
  };
  return { run, dispose, algorithm, text: layer.explain(inputShape(problem)) };
}

interface Found {
  readonly point: Point;
  /** GFLOP/s relative to the reference problem. */
  readonly ratio: number;
  readonly line: string;
  readonly neighbour: string;
  readonly text: string;
}

function measure(drawn: Problem, round: Problem, budget: number, isPlain: boolean): Found {
  const sides = [drawn, round].map((problem) => ({
    problem,
    ...prepare(problem, isPlain),
    speeds: [] as number[],
  }));
  for (let i = 0; i < ROUNDS; i++) {
    for (const { run, problem, speeds } of sides) {
      const { least } = time(run, { time: budget, iterations: 3, warmup: budget / 4 });
      speeds.push(flops(problem) / (least * 1e6));
    }
  }
  for (const side of sides) side.dispose();
  const [gflops, beside] = sides.map(({ speeds }) => median(speeds));
  return {
    point: { flops: flops(drawn), gflops, beside, algorithm: sides[0].algorithm },
    ratio: gflops / beside,
    line: formatProblem(drawn),
    neighbour: formatProblem(round),
    text: sides[0].text,
  };
}

function main(): void {
  const { values } = parseArgs({
    options: {
      of: { type: 'string', default: 'any' },
      count: { type: 'string', default: '300' },
      seed: { type: 'string', default: '1' },
      time: { type: 'string', default: '20' },
      plain: { type: 'boolean', default: false },
      svg: { type: 'string' },
    },
  });
  const found: Found[] = [];
  if (!(values.of in STREAMS)) throw new RangeError(`--of takes ${Object.keys(STREAMS).join(', ')}`);
  const draw = STREAMS[values.of as keyof typeof STREAMS];
  for (const { drawn, round } of draw(Number(values.seed))) {
    found.push(measure(drawn, round, Number(values.time), values.plain));
    if (found.length >= Number(values.count)) break;
  }

  found.sort((a, b) => a.ratio - b.ratio);
  const at = (share: number) => digits(found[Math.floor(share * (found.length - 1))].ratio);
  console.log(
    `${found.length} random problems, seed ${values.seed}, ${values.plain ? 'plain arrays' : 'resident tensors'}, every result checked (${cpus()[0].model}, Node ${process.versions.node}).`,
  );
  console.log(`GFLOP/s over that of the neighbour: least ${at(0)}, a tenth below ${at(0.1)},`);
  console.log(`half below ${at(0.5)}, a tenth above ${at(0.9)}.\n`);

  const rows = found.slice(0, 10).map(({ ratio, point, line, neighbour }) => {
    return [ratio, point.gflops, point.beside, point.algorithm, line, neighbour];
  });
  const table = new Table(['ratio', 'GFLOP/s', 'beside', 'row', 'problem', 'neighbour'], rows);
  console.log(`The ten lowest:\n${table.head()}\n${rows.map((row) => table.row(row)).join('\n')}\n`);
  const cliffs = found.filter(({ ratio }) => ratio < CLIFF);
  for (const { text } of cliffs) console.log(`${text}\n`);
  console.log(`${cliffs.length} of ${found.length} below ${CLIFF} of their neighbour.`);
  if (values.svg) writeFileSync(values.svg, scatterPlot(found.map(({ point }) => point)));
}

await command(main);
