// Loads opencv.js, which is ready only about a second after its import, and frees its matrices.

import { createRequire } from 'node:module';

/** A matrix in OpenCV's memory. */
interface Mat {
  readonly data32F: Float32Array;
  readonly rows: number;
  readonly cols: number;
  delete(): void;
}

/** The functions that the benchmarks use. */
export interface OpenCv {
  readonly CV_32FC1: number;
  readonly TM_CCOEFF_NORMED: number;
  readonly TM_CCORR_NORMED: number;
  readonly TM_SQDIFF_NORMED: number;
  matFromArray(rows: number, cols: number, type: number, data: ArrayLike<number>): Mat;
  readonly Mat: new () => Mat;
  matchTemplate(image: Mat, template: Mat, result: Mat, method: number, mask?: Mat): void;
}

/** Starts opencv.js. Returned inside an object, because it has a method `then`: awaiting it would never end. */
export async function openCv(): Promise<{ cv: OpenCv }> {
  const cv = createRequire(import.meta.url)('@techstark/opencv-js');
  if (!cv.Mat)
    await new Promise<void>((done) => {
      cv.onRuntimeInitialized = () => done();
    });
  return { cv };
}
