// Transforms beside PFFFT (built with SIMD) and fft.js: there and back, and times a spectrum. Every contender has its numbers where it
// wants them, and takes turns with the others; the least time counts.

import { performance } from 'node:perf_hooks';
import PFFFT from '@echogarden/pffft-wasm/simd';
import FFT from 'fft.js';
import { engine } from '#src/engine/start.js';
import type { Precision } from '#src/spectrum/sizes.js';
import {
  blockBytes,
  scaleOf,
  spectrumBytes,
  TRANSFORM_BYTES,
  Transform,
  workBytes,
} from '#src/spectrum/transform.js';

/** A contender: what is timed, and the result of one call, scaled as the input. */
interface Contender {
  readonly call: () => void;
  readonly result: () => ArrayLike<number>;
}

type Task = 'there and back' | 'convolution';

/** Milliseconds of one sample, and samples of each contender. */
const SAMPLE = 0.4;
const ROUNDS = 60;

/** Lets contenders take turns. @returns the least microseconds of a call of each */
function race(contenders: readonly Contender[]): number[] {
  const repeats = contenders.map(({ call }) => {
    for (let n = 1; ; n *= 2) {
      const begin = performance.now();
      for (let i = 0; i < n; i++) call();
      const time = performance.now() - begin;
      if (time >= SAMPLE) return Math.max(1, Math.ceil((n * SAMPLE) / time));
    }
  });
  const least = contenders.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < ROUNDS; round++)
    contenders.forEach(({ call }, i) => {
      const begin = performance.now();
      for (let n = 0; n < repeats[i]; n++) call();
      least[i] = Math.min(least[i], (1000 * (performance.now() - begin)) / repeats[i]);
    });
  return least;
}

/** A kernel of a few taps, so that convolutions can be checked. */
const taps = [0.5, -0.25, 0.125];

function signalOf(length: number): number[] {
  return Array.from({ length }, (_, i) => Math.fround(Math.sin(i * i) + 0.25 * Math.cos(3 * i)));
}

/** convnd. Inverses are as large as they come; the kernel's spectrum has the scale in it, as it has in use. */
function ours(length: number, precision: Precision, task: Task): Contender {
  const running = engine();
  const sizes = { length, rows: 1, planes: 1 };
  running.begin();
  const transform = new Transform(running, sizes, precision);
  const block = blockBytes(sizes, precision);
  const spectrumSize = spectrumBytes(sizes, precision);
  const room = running.allocate(
    TRANSFORM_BYTES + 2 * block + 2 * spectrumSize + workBytes(sizes, precision),
    'a bench',
  );
  const from = room + TRANSFORM_BYTES;
  const to = from + block;
  const spectrum = to + block;
  const own = spectrum + spectrumSize;
  const work = own + spectrumSize;
  const kind = precision === 'float32' ? Float32Array : Float64Array;
  const scale = scaleOf(sizes);
  const view = (address: number) => new kind(running.f32.buffer, address, length);
  view(to).fill(0);
  view(to).set(taps.map((tap) => tap / scale));
  transform.rows('forward', to, to, spectrum, room, work, 1, 0);
  view(from).set(signalOf(length));
  const step = 0;
  return task === 'convolution'
    ? {
        call: () => transform.rows('product', from, to, spectrum, room, work, 1, step),
        result: () => view(to),
      }
    : {
        call: () => {
          transform.rows('forward', from, to, own, room, work, 1, step);
          transform.rows('inverse', from, to, own, room, work, 1, step);
        },
        result: () => view(to).map((number) => number / scale),
      };
}

const pffft = await PFFFT();

function theirs(length: number, task: Task): Contender {
  const setup = pffft._pffft_new_setup(length, 0);
  const [from, to, spectrum, kernel, product, work] = Array.from({ length: 6 }, () =>
    pffft._pffft_aligned_malloc(4 * length),
  );
  const view = (address: number) => new Float32Array(pffft.HEAPF32.buffer, address, length);
  view(to).fill(0);
  view(to).set(taps);
  pffft._pffft_transform(setup, to, kernel, work, 0);
  view(from).set(signalOf(length));
  const products = view(product);
  return {
    call:
      task === 'convolution'
        ? () => {
            pffft._pffft_transform(setup, from, spectrum, work, 0);
            products.fill(0); // it adds
            pffft._pffft_zconvolve_accumulate(setup, spectrum, kernel, product, 1 / length);
            pffft._pffft_transform(setup, product, to, work, 1);
          }
        : () => {
            pffft._pffft_transform(setup, from, spectrum, work, 0);
            pffft._pffft_transform(setup, spectrum, to, work, 1);
          },
    result: () => (task === 'convolution' ? view(to) : view(to).map((number) => number / length)),
  };
}

function fftjs(length: number): Contender {
  const fft = new FFT(length);
  const signal = signalOf(length);
  const spectrum = fft.createComplexArray();
  const back = fft.createComplexArray();
  return {
    call: () => {
      fft.realTransform(spectrum, signal);
      fft.completeSpectrum(spectrum);
      fft.inverseTransform(back, spectrum);
    },
    result: () => Array.from({ length }, (_, i) => back[2 * i]),
  };
}

/** @throws Error if a result is not what it should be */
function verify({ call, result }: Contender, length: number, task: Task): void {
  call();
  const signal = signalOf(length);
  const got = result();
  for (let i = 2; i < length; i++) {
    const want =
      task === 'convolution' ? taps.reduce((sum, tap, k) => sum + tap * signal[i - k], 0) : signal[i];
    if (!(Math.abs(got[i] - want) < 1e-5))
      throw new Error(`${task} of ${length}: ${got[i]} at ${i}, not ${want}`);
  }
}

const sizes = [256, 1024, 4096, 16384, 65536, 2 ** 18];

/** Prints a table: microseconds of each, and how many times as long as ours the other takes. */
function compare(
  title: string,
  other: string,
  task: Task,
  contenders: (length: number) => Contender[],
): void {
  console.log(`\n${title}\n\n| numbers | convnd µs | ${other} µs | ratio |\n| --- | --- | --- | --- |`);
  for (const length of sizes) {
    const both = contenders(length);
    for (const contender of both) verify(contender, length, task);
    const [own, rival] = race(both);
    console.log(`| ${length} | ${own.toFixed(2)} | ${rival.toFixed(2)} | ${(rival / own).toFixed(2)} |`);
  }
}

export function run(): void {
  compare('float32, there and back', 'PFFFT', 'there and back', (length) => [
    ours(length, 'float32', 'there and back'),
    theirs(length, 'there and back'),
  ]);
  compare('float32, there, times a spectrum, and back', 'PFFFT', 'convolution', (length) => [
    ours(length, 'float32', 'convolution'),
    theirs(length, 'convolution'),
  ]);
  compare('float64, there and back', 'fft.js', 'there and back', (length) => [
    ours(length, 'float64', 'there and back'),
    fftjs(length),
  ]);
}
