// Correlations and convolutions with plain arrays, compared with JavaScript packages (interleaved) and with SciPy (afterwards, if installed,
// on one core). Some outputs are compared first.

import { fftConvolution } from 'ml-convolution';
import ndarray from 'ndarray';
import ndarrayConvolve from 'ndarray-convolve';
import { array as numpyArray, convolve as numpyConvolve } from 'numpy-ts';
import { convolve, correlate } from '#src/signal.js';
import { type Cell, Table } from '../table.js';
import { noise, race } from './race.js';
import { scipyTimes } from './scipy.js';

interface Task {
  readonly what: string;
  readonly signal: number[];
  readonly kernel: number[];
  /** an expression for SciPy; `x` and `h` are the operands */
  readonly scipy: string;
  readonly run: (x: Operand, h: Operand, out: Operand) => unknown;
  readonly outShape: number[];
  /** the index in the signal of the first output, for correlations */
  readonly first: number;
  readonly flips: boolean;
  readonly rivals: boolean;
}

interface Operand {
  readonly data: Float32Array<ArrayBuffer>;
  readonly shape: number[];
}

/** Convolutions of a signal with kernels, mode 'full'. */
const filters = [64, 1024, 48000].map(
  (taps): Task => ({
    what: `convolve 10^6, ${taps}`,
    signal: [1_000_000],
    kernel: [taps],
    scipy: 'signal.oaconvolve(x, h)|signal.fftconvolve(x, h)',
    run: (x, h, out) => convolve(x, h, { out }),
    outShape: [1_000_000 + taps - 1],
    first: 0,
    flips: true,
    rivals: taps < 48000,
  }),
);

/** Convolutions of pictures with kernels, mode 'valid'. */
const pictures = [
  [512, 15],
  [512, 31],
  [1000, 64],
].map(
  ([size, k]): Task => ({
    what: `${size}², ${k}², valid`,
    signal: [size, size],
    kernel: [k, k],
    scipy: "signal.fftconvolve(x, h, 'valid')|signal.oaconvolve(x, h, 'valid')",
    run: (x, h, out) => correlate(x, h, { mode: 'valid', out }),
    outShape: [size - k + 1, size - k + 1],
    first: 0,
    flips: false,
    rivals: false,
  }),
);

const SIZE = 65536;
const tasks: Task[] = [
  ...filters,
  ...pictures,
  {
    what: 'correlate 65536², full',
    signal: [SIZE],
    kernel: [SIZE],
    scipy: "signal.correlate(x, h, method='fft')",
    run: (x, h, out) => correlate(x, h, { out }),
    outShape: [2 * SIZE - 1],
    first: 1 - SIZE,
    flips: false,
    rivals: false,
  },
  {
    what: 'correlate 65536², ± 100 lags',
    signal: [SIZE],
    kernel: [SIZE],
    scipy: "signal.correlate(x, h, method='fft')",
    run: (x, h, out) => correlate(x, h, { maxLag: 100, out }),
    outShape: [201],
    first: -100,
    flips: false,
    rivals: false,
  },
];

const count = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** One output by its definition. */
function sumAt({ first, flips }: Task, x: Operand, h: Operand, place: number[]): number {
  let sum = 0;
  for (let k = 0; k < h.data.length; k++) {
    let [at, rest, inside] = [0, k, true];
    for (let axis = h.shape.length - 1, step = 1; axis >= 0; axis--) {
      const tap = rest % h.shape[axis];
      rest = Math.floor(rest / h.shape[axis]);
      const position = first + place[axis] + (flips ? -tap : tap);
      inside &&= position >= 0 && position < x.shape[axis];
      at += position * step;
      step *= x.shape[axis];
    }
    if (inside) sum += h.data[k] * x.data[at];
  }
  return sum;
}

function check(task: Task, x: Operand, h: Operand, got: ArrayLike<number>): void {
  for (const share of [0.1, 0.37, 0.83]) {
    const place = task.outShape.map((size) => Math.floor(share * size));
    const index = place.reduce((at, position, axis) => at * task.outShape[axis] + position, 0);
    const want = sumAt(task, x, h, place);
    if (!(Math.abs(got[index] - want) <= 1e-5 * Math.sqrt(h.data.length) * 4))
      throw new Error(`${task.what}: ${got[index]} in place of ${want} at ${place}`);
  }
}

/** Convolutions by other packages. */
function rivalsOf(x: Operand, h: Operand, taps: number): [string, () => ArrayLike<number>][] {
  const [numpyX, numpyH] = [numpyArray(x.data), numpyArray(h.data)];
  const [ndX, ndH] = [ndarray(x.data, x.shape), ndarray(h.data, h.shape)];
  const ndOut = ndarray(new Float32Array(x.data.length), x.shape);
  return [
    ['numpy-ts', () => numpyConvolve(numpyX, numpyH).data as ArrayLike<number>],
    // it supports odd kernels only, and correlates
    ['ml-convolution', () => fftConvolution(x.data, h.data.subarray(0, taps - 1)) as ArrayLike<number>],
    [
      'ndarray-convolve',
      () => {
        ndarrayConvolve(ndOut, ndX, ndH);
        return ndOut.data;
      },
    ],
  ];
}

/** Measures, and prints a table. */
export function run(): void {
  const scipy = scipyTimes(
    'correlate.py',
    tasks.map(({ signal, kernel, scipy }) => `${signal.join('x')}\t${kernel.join('x')}\t${scipy}`),
  );
  const names = ['numpy-ts', 'ml-convolution', 'ndarray-convolve'];
  const table = new Table(
    ['ms', 'convnd', ...names, ...(scipy ? [`${scipy.version} native`, 'times as fast'] : [])],
    [['correlate 65536², ± 100 lags', 1000.1, 1000.1, 1000.1, 1000.1, 1000.1, 1000.1]],
  );
  console.log(table.head());
  for (const [i, task] of tasks.entries()) {
    const x = { data: noise(count(task.signal), 1), shape: task.signal };
    const h = { data: noise(count(task.kernel), 2), shape: task.kernel };
    const out = { data: new Float32Array(count(task.outShape)), shape: task.outShape };
    task.run(x, h, out);
    check(task, x, h, out.data);
    const rivals = task.rivals ? rivalsOf(x, h, task.kernel[0]) : [];
    const ours = () => task.run(x, h, out);
    const [least] = race([ours]);
    const times = rivals.map(([, call]) => race([ours, call], 3, 3)[1]);
    const native = scipy?.least[i];
    const cells: Cell[] = [task.what, least, ...names.map((_, n) => times[n] ?? '')];
    console.log(table.row(native === undefined ? cells : [...cells, native, native / least]));
  }
}
