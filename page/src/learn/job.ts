// What the view asks of its worker, and what it gets.

import type { Picture } from '../../../examples/pixels.ts';
import type { Kernel } from '../picture/kernels.ts';

export type TaskName = 'denoise' | 'upscale' | 'colour' | 'filter' | 'grow';

export interface Start {
  readonly kind: 'start';
  readonly task: TaskName;
  readonly picture: Picture;
  /** What `filter` is to imitate. */
  readonly kernel: Kernel;
  readonly lr: number;
  readonly seed: number;
}

export type Job =
  | Start
  /** Goes on until told otherwise; milliseconds from a step to the next, 0 for as fast as it can. */
  | { readonly kind: 'run'; readonly pace: number }
  | { readonly kind: 'pause' }
  | { readonly kind: 'step' }
  | { readonly kind: 'lr'; readonly lr: number }
  | { readonly kind: 'weights' };

/** A picture that the network got, made, or should have made. */
export interface Shown {
  readonly name: string;
  readonly picture: Picture;
}

/** A filter: planes of a layer's weight, one grey or three of red, green and blue. */
export interface Tile {
  readonly width: number;
  readonly height: number;
  readonly planes: readonly Float32Array<ArrayBuffer>[];
}

/** How far it is. */
export interface Frame {
  readonly step: number;
  /** Of the steps since the last frame. */
  readonly losses: readonly number[];
  /** What the steps since the last frame took on average, in milliseconds. */
  readonly milliseconds: number;
  readonly pictures: readonly Shown[];
  readonly tiles: readonly Tile[];
  /** How near the picture is to the true one, in decibels, and how near what went in is. */
  readonly decibels: readonly [made: number, given: number | null];
}

export type Message =
  | { readonly frame: Frame }
  /** After the start, each step and each pause: nothing comes until it is told something. */
  | { readonly rests: true }
  | { readonly weights: Uint8Array<ArrayBuffer> }
  | { readonly error: string };
