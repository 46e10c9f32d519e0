// npm run bench:signal -- --ndimage: the filters of convnd/ndimage, compared with native scipy.ndimage if it is installed.

import * as nd from 'convnd/ndimage';
import { type Cell, Table } from '../table.js';
import { time } from '../timing.js';
import { scipyTimes } from './scipy.js';

/** A filter of both libraries, applied to a float32 picture. */
interface Subject {
  readonly size: readonly number[];
  readonly name: string;
  /** the call of scipy.ndimage on x */
  readonly scipy: string;
  readonly run: (x: nd.Samples) => nd.Samples;
  /** one number of the result, by its definition */
  readonly middle: (x: (...at: number[]) => number) => number;
}

const picture = [512, 512];
const sum = (count: number, of: (i: number) => number) =>
  Array.from({ length: count }, (_, i) => of(i)).reduce((a, b) => a + b, 0);

/** The value of a Gaussian at an offset. */
function bell(sigma: number): (offset: number) => number {
  const radius = Math.trunc(4 * sigma + 0.5);
  const weight = (i: number) => Math.exp((-0.5 * i * i) / sigma ** 2);
  const total = sum(2 * radius + 1, (i) => weight(i - radius));
  return (i) => weight(i) / total;
}

/** The Gaussian-filtered value at the centre of a picture. */
const blurred = (sigma: number) => (x: (...at: number[]) => number) => {
  const radius = Math.trunc(4 * sigma + 0.5);
  const weight = bell(sigma);
  const offsets = (of: (offset: number) => number) => sum(2 * radius + 1, (i) => of(i - radius));
  return offsets((i) => offsets((j) => weight(i) * weight(j) * x(256 + i, 256 + j)));
};

const subjects: Subject[] = [
  ...[2, 5].map((sigma) => ({
    size: picture,
    name: `gaussianFilter, sigma ${sigma}`,
    scipy: `gaussian_filter(x, ${sigma})`,
    run: (x: nd.Samples) => nd.gaussianFilter(x, sigma),
    middle: blurred(sigma),
  })),
  {
    size: picture,
    name: 'uniformFilter, size 31',
    scipy: 'uniform_filter(x, 31)',
    run: (x) => nd.uniformFilter(x, { size: 31 }),
    middle: (x) => sum(31, (i) => sum(31, (j) => x(241 + i, 241 + j))) / 961,
  },
  {
    size: picture,
    name: 'sobel',
    scipy: 'sobel(x)',
    run: (x) => nd.sobel(x),
    middle: (x) => sum(3, (i) => (i === 1 ? 2 : 1) * (x(255 + i, 257) - x(255 + i, 255))),
  },
  {
    size: picture,
    name: 'laplace',
    scipy: 'laplace(x)',
    run: (x) => nd.laplace(x),
    middle: (x) => x(255, 256) + x(257, 256) + x(256, 255) + x(256, 257) - 4 * x(256, 256),
  },
  {
    size: picture,
    name: 'correlate, 7×7',
    scipy: 'correlate(x, numpy.ones((7, 7)))',
    run: (x) => nd.correlate(x, { data: new Float32Array(49).fill(1), shape: [7, 7] }),
    middle: (x) => sum(7, (i) => sum(7, (j) => x(253 + i, 253 + j))),
  },
];

/** Measures, and prints a table. */
export function run(): void {
  const scipy = scipyTimes(
    'ndimage.py',
    subjects.map(({ size, scipy }) => `${size.join('x')}\t${scipy}`),
  );
  const rows = subjects.map(({ size, name, run: filter, middle }, i): Cell[] => {
    const data = Float32Array.from({ length: size.reduce((a, b) => a * b, 1) }, Math.random);
    const x = { data, shape: [...size] };
    const got = filter(x).data[256 * size[1] + 256];
    const want = middle((row, column) => data[row * size[1] + column]);
    if (!(Math.abs(got - want) <= 1e-5 * Math.max(1, Math.abs(want))))
      throw new Error(`${name}: ${got} instead of ${want}`);
    const { least } = time(() => filter(x), { time: 500, iterations: 20, warmup: 100 });
    const theirs = scipy?.least[i];
    const beside = theirs === undefined ? [] : [theirs, `${(theirs / least).toFixed(1)}×`];
    return [size.join('×'), name, least, ...beside];
  });
  const beside = scipy ? [`${scipy.version}, ms`, ''] : [];
  const lines = new Table(['picture', 'filter', 'convnd, ms', ...beside], rows);
  console.log(lines.head());
  for (const row of rows) console.log(lines.row(row));
}
