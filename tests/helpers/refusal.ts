// How a refusal has to be: a TypeError or a RangeError that says why, after which the library works on.

import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { Conv2d } from 'convnd';
import { assertSame } from './compare.js';

const layer = new Conv2d(1, 1, 2);
layer.loadStateDict({
  weight: [
    [
      [
        [1, 2],
        [3, 4],
      ],
    ],
  ],
  bias: [5],
});

/** Fails unless the call is refused with a message that matches; returns the message. */
export function refused(call: () => unknown, message: RegExp, label: string): string {
  let text = '';
  assert.throws(
    call,
    (error: unknown) => {
      assert.ok(error instanceof TypeError || error instanceof RangeError, `${label}: ${error}`);
      text = error.message;
      return true;
    },
    label,
  );
  assert.match(text, message, label);
  const y = layer.forward([
    [
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
    ],
  ]);
  assertSame(y.data, [1 + 4 + 12 + 20 + 5, 2 + 6 + 15 + 24 + 5], `${label}, a layer afterwards`);
  return text;
}

/** A value as a test's label. */
export const label = (value: unknown): string => inspect(value, { breakLength: 200 });
