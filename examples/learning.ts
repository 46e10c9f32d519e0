// Trains a denoiser: its output for noisy crops of photographs is compared with the clean crops.

import { type Tensor, tensor } from 'convnd';
import { Adam, CosineAnnealingLR, mseLoss, record } from 'convnd/train';
import type { Denoiser } from './denoiser.js';
import { crops, decibels, type Photograph, shades, withNoise } from './photographs.js';
import { normal, uniform } from './random.js';

export interface Lesson {
  readonly photographs: Photograph[];
  readonly steps: number;
  /** crops per step, and the length of their sides in pixels */
  readonly batch: number;
  readonly side: number;
  /** standard deviation of the noise, where white is 1 */
  readonly noise: number;
  readonly lr: number;
  readonly seed: number;
}

/** The progress of the training. */
export interface Progress {
  readonly step: number;
  readonly loss: number;
  /** since the start */
  readonly imagesPerSecond: number;
  readonly secondsLeft: number;
}

/**
 * Trains a network.
 * @returns the loss of every step
 */
export function learn(network: Denoiser, lesson: Lesson, report: (progress: Progress) => void): number[] {
  const { photographs, steps, batch, side, noise, lr, seed } = lesson;
  const random = uniform(seed);
  const bell = normal(random);
  const optimizer = new Adam(network.parameters(), { lr });
  const scheduler = new CosineAnnealingLR(optimizer, steps);
  const losses: number[] = [];
  const start = performance.now();
  for (let step = 1; step <= steps; step++) {
    const clean = crops(photographs, batch, side, random);
    const noisy = withNoise(clean, noise, bell);
    optimizer.zeroGrad();
    const loss = record(() => mseLoss(network.forward(noisy), clean));
    loss.backward();
    optimizer.step();
    scheduler.step();
    losses.push(loss.item());
    const seconds = (performance.now() - start) / 1000;
    const imagesPerSecond = (step * batch) / seconds;
    report({ step, loss: loss.item(), imagesPerSecond, secondsLeft: (seconds / step) * (steps - step) });
  }
  return losses;
}

/** A photograph outside of the training set: with noise, and denoised. */
export interface Result {
  readonly clean: Photograph;
  readonly noisy: Photograph;
  readonly denoised: Photograph;
}

export function tryOut(network: Denoiser, clean: Photograph, { noise, seed }: Lesson): Result {
  const noisy = withNoise(clean, noise, normal(uniform(seed + 1)));
  return { clean, noisy, denoised: denoise(network, noisy) };
}

/** Denoises one photograph. */
export function denoise(network: Denoiser, { data, shape }: Photograph): Photograph {
  const out = network.forward(tensor(data, [1, ...shape]));
  return shades(tensor(out.data, shape));
}

/** The distance from the clean photograph, before and after denoising. */
export function gain({ clean, noisy, denoised }: Result): [number, number] {
  return [decibels(noisy, clean), decibels(denoised, clean)];
}

/** A state dict with the weights and the two pictures as bytes, so that another program can compare them. */
export function checkpoint(network: Denoiser, { noisy, denoised }: Result) {
  const bytes = ({ data, shape }: Tensor) => ({
    data: Uint8Array.from(data, (value) => Math.round(255 * value)),
    shape,
  });
  return { ...network.stateDict(), noisy: bytes(noisy), denoised: bytes(denoised) };
}
