// The benchmark: starts the worker, draws a row for each layer when it is measured, writes the report.

import '../shell.ts';
import '../isolation.ts';
import './benchmark.css';
import { copyButton } from '../copy.ts';
import { find } from '../find.ts';
import { onThreads } from '../numbers.ts';
import { runTask, type Task } from '../task.ts';
import { features } from './features.ts';
import { layers } from './layers.ts';
import { type Row, reportOf } from './report.ts';
import type { Job, Run, Turn } from './worker.ts';

const budgets: Record<string, number> = { quick: 4000, thorough: 18_000 };

let task: Task<Run> | undefined;
let measured: Row[] = [];
/** Of the second turn, if there is one. */
let threads = 1;

function cell(content: string | Node, className = ''): HTMLTableCellElement {
  const made = document.createElement('td');
  made.className = className;
  made.append(content);
  return made;
}

const isRight = ({ right, all }: Row): boolean => right && (all?.right ?? true);

/** Adds a measurement: a new row, or the second measurement of a layer. */
function note({ row, threads: used, share }: Turn): void {
  threads = used;
  if (used === 1) measured.push(row);
  else measured = measured.map((one) => (one.name === row.name ? { ...one, all: row } : one));
  const done = used === 1 ? measured.length : measured.filter(({ all }) => all).length;
  find('results').hidden = false;
  find<HTMLProgressElement>('progress').value = share;
  find('status').textContent = `${done} of ${layers.length} layers ${onThreads(used)}`;
  draw();
}

/** Redraws all rows: the longest bar determines the scale. */
function draw(): void {
  const most = Math.max(...measured.map(({ gflops }) => gflops));
  find('all-head').hidden = threads === 1;
  find('all-head').textContent = onThreads(threads);
  find('rows').replaceChildren(
    ...measured.map((row) => {
      const bar = document.createElement('span');
      bar.className = 'bar';
      bar.style.width = `${(60 * row.gflops) / most}%`;
      const bars = cell(bar, 'bar-cell');
      bars.append(row.gflops.toFixed(1));
      const made = document.createElement('tr');
      const layer = cell(row.name);
      layer.title = row.line;
      const right = isRight(row);
      const error = right ? row.error.toExponential(1) : 'wrong';
      made.append(cell(row.class), layer, bars);
      if (threads > 1) made.append(cell(row.all?.gflops.toFixed(1) ?? '', 'number'));
      made.append(cell(row.milliseconds.toFixed(3), 'number'), cell(row.algorithm));
      made.append(cell(error, right ? 'number' : 'number error'));
      return made;
    }),
  );
}

function running(on: boolean): void {
  find('start').toggleAttribute('disabled', on);
  find('cancel').hidden = !on;
  find('progress').hidden = !on;
}

async function run(): Promise<void> {
  measured = [];
  threads = 1;
  draw();
  running(true);
  find('error').textContent = '';
  find('reporting').hidden = true;
  find<HTMLProgressElement>('progress').value = 0;
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  const budget = budgets[find<HTMLSelectElement>('length').value];
  task = runTask<Job, Turn, Run>(worker, { budget }, note);
  try {
    const run = await task.result;
    const worst = Math.max(...measured.map(({ error }) => error));
    const wrong = measured.filter((row) => !isRight(row)).length;
    find('status').textContent = wrong
      ? `${wrong} of ${layers.length} results are wrong. Please report it.`
      : `All ${layers.length} results are correct; the largest error is ${worst.toExponential(1)} of the largest output.`;
    find('report').textContent = reportOf(measured, run.threads, [
      ...features(),
      ['Multiply-adds', run.fused ? 'fused, one instruction' : 'plain, two instructions'],
      ['Threads', run.threads > 1 ? `1, then ${run.threads}` : '1'],
    ]);
    find('reporting').hidden = false;
  } catch (error) {
    find('error').textContent = (error as Error).message;
  } finally {
    running(false);
  }
}

find('controls').addEventListener('submit', (event) => {
  event.preventDefault();
  run();
});
find('cancel').addEventListener('click', () => {
  task?.cancel();
  running(false);
  find('status').textContent =
    `Cancelled after ${measured.length} of ${layers.length} layers ${onThreads(threads)}.`;
});
find('copy').append(copyButton(() => find('report').textContent ?? '', 'Copy the report'));
for (const [name, value] of features()) {
  const [term, description] = [document.createElement('dt'), document.createElement('dd')];
  term.textContent = name;
  description.textContent = value;
  find('features').append(term, description);
}
