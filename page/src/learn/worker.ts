// Learns step by step, off the main thread, and receives messages between the steps.

import { manualSeed, saveSafetensors, type Tensor } from 'convnd';
import { Adam, clipGradNorm, record } from 'convnd/train';
import type { Job, Message, Start, TaskName } from './job.ts';
import { colour } from './tasks/colour.ts';
import { denoise } from './tasks/denoise.ts';
import { imitate } from './tasks/filter.ts';
import { grow } from './tasks/grow.ts';
import { type Lesson, type Material, material } from './tasks/lesson.ts';
import { upscale } from './tasks/upscale.ts';

const lessons: Record<TaskName, (given: Material) => Lesson> = {
  denoise,
  upscale,
  colour,
  filter: imitate,
  grow,
};

/** Without a pace, steps run for this many milliseconds before they are shown and messages are received. */
const SLICE = 50;
/** The maximum norm of gradients: longer ones are scaled down, so that one step can't destroy what was learned. */
const LONGEST = 1;

interface Scope {
  onmessage: (event: MessageEvent<Job>) => void;
  postMessage(message: Message, transfer?: Transferable[]): void;
}
const scope = self as unknown as Scope;

class Learner {
  readonly #start: Start;
  readonly #lesson: Lesson;
  readonly #optimizer: Adam;
  readonly #parameters;
  #step = 0;
  #losses: number[] = [];
  #milliseconds = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(start: Start) {
    this.#start = start;
    manualSeed(start.seed);
    this.#lesson = lessons[start.task](material(start.picture, start.kernel, start.seed));
    this.#parameters = Object.values(this.#lesson.layers).flatMap((layer) => layer.parameters());
    this.#optimizer = new Adam(this.#parameters, { lr: start.lr });
    this.#show();
  }

  set lr(value: number) {
    this.#optimizer.paramGroups[0].lr = value;
  }

  /** Continues with a number of milliseconds from one step to the next; 0 is as fast as possible. */
  run(pace: number): void {
    clearTimeout(this.#timer);
    const turn = guarded(() => {
      const start = performance.now();
      const end = start + (pace === 0 ? SLICE : 0);
      do this.#learn();
      while (performance.now() < end);
      this.#show();
      this.#timer = setTimeout(turn, Math.max(0, pace - (performance.now() - start)));
    });
    this.#timer = setTimeout(turn);
  }

  pause(): void {
    clearTimeout(this.#timer);
  }

  step(): void {
    clearTimeout(this.#timer);
    this.#learn();
    this.#show();
  }

  weights(): void {
    const { task } = this.#start;
    const states = Object.entries(this.#lesson.layers).map(([name, layer]) => layer.stateDict(`${name}.`));
    const dict: Record<string, Tensor> = Object.assign({}, ...states);
    const weights = saveSafetensors(dict, { format: 'pt', task, steps: String(this.#step) });
    scope.postMessage({ weights: weights as Uint8Array<ArrayBuffer> });
  }

  #learn(): void {
    const start = performance.now();
    this.#optimizer.zeroGrad();
    const loss = record(this.#lesson.loss);
    const value = loss.item();
    if (!Number.isFinite(value))
      throw new Error(
        `The loss of step ${this.#step + 1} is ${value}: the learning rate was too high. Start over with a lower one.`,
      );
    loss.backward();
    clipGradNorm(this.#parameters, LONGEST);
    this.#optimizer.step();
    this.#step++;
    this.#losses.push(value);
    this.#milliseconds += performance.now() - start;
  }

  #show(): void {
    const losses = this.#losses;
    const { pictures, decibels } = this.#lesson.look();
    const frame = {
      ...{ step: this.#step, losses, pictures, decibels, tiles: this.#lesson.tiles() },
      milliseconds: this.#milliseconds / Math.max(1, losses.length),
    };
    scope.postMessage(
      { frame },
      pictures.map(({ picture }) => picture.data.buffer),
    );
    this.#losses = [];
    this.#milliseconds = 0;
  }
}

/** The same, but errors are sent to the page. */
function guarded(work: () => void): () => void {
  return () => {
    try {
      work();
    } catch (error) {
      scope.postMessage({ error: (error as Error).message });
    }
  };
}

let learner: Learner | undefined;

scope.onmessage = ({ data: job }) =>
  guarded(() => {
    if (job.kind === 'start') learner = new Learner(job);
    else if (job.kind === 'run') learner?.run(job.pace);
    else if (job.kind === 'lr' && learner) learner.lr = job.lr;
    else if (job.kind === 'pause') learner?.pause();
    else if (job.kind === 'step') learner?.step();
    else if (job.kind === 'weights') learner?.weights();
    if (['start', 'pause', 'step'].includes(job.kind)) scope.postMessage({ rests: true });
  })();
