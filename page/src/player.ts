// Plays, steps and scrubs through the steps of an animation.

import { find } from './find.ts';

export class Player {
  #steps = 1;
  #step = 0;
  #timer = 0;
  readonly #changed: (step: number) => void;

  constructor(changed: (step: number) => void) {
    this.#changed = changed;
    find('play').addEventListener('click', () => this.toggle());
    find('back').addEventListener('click', () => this.go(this.#step - 1));
    find('forward').addEventListener('click', () => this.go(this.#step + 1));
    find<HTMLInputElement>('scrub').addEventListener('input', ({ target }) => {
      this.go((target as HTMLInputElement).valueAsNumber);
    });
    find('speed').addEventListener('change', () => {
      if (this.playing) {
        this.stop();
        this.toggle();
      }
    });
    find('stage').addEventListener('keydown', (event) => {
      const moves: Record<string, () => void> = {
        ArrowLeft: () => this.go(this.#step - 1),
        ArrowRight: () => this.go(this.#step + 1),
        Home: () => this.go(0),
        End: () => this.go(this.#steps - 1),
        ' ': () => this.toggle(),
      };
      if (!(event.key in moves) || event.target !== find('stage')) return;
      event.preventDefault();
      moves[event.key]();
    });
  }

  get step(): number {
    return this.#step;
  }

  get playing(): boolean {
    return this.#timer !== 0;
  }

  /** Milliseconds per step. */
  get pace(): number {
    return Number(find<HTMLSelectElement>('speed').value);
  }

  /** Starts a new animation with a number of steps, at a given step. */
  load(steps: number, step: number): void {
    this.#steps = steps;
    find<HTMLInputElement>('scrub').max = String(steps - 1);
    this.#show(Math.min(step, steps - 1));
  }

  /** Goes to a step, and stops playing. */
  go(step: number): void {
    this.stop();
    this.#show(Math.min(this.#steps - 1, Math.max(0, step)));
  }

  toggle(): void {
    if (this.playing) {
      this.stop();
      return;
    }
    if (this.#step === this.#steps - 1) this.#show(0);
    this.#timer = window.setInterval(() => this.#show((this.#step + 1) % this.#steps), this.pace);
    find('play').textContent = 'Pause';
  }

  stop(): void {
    window.clearInterval(this.#timer);
    this.#timer = 0;
    find('play').textContent = 'Play';
  }

  #show(step: number): void {
    this.#step = step;
    find<HTMLInputElement>('scrub').value = String(step);
    find('counter').textContent = `step ${step + 1} of ${this.#steps}`;
    this.#changed(step);
  }
}
