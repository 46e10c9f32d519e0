// The messages between the view and its worker.

import type { Picture } from '../../../examples/pixels.ts';
import type { Kernel } from '../picture/kernels.ts';

export type TaskName = 'denoise' | 'upscale' | 'colour' | 'filter' | 'grow';

export interface Start {
  readonly kind: 'start';
  readonly task: TaskName;
  readonly picture: Picture;
  /** The filter to imitate. */
  readonly kernel: Kernel;
  readonly lr: number;
  readonly seed: number;
}

export type Job =
  | Start
  /** Continues until told otherwise. The value is the number of milliseconds from one step to the next; 0 is as fast as possible. */
  | { readonly kind: 'run'; readonly pace: number }
  | { readonly kind: 'pause' }
  | { readonly kind: 'step' }
  | { readonly kind: 'lr'; readonly lr: number }
  | { readonly kind: 'weights' };

/** A picture: an input, an output, or a target of the network. */
export interface Shown {
  readonly name: string;
  readonly picture: Picture;
}

/** A filter: planes of a layer's weight, one grey plane or three of red, green and blue. */
export interface Tile {
  readonly width: number;
  readonly height: number;
  readonly planes: readonly Float32Array<ArrayBuffer>[];
}

/** The progress. */
export interface Frame {
  readonly step: number;
  /** The losses of the steps since the last frame. */
  readonly losses: readonly number[];
  /** The mean time of the steps since the last frame, in milliseconds. */
  readonly milliseconds: number;
  readonly pictures: readonly Shown[];
  readonly tiles: readonly Tile[];
  /** The similarity to the true picture, in decibels, of the output and of the input. */
  readonly decibels: readonly [made: number, given: number | null];
}

export type Message =
  | { readonly frame: Frame }
  /** After the start, each step and each pause: nothing comes until it is told something. */
  | { readonly rests: true }
  | { readonly weights: Uint8Array<ArrayBuffer> }
  | { readonly error: string };
