// Extended rows against the element at each position, for every border.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { constantOf, elementAt } from '#src/sums/borders/border.js';
import { fillRow } from '#src/sums/borders/fill.js';
import type { Border } from '#src/sums/request.js';

const borders: Border[] = ['nothing', 'nearest', 'mirror', 'symmetric', 'wrap', { constant: -2 }];

describe('a row is extended', () => {
  it('by the element at each position, far from the signal too', () => {
    for (const border of borders)
      for (let size = 1; size < 7; size++)
        for (let first = -20; first < 20; first++)
          for (const count of [0, 1, 2, 5, 30]) {
            const data = Float64Array.from({ length: size + 2 }, (_, i) => i + 1);
            const to = new Float64Array(count + 2).fill(-1);
            fillRow(to, 1, count, data, 1, size, first, border);
            const want = Array.from({ length: count }, (_, i) => {
              const element = elementAt(first + i, size, border);
              return element < 0 ? constantOf(border) : data[1 + element];
            });
            assert.deepEqual([...to], [-1, ...want, -1], JSON.stringify({ border, size, first, count }));
          }
  });
});
