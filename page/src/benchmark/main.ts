// The benchmark: starts the worker, draws a row for each layer as it comes, writes the report.

import '../shell.ts';
import './benchmark.css';
import { copyButton } from '../copy.ts';
import { find } from '../find.ts';
import { runTask, type Task } from '../task.ts';
import { features } from './features.ts';
import { layers } from './layers.ts';
import type { Measured } from './measure.ts';
import { reportOf } from './report.ts';
import type { Job, Run } from './worker.ts';

const budgets: Record<string, number> = { quick: 4000, thorough: 18_000 };

let task: Task<Run> | undefined;
let measured: Measured[] = [];

function cell(content: string | Node, className = ''): HTMLTableCellElement {
  const made = document.createElement('td');
  made.className = className;
  made.append(content);
  return made;
}

/** All rows anew: the longest bar sets the scale. */
function draw(): void {
  const most = Math.max(...measured.map(({ gflops }) => gflops));
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
      const error = row.right ? row.error.toExponential(1) : 'wrong';
      made.append(cell(row.class), layer, bars, cell(row.milliseconds.toFixed(3), 'number'));
      made.append(cell(row.algorithm), cell(error, row.right ? 'number' : 'number error'));
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
  draw();
  running(true);
  find('error').textContent = '';
  find('reporting').hidden = true;
  const progress = find<HTMLProgressElement>('progress');
  progress.value = 0;
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  const budget = budgets[find<HTMLSelectElement>('length').value];
  task = runTask<Job, Measured, Run>(worker, { budget }, (row) => {
    measured.push(row);
    find('results').hidden = false;
    progress.value = measured.length / layers.length;
    find('status').textContent = `${measured.length} of ${layers.length} layers`;
    draw();
  });
  try {
    const { fused } = await task.result;
    const worst = Math.max(...measured.map(({ error }) => error));
    const wrong = measured.filter(({ right }) => !right).length;
    find('status').textContent = wrong
      ? `${wrong} of ${layers.length} results are wrong. Please report it.`
      : `All ${layers.length} results are right; the largest error is ${worst.toExponential(1)} of the largest output.`;
    find('report').textContent = reportOf(measured, [
      ...features(),
      ['Multiply-adds', fused ? 'fused, one instruction' : 'plain, two instructions'],
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
  find('status').textContent = `Cancelled after ${measured.length} of ${layers.length} layers.`;
});
find('copy').append(copyButton(() => find('report').textContent ?? '', 'Copy the report'));
for (const [name, value] of features()) {
  const [term, description] = [document.createElement('dt'), document.createElement('dd')];
  term.textContent = name;
  description.textContent = value;
  find('features').append(term, description);
}
