// The accuracy of template matching scores compared with opencv.js: the largest error over a map, with a 15 × 17 template. The reference is
// the correlation coefficient, computed by two passes over each window in float64.

import { matchTemplate } from '#src/match.js';
import { Table } from '../table.js';
import { openCv } from './opencv.js';

const [HEIGHT, WIDTH] = [96, 110];
const [H, W] = [15, 17];

/** The value of a pixel, from its position and a normally distributed number. */
const pictures: Record<string, (y: number, x: number, normal: number) => number> = {
  normal: (_y, _x, normal) => normal,
  'mean 1000, deviation 1': (_y, _x, normal) => 1000 + normal,
  'mean 1e5, deviation 1': (_y, _x, normal) => 1e5 + normal,
  'bytes: a gradient, noise 3': (y, x, normal) => Math.max(0, Math.min(255, Math.round(y + x + 3 * normal))),
  'half 0, half 1e4, noise 1': (_y, x, normal) => (x < 55 ? 0 : 1e4) + normal,
  'half 0, half 1e6, noise 1': (_y, x, normal) => (x < 55 ? 0 : 1e6) + normal,
  'one pixel 1e6, noise 1': (y, x, normal) => (y === 40 && x === 50 ? 1e6 : normal),
  'noise of 1e30': (_y, _x, normal) => 1e30 * normal,
};

/** Normally distributed numbers (Box-Muller) from a linear congruential generator. */
function normals(seed: number): () => number {
  let state = seed;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return ((state >>> 8) + 0.5) / 2 ** 24;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

function truth(image: Float32Array, template: Float32Array): Float64Array {
  const mean = (of: (k: number) => number) => {
    let sum = 0;
    for (let k = 0; k < H * W; k++) sum += of(k) - of(0);
    return of(0) + sum / (H * W);
  };
  const tMean = mean((k) => template[k]);
  const t = Float64Array.from(template, (x) => x - tMean);
  const [rows, columns] = [HEIGHT - H + 1, WIDTH - W + 1];
  return Float64Array.from({ length: rows * columns }, (_, i) => {
    const at = (k: number) =>
      image[(Math.floor(i / columns) + Math.floor(k / W)) * WIDTH + (i % columns) + (k % W)];
    const xMean = mean(at);
    let [cross, xx, tt] = [0, 0, 0];
    for (let k = 0; k < H * W; k++) {
      const d = at(k) - xMean;
      cross += t[k] * d;
      xx += d * d;
      tt += t[k] * t[k];
    }
    return xx === 0 || tt === 0 ? 0 : cross / Math.sqrt(xx) / Math.sqrt(tt);
  });
}

const worst = (got: ArrayLike<number>, want: Float64Array) =>
  want.reduce((most, score, i) => {
    const error = Math.abs(got[i] - score);
    return Math.max(error, most);
  }, 0);

export async function run(): Promise<void> {
  const { cv } = await openCv();
  const table = new Table(
    ['largest error', 'convnd', "precision 'float32'", 'opencv.js'],
    [['bytes: a gradient, noise 3 and more', '0.0e-00', '0.0e-00', '0.0e-00']],
  );
  console.log(table.head());
  for (const [name, pixel] of Object.entries(pictures)) {
    const normal = normals(7);
    const image = Float32Array.from({ length: HEIGHT * WIDTH }, (_, i) =>
      pixel(Math.floor(i / WIDTH), i % WIDTH, normal()),
    );
    // cut from the picture, with some noise
    const template = Float32Array.from(
      { length: H * W },
      (_, k) => image[(30 + Math.floor(k / W)) * WIDTH + 46 + (k % W)],
    );
    const spread = Math.hypot(...template.map((x) => x - template[0])) / Math.sqrt(H * W);
    template.forEach((x, k) => {
      template[k] = x + 0.3 * spread * normal();
    });
    const want = truth(image, template);
    const tensors = [
      { data: image, shape: [HEIGHT, WIDTH] },
      { data: template, shape: [H, W] },
    ] as const;
    const [X, T, result] = [
      cv.matFromArray(HEIGHT, WIDTH, cv.CV_32FC1, image),
      cv.matFromArray(H, W, cv.CV_32FC1, template),
      new cv.Mat(),
    ];
    cv.matchTemplate(X, T, result, cv.TM_CCOEFF_NORMED);
    const errors = [
      matchTemplate(...tensors).data,
      matchTemplate(...tensors, { precision: 'float32' }).data,
      result.data32F,
    ].map((got) => worst(got, want).toExponential(1));
    for (const matrix of [X, T, result]) matrix.delete();
    console.log(table.row([name, ...errors]));
  }
}
