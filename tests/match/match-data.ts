// Pictures, templates and comparisons for the tests of convnd/match.

import assert from 'node:assert/strict';
import type { MatchMethod } from '#src/match.js';

/** Fails unless the call throws an error of this type whose message contains all of these words. */
export function refuses(
  call: () => unknown,
  type: typeof RangeError | typeof TypeError,
  ...words: string[]
): void {
  assert.throws(call, (error: Error) => {
    assert.ok(error instanceof type, String(error));
    for (const word of words) assert.ok(error.message.includes(word), `${error.message}: no ${word}`);
    return true;
  });
}

export const methods: MatchMethod[] = [
  'ccoeffNormed',
  'ccoeff',
  'ccorrNormed',
  'ccorr',
  'sqdiffNormed',
  'sqdiff',
];

/** A tensor of pseudo-random integers from -8 to 8, divided by `divisor`. */
export const tensor = (shape: number[], seed = 1, divisor = 3) => ({
  data: Float32Array.from(
    { length: shape.reduce((a, b) => a * b, 1) },
    (_, i) => Math.round(8 * Math.sin(seed * 12.9898 + i * i * 0.37 + i)) / divisor,
  ),
  shape,
});

/** Moves the channels, the first axis, to the end. */
export function channelsLast({ data, shape: [channels, ...sizes] }: { data: Float32Array; shape: number[] }) {
  const count = data.length / channels;
  return {
    data: Float32Array.from(data, (_, i) => data[(i % channels) * count + Math.floor(i / channels)]),
    shape: [...sizes, channels],
  };
}

export const close = (got: ArrayLike<number>, want: ArrayLike<number>, allowed = 1e-6) => {
  assert.equal(got.length, want.length);
  for (let i = 0; i < want.length; i++)
    assert.ok(
      Math.abs(got[i] - want[i]) <= allowed * Math.max(1, Math.abs(want[i])),
      `${i}: ${got[i]}, ${want[i]}`,
    );
};
