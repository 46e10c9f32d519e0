// Inputs, comparisons and workers for the tests of forwardAsync.

import assert from 'node:assert/strict';
import { type Conv2d, type Tensor, tensor } from 'convnd';
import type { Connect } from '#src/threads/async-worker.js';
import { sameThread } from '#src/threads/same-thread.js';
import { differingPlace } from '../helpers/bits.js';
import { reals } from '../helpers/numbers.js';
import { product } from '../reference/reference.js';

/** Stands for every layer class in the types. */
export type AnyLayer = Conv2d;

export function assertSameBits(got: Tensor, wanted: Tensor, what: string): void {
  assert.deepEqual(got.shape, wanted.shape);
  const place = differingPlace(got.data, wanted.data);
  assert.ok(place < 0, `element ${place} is ${got.data[place]}, not ${wanted.data[place]}: ${what}`);
}

export const input = (shape: number[], seed = 1) => tensor(reals(product(shape), seed), shape);

/** Workers on this thread, of which `deaths.left` end when they receive a call. */
export const dying =
  (deaths: { left: number }): Connect =>
  (hear, lost) => {
    const line = sameThread(hear, lost);
    setTimeout(() => hear({ id: -1 }), 0);
    return {
      ...line,
      send: (request, transfer) => {
        if (!request.read || deaths.left-- <= 0) line.send(request, transfer);
        else setTimeout(lost, 1);
      },
    };
  };

/** Workers on this thread; counts how many start and end. */
export const counted =
  (count: { started: number; ended: number }): Connect =>
  (hear, lost) => {
    count.started++;
    return { ...sameThread(hear, lost), end: () => count.ended++ };
  };

export const nextTask = () => new Promise((done) => setTimeout(done, 2));
