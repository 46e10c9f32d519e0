// The part of a page that runs one job at a time: start, cancel, progress with the remaining time, and errors.
// The page has the elements 'start', 'cancel', 'progress', 'status' and 'error'.

import { find } from '../find.ts';
import { runTask, type Task } from '../task.ts';

export interface Step {
  readonly done: number;
  readonly total: number;
  readonly text: string;
}

/** The remaining time in seconds, or in minutes if it is long; empty until there is progress. */
export function timeLeft(milliseconds: number, done: number, total: number): string {
  if (done === 0) return '';
  const seconds = Math.ceil((milliseconds * (total / done - 1)) / 1000);
  return seconds < 100 ? `about ${seconds} s left` : `about ${Math.ceil(seconds / 60)} min left`;
}

export class JobPanel {
  readonly #start = find<HTMLButtonElement>('start');
  readonly #cancel = find<HTMLButtonElement>('cancel');
  readonly #progress = find<HTMLProgressElement>('progress');
  #task: Task<unknown> | undefined;
  #ready = false;

  constructor(start: () => void) {
    this.#start.addEventListener('click', start);
    this.#cancel.addEventListener('click', () => {
      this.stop();
      this.say('Cancelled.');
      this.#start.focus();
    });
    this.#show();
  }

  /** Whether there is an input to start with. */
  set ready(ready: boolean) {
    this.#ready = ready;
    this.#show();
  }

  say(text: string): void {
    find('status').textContent = text;
    find('error').textContent = '';
  }

  fail(error: unknown): void {
    find('status').textContent = '';
    find('error').textContent = (error as Error).message;
  }

  /** Ends the running job immediately. */
  stop(): void {
    this.#task?.cancel();
    this.#task = undefined;
    this.#show();
  }

  /** Runs a job in a new worker, and ends the running one. The promise of a cancelled job never settles. */
  run<Job, Progress, Result>(
    worker: Worker,
    job: Job,
    stepOf: (progress: Progress) => Step,
    finish: (result: Result) => void,
    transfer: Transferable[] = [],
  ): void {
    this.stop();
    let start = 0;
    const task = runTask<Job, Progress, Result>(
      worker,
      job,
      (progress) => {
        if (this.#task !== task) return;
        const { done, total, text } = stepOf(progress);
        if (done === 0) start = performance.now(); // preparation says nothing about the speed of the rest
        this.#progress.value = done / total;
        this.say([text, timeLeft(performance.now() - start, done, total)].filter(Boolean).join(', '));
      },
      transfer,
    );
    this.#task = task;
    this.#progress.removeAttribute('value');
    this.#show();
    task.result.then(
      (result) => this.#end(task, () => finish(result)),
      (error) => this.#end(task, () => this.fail(error)),
    );
  }

  #end(task: Task<unknown>, then: () => void): void {
    if (this.#task !== task) return;
    this.stop();
    then();
  }

  #show(): void {
    const running = this.#task !== undefined;
    this.#start.disabled = running || !this.#ready;
    this.#cancel.hidden = !running;
    this.#progress.style.visibility = running ? 'visible' : 'hidden'; // the layout of the page does not change
  }
}
