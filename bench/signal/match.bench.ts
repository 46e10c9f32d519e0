// Template matching compared with opencv.js: the correlation coefficient over an image, with and without a mask. Inputs are in each library's
// own format. Both write into a map that exists: opencv.js into its result Mat, convnd into `out`. Calls of convnd without `out`, which
// allocate a new map, have their own columns. Interleaved, minimum times; maps are compared first.

import { matchTemplate } from '#src/match.js';
import { Table } from '../table.js';
import { type OpenCv, openCv } from './opencv.js';
import { noise, race } from './race.js';

interface Row {
  readonly what: string;
  readonly image: number[];
  readonly template: number[];
  readonly masked?: boolean;
  /** whether opencv.js supports it, which is only for pictures */
  readonly hasRival: boolean;
}

const rows: Row[] = [
  ...[15, 32, 64].map((k) => ({
    what: `512² with ${k}²`,
    image: [512, 512],
    template: [k, k],
    hasRival: true,
  })),
  { what: '1000² with 64²', image: [1000, 1000], template: [64, 64], hasRival: true },
  { what: '512² with 64², mask', image: [512, 512], template: [64, 64], masked: true, hasRival: true },
  { what: '128³ with 9³', image: [128, 128, 128], template: [9, 9, 9], hasRival: false },
];

const count = (shape: number[]) => shape.reduce((a, b) => a * b, 1);

/** A smooth picture with noise; integers, as in bytes. */
function picture(shape: number[], seed: number) {
  const data = noise(count(shape), seed).map((value, i) =>
    Math.round(127 + 80 * Math.sin(i / 37) * Math.cos(i / 5003) + 40 * value),
  );
  return { data, shape };
}

function compare(got: Float32Array, want: Float32Array, allowed: number, what: string): void {
  got.forEach((score, i) => {
    if (!(Math.abs(score - want[i]) <= allowed))
      throw new Error(`${what}: ${score} beside ${want[i]} at ${i}`);
  });
}

export async function run(): Promise<void> {
  const { cv } = await openCv();
  const table = new Table(
    ['ms', 'convnd', 'float32', 'opencv.js', 'times as fast', 'float32', 'without out', 'float32'],
    [['512² with 64², mask', 0.001, 0.001, 1000.1, 1000.1, 1000.1, 0.001, 0.001]],
  );
  console.log(table.head());
  for (const row of rows) console.log(table.row(measured(row, cv)));
}

function measured({ what, image, template, masked, hasRival }: Row, cv: OpenCv): (string | number)[] {
  const [x, t] = [picture(image, 1), picture(template, 2)];
  const mask = masked
    ? { data: Float32Array.from({ length: count(template) }, (_, i) => (i % 7 < 5 ? 1 : 0)), shape: template }
    : undefined;
  const map = image.map((size, axis) => size - template[axis] + 1);
  const out = { data: new Float32Array(count(map)), shape: map };
  const ours = [() => matchTemplate(x, t, { mask, out }), () => matchTemplate(x, t, { mask })];
  // with weights there are no products in float32
  const single = masked
    ? []
    : [
        () => matchTemplate(x, t, { precision: 'float32', out }),
        () => matchTemplate(x, t, { precision: 'float32' }),
      ];
  if (!masked) compare(single[1]().data, ours[1]().data, 1e-3, what);
  const cells = (c: number, [a, without, b = Number.NaN, bWithout = Number.NaN]: number[]) => [
    what,
    a,
    b,
    c,
    c / a,
    c / b,
    without,
    bWithout,
  ];
  if (!hasRival) return cells(Number.NaN, race([...ours, ...single]));
  const mat = ({ data, shape }: typeof x) => cv.matFromArray(shape[0], shape[1], cv.CV_32FC1, data);
  const [X, T] = [mat(x), mat(t)];
  const M = mask && mat(mask);
  const result = new cv.Mat();
  const theirs = () => {
    if (M) cv.matchTemplate(X, T, result, cv.TM_CCOEFF_NORMED, M);
    else cv.matchTemplate(X, T, result, cv.TM_CCOEFF_NORMED);
  };
  theirs();
  compare(result.data32F, ours[1]().data, 1e-3, what);
  const [c, ...own] = race([theirs, ...ours, ...single]);
  for (const matrix of [X, T, result, ...(M ? [M] : [])]) matrix.delete();
  return cells(c, own);
}
