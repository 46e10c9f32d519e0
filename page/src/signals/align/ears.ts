// Two recordings to listen to, the first in the left ear and the second in the right, each as loud as the other.

import { RATE, type Samples } from './sound.ts';

/** Loudest sample. */
const LOUD = 0.8;

export interface Part {
  readonly samples: Samples;
  /** When it begins, in seconds. */
  readonly at: number;
  /** −1 is left, 1 is right. */
  readonly side: number;
}

export class Ears {
  #context: AudioContext | undefined;
  #sources: AudioBufferSourceNode[] = [];
  #started = 0;

  /** Seconds since the sound began; nothing while it is quiet. */
  get time(): number | undefined {
    return this.#sources.length ? (this.#context?.currentTime ?? 0) - this.#started : undefined;
  }

  /** Plays until all parts have ended or it is stopped. */
  async play(parts: readonly Part[], ended: () => void): Promise<void> {
    this.stop();
    this.#context ??= new AudioContext();
    const context = this.#context;
    await context.resume();
    this.#started = context.currentTime + 0.05; // all parts are ready by then
    let left = parts.length;
    this.#sources = parts.map(({ samples, at, side }) => {
      const buffer = context.createBuffer(1, samples.length, RATE);
      buffer.copyToChannel(samples, 0);
      const source = new AudioBufferSourceNode(context, { buffer });
      const gain = LOUD / (samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1);
      source
        .connect(new GainNode(context, { gain }))
        .connect(new StereoPannerNode(context, { pan: side }))
        .connect(context.destination);
      source.start(this.#started + at);
      source.onended = () => {
        if (--left > 0 || !this.#sources.includes(source)) return;
        this.#sources = [];
        ended();
      };
      return source;
    });
  }

  stop(): void {
    const sources = this.#sources;
    this.#sources = [];
    for (const source of sources) source.stop();
  }
}
