// npm run bench:compare -- <commit>: compares the working tree with another commit, interleaved in one process.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import * as current from 'convnd';
import { formatProblem, parseProblem } from '#src/problem/line.js';
import { command } from './command.js';
import { algorithmOf, type BenchLayer, forwardCall, makeLayer } from './layer.js';
import { makeOperands } from './operands.js';
import { type NamedProblem, SUITE_HELP, SUITE_OPTIONS, selectProblems } from './problems.js';
import { Table } from './table.js';
import { geometricMean, median, time } from './timing.js';
import { verify } from './verify.js';

const HELP = `npm run bench:compare -- [options] <commit> ["problem line" …]

  ${SUITE_HELP}
  --class 1x1,depthwise   only these classes
  --only r50,vgg          only names that begin so
  --rounds 8              how often the two take turns
  --time 60               milliseconds for each in a round

A ratio above 1 means that this tree is faster.`;

const git = (...words: string[]) => execFileSync('git', words, { encoding: 'utf8' }).trim();

/** Checks out the commit next to this tree, builds it with this tree's tools, and passes on its folder. */
async function withCommit<T>(commit: string, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = join(mkdtempSync(join(tmpdir(), 'convnd-compare-')), 'tree');
  git('worktree', 'add', '--detach', folder, commit);
  try {
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'), 'junction');
    console.log(`Building ${git('log', '-1', '--format=%h %s', commit)} …`);
    execFileSync('npm', ['run', '--silent', 'build'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: process.platform === 'win32',
    });
    return await use(folder);
  } finally {
    git('worktree', 'remove', '--force', folder);
    rmSync(join(folder, '..'), { recursive: true, force: true });
  }
}

interface Side {
  readonly layer: BenchLayer;
  readonly run: () => unknown;
  readonly algorithm: string;
  readonly medians: number[];
}

interface Comparison {
  readonly before: Side;
  readonly after: Side;
  readonly ratio: number;
}

/** Measures both builds on one problem. The ratio is the median of the rounds' ratios: within a round both have the same clock speed. */
function compare(
  { line }: NamedProblem,
  builds: readonly (typeof current)[],
  rounds: number,
  budget: number,
): Comparison {
  const problem = parseProblem(line);
  const operands = makeOperands(problem);
  const sides = builds.map((build): Side => {
    const layer = makeLayer(build, problem, operands);
    const algorithm = algorithmOf(layer, problem);
    const { run, y } = forwardCall(build, layer, problem, operands);
    run();
    const verdict = verify(problem, operands, y, algorithm.startsWith('winograd'));
    if (!verdict.right) throw new Error(`wrong result (${algorithm}): ${verdict.text}`);
    return { layer, run, algorithm, medians: [] };
  });
  for (let round = 0; round < rounds; round++) {
    for (const side of round % 2 ? [...sides].reverse() : sides) {
      const timing = time(side.run, { time: budget, iterations: 3, warmup: round === 0 ? budget : 1 });
      side.medians.push(timing.median);
    }
  }
  const [before, after] = sides;
  for (const { layer } of sides) layer.dispose();
  return { before, after, ratio: median(before.medians.map((ms, round) => ms / after.medians[round])) };
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...SUITE_OPTIONS,
      rounds: { type: 'string', default: '8' },
      time: { type: 'string', default: '60' },
    },
  });
  const [commit, ...lines] = positionals;
  if (values.help || !commit) {
    console.log(HELP);
    return;
  }
  const chosen = selectProblems({ ...values, lines: lines.map((line) => formatProblem(parseProblem(line))) });
  await withCommit(commit, async (folder) => {
    const other = (await import(pathToFileURL(join(folder, 'dist/index.js')).href)) as typeof current;
    const name = git('rev-parse', '--short', commit);
    const header = ['class', 'name', 'problem', `${name} ms`, 'this ms', 'ratio', 'algorithm'];
    const table = new Table(header, [
      ...chosen.map(({ class: group, name, line }) => [group, name, line]),
      ['', '', '', '1000.0', '1000.0', '1.000'],
    ]);
    console.log(table.head());
    const ratios: number[] = [];
    for (const problem of chosen) {
      const start = [problem.class, problem.name, problem.line];
      try {
        const { before, after, ratio } = compare(
          problem,
          [other, current],
          Number(values.rounds),
          Number(values.time),
        );
        const algorithm =
          before.algorithm === after.algorithm ? after.algorithm : `${before.algorithm} → ${after.algorithm}`;
        ratios.push(ratio);
        console.log(table.row([...start, median(before.medians), median(after.medians), ratio, algorithm]));
      } catch (error) {
        process.exitCode = 1;
        console.log(table.row([...start, `${(error as Error).name}: ${(error as Error).message}`]));
      }
    }
    if (ratios.length > 0) {
      const [least, most] = [Math.min(...ratios), Math.max(...ratios)].map((value) => value.toFixed(3));
      console.log(`\ngeometric mean ${geometricMean(ratios).toFixed(3)}, least ${least}, most ${most}`);
    }
  });
}

await command(main);
