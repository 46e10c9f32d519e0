// The page's side of the worker: one for each network, ended as soon as it is not needed any more.

import type { Frame, Job, Message, Start } from './job.ts';

export interface Listener {
  readonly frame: (frame: Frame) => void;
  readonly rests: () => void;
  readonly weights: (file: Uint8Array<ArrayBuffer>) => void;
  /** With a sentence for the user. The worker is ended. */
  readonly failed: (reason: string) => void;
}

export class Pupil {
  readonly #worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });

  constructor(start: Omit<Start, 'kind'>, listener: Listener) {
    this.#worker.onmessage = ({ data }: MessageEvent<Message>) => {
      if ('frame' in data) listener.frame(data.frame);
      else if ('rests' in data) listener.rests();
      else if ('weights' in data) listener.weights(data.weights);
      else {
        this.end();
        listener.failed(data.error);
      }
    };
    this.#worker.onerror = ({ message }) => {
      this.end();
      listener.failed(message || 'The worker could not be started.');
    };
    this.tell({ kind: 'start', ...start });
  }

  tell(job: Job): void {
    this.#worker.postMessage(job);
  }

  end(): void {
    this.#worker.onmessage = null;
    this.#worker.terminate();
  }
}
