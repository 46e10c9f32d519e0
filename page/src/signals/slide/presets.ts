// Pairs of signals to begin with.

import type { Values } from './model.ts';

export interface Pair {
  readonly name: string;
  readonly about: string;
  readonly signal: Values;
  readonly kernel: Values;
  /** The range of a drawing, from `-most` or 0 to `most`, and its step. */
  readonly most: number;
  readonly step: number;
}

/** Numbers from −1 to 1 that are the same every time (a multiplicative generator, Park and Miller 1988). */
function noise(length: number, seed: number): number[] {
  let state = seed;
  return Array.from({ length }, () => {
    state = (state * 48271) % 2147483647;
    return (2 * state) / 2147483647 - 1;
  });
}

const made = (length: number, at: (i: number) => number): Values =>
  Float32Array.from({ length }, (_, i) => Math.round(100 * at(i)) / 100);

const from = (values: readonly number[], first: number, i: number): number => values[i - first] ?? 0;

/** The Barker code of length 13: its autocorrelation is at most 1 at every lag except 0. */
const barker = [1, 1, 1, 1, 1, -1, -1, 1, 1, -1, 1, -1, 1];
/** A tone with rising frequency. */
const chirp = Array.from({ length: 19 }, (_, i) => Math.sin(0.25 * i + 0.052 * i * i) * (i % 18 ? 1 : 0.6));

function pulse(): Pair {
  const grains = noise(48, 20181);
  return {
    name: 'A pulse in noise',
    about:
      'The kernel is hidden in the signal. Correlation is highest at its position; convolution, with the kernel reversed, does not find it.',
    signal: made(48, (i) => 0.8 * from(barker, 21, i) + 0.6 * grains[i]),
    kernel: Float32Array.from(barker),
    most: 1.5,
    step: 0.1,
  };
}

function echoes(): Pair {
  const grains = noise(64, 77);
  return {
    name: 'Echoes of a chirp',
    about:
      'The principle of radar, sonar and bats: a rising tone is sent, and two overlapping echoes return. Correlation turns each into a peak.',
    signal: made(64, (i) => from(chirp, 14, i) + 0.7 * from(chirp, 29, i) + 0.25 * grains[i]),
    kernel: made(chirp.length, (i) => chirp[i]),
    most: 1.5,
    step: 0.1,
  };
}

const hills = (i: number) => Math.exp(-((i - 11) ** 2) / 12) + 0.7 * Math.exp(-((i - 27) ** 2) / 30);

export const pairs: readonly Pair[] = [
  pulse(),
  {
    name: 'A step and a triangle',
    about:
      'The triangle is asymmetric, so the slopes that it makes of the step differ between correlation and convolution.',
    signal: made(40, (i) => (i >= 12 && i < 26 ? 1 : 0)),
    kernel: made(11, (i) => 1 - i / 11),
    most: 1.2,
    step: 0.1,
  },
  {
    name: 'An even kernel',
    about:
      'An even kernel equals its reverse, so correlation and convolution agree. Most blur kernels are even.',
    signal: made(40, (i) => hills(i) + (i === 34 ? 1 : 0)),
    kernel: Float32Array.from([0.1, 0.25, 0.5, 0.75, 0.5, 0.25, 0.1]),
    most: 1.2,
    step: 0.1,
  },
  {
    name: 'An odd kernel',
    about:
      'Reversing an odd kernel changes its sign, and that of every output. This is why the sign of a Sobel slope depends on the convention.',
    signal: made(40, (i) => hills(i) + (i === 34 ? 1 : 0)),
    kernel: Float32Array.from([-0.5, -1, -0.5, 0, 0.5, 1, 0.5]),
    most: 1.2,
    step: 0.1,
  },
  echoes(),
  {
    name: 'Whole numbers',
    about: 'Few enough to add by hand. Every sum is exact.',
    signal: Float32Array.from([1, 0, 3, 1, 0, -2, 2, 1]),
    kernel: Float32Array.from([3, 1, 0, -1]),
    most: 4,
    step: 1,
  },
];
