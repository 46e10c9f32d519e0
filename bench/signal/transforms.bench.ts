// Transforms compared with PFFFT (built with SIMD) and fft.js: forward and inverse, and with a product of spectra. Each contender has its data
// in its own format. Interleaved, minimum times. Finally whole convolutions of plain arrays.

import { performance } from 'node:perf_hooks';
import PFFFT from '@echogarden/pffft-wasm/simd';
import FFT from 'fft.js';
import { heap } from '#src/engine/heap.js';
import type { Precision } from '#src/spectrum/sizes.js';
import {
  blockBytes,
  factorBytes,
  rowBytes,
  scaleOf,
  TRANSFORM_BYTES,
  Transform,
} from '#src/spectrum/transform.js';
import type { SumRequest } from '#src/sums/request.js';
import { spectralPlan, spectralSums } from '#src/sums/spectral/spectral.js';

/** A contender: the timed call, and its result with the scale of the input. */
interface Contender {
  readonly call: () => void;
  readonly result: () => ArrayLike<number>;
}

type Task = 'there and back' | 'convolution';

/** Milliseconds of warm-up and of one sample, and samples of each contender. */
const WARM_UP = 40;
const SAMPLE = 0.25;
const ROUNDS = 250;

/** Times contenders in turns. @returns the minimum microseconds of a call of each */
function race(contenders: readonly Contender[], rounds = ROUNDS): number[] {
  const repeats = contenders.map(({ call }) => {
    const begin = performance.now();
    let least = Number.POSITIVE_INFINITY;
    for (let time = begin; time < begin + WARM_UP; ) {
      call();
      const now = performance.now();
      least = Math.min(least, now - time);
      time = now;
    }
    return Math.max(1, Math.ceil(SAMPLE / least));
  });
  const least = contenders.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < rounds; round++)
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

/** convnd. Inverse transforms are not normalised; the kernel's spectrum contains the scale, as in the library. */
function ours(length: number, precision: Precision, task: Task): Contender {
  const running = heap();
  const sizes = { length, rows: 1, planes: 1 };
  running.begin();
  const transform = new Transform(running, sizes, precision);
  const block = blockBytes(sizes, precision);
  const spectrumSize = factorBytes(sizes, precision);
  const room = running.allocate(
    2 * TRANSFORM_BYTES + 2 * block + 2 * spectrumSize + rowBytes(sizes, precision),
    'a bench',
  );
  const from = room + 2 * TRANSFORM_BYTES;
  const to = from + block;
  const spectrum = to + block;
  const own = spectrum + spectrumSize;
  const work = own + spectrumSize;
  const kind = precision === 'float32' ? Float32Array : Float64Array;
  const scale = scaleOf(sizes);
  const view = (address: number) => new kind(running.f32.buffer as ArrayBuffer, address, length);
  view(to).fill(0);
  view(to).set(taps.map((tap) => tap / scale));
  transform.set(room, 'forward', spectrum, work);
  transform.rows(room, to, to, 1, 0);
  view(from).set(signalOf(length));
  if (task === 'convolution') {
    transform.factors(room);
    transform.set(room, 'product', spectrum, work);
    return { call: () => transform.rows(room, from, to, 1, 0), result: () => view(to) };
  }
  const back = room + TRANSFORM_BYTES;
  transform.set(room, 'forward', own, work);
  transform.set(back, 'inverse', own, work);
  return {
    call: () => {
      transform.rows(room, from, to, 1, 0);
      transform.rows(back, from, to, 1, 0);
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
            products.fill(0); // it accumulates
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

/** @throws Error if a result is wrong */
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

/** Prints a table: microseconds of each contender, and the other times relative to ours. */
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

type Numbers = Float32Array<ArrayBuffer>;

/** A whole convolution, from array to array, by convnd's plan. */
function ourWhole(signal: Numbers, kernel: Numbers, out: Numbers): Contender {
  const request: SumRequest = {
    axes: [{ first: kernel.length - 1, count: out.length, direction: -1 }],
    border: 'nothing',
    method: 'fft',
    dtype: 'float32',
    where: () => 'a bench',
  };
  const operands = {
    signal: { data: signal, shape: [signal.length] },
    kernel: { data: kernel, shape: [kernel.length] },
    out: { data: out, shape: [out.length] },
  };
  return {
    call: () => {
      const plan = spectralPlan(request, operands.signal.shape, operands.kernel.shape)!;
      spectralSums(plan, operands, request, () => {
        throw new Error('all numbers are finite');
      });
    },
    result: () => out.slice(),
  };
}

/** The same by overlap-save with PFFFT, in blocks of `length`. */
function theirWhole(signal: Numbers, kernel: Numbers, out: Numbers, length: number): Contender {
  const setup = pffft._pffft_new_setup(length, 0);
  const [block, spectrum, response, product, work] = Array.from({ length: 5 }, () =>
    pffft._pffft_aligned_malloc(4 * length),
  );
  const view = (address: number) => new Float32Array(pffft.HEAPF32.buffer, address, length);
  view(block).fill(0);
  view(block).set(kernel);
  pffft._pffft_transform(setup, block, response, work, 0);
  const good = length - kernel.length + 1;
  return {
    call: () => {
      const [numbers, products] = [view(block), view(product)];
      for (let at = 0; at < out.length; at += good) {
        const piece = signal.subarray(at, at + length);
        numbers.set(piece);
        if (piece.length < length) numbers.fill(0, piece.length);
        pffft._pffft_transform(setup, block, spectrum, work, 0);
        products.fill(0);
        pffft._pffft_zconvolve_accumulate(setup, spectrum, response, product, 1 / length);
        pffft._pffft_transform(setup, product, block, work, 1);
        const count = Math.min(good, out.length - at);
        out.set(numbers.subarray(kernel.length - 1, kernel.length - 1 + count), at);
      }
    },
    result: () => out.slice(),
  };
}

/** Prints whole convolutions of a million numbers. PFFFT has the best of several block sizes. */
function compareWhole(): void {
  console.log('\nfloat32, a million numbers from array to array\n');
  console.log('| taps | convnd µs | PFFFT µs | in blocks of | ratio |\n| --- | --- | --- | --- | --- |');
  const signal = Float32Array.from(signalOf(1_000_000));
  for (const [taps, ...lengths] of [
    [64, 512, 1024, 2048, 4096],
    [1024, 4096, 8192, 16384, 32768],
    [48000, 131072, 262144],
  ]) {
    const kernel = Float32Array.from({ length: taps }, (_, i) => Math.fround(Math.cos(i * i) / taps));
    // one output array for all, so that caches are in the same state
    const out = new Float32Array(signal.length - taps + 1);
    const all = [
      ourWhole(signal, kernel, out),
      ...lengths.map((length) => theirWhole(signal, kernel, out, length)),
    ];
    const [first, ...others] = all.map(({ call, result }) => {
      call();
      return result();
    });
    for (const other of others)
      for (let i = 0; i < first.length; i++)
        if (!(Math.abs(first[i] - other[i]) < 1e-4)) throw new Error(`${taps} taps: output ${i} differs`);
    const [own, ...rivals] = race(all, 60);
    const rival = Math.min(...rivals);
    const ratio = (rival / own).toFixed(2);
    console.log(
      `| ${taps} | ${own.toFixed(0)} | ${rival.toFixed(0)} | ${lengths[rivals.indexOf(rival)]} | ${ratio} |`,
    );
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
  compareWhole();
}
