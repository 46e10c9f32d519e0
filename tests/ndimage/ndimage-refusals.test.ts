// Calls that convnd/ndimage rejects, and the types of its results.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as nd from 'convnd/ndimage';
import { refused } from '../helpers/refusal.js';

describe('what is refused', () => {
  const x = [
    [1, 2, 3],
    [4, 5, 6],
  ];
  const refusals: [RegExp, () => unknown][] = [
    [/^unexpected option 'output'/, () => nd.correlate(x, x, { output: 1 } as object)],
    [/^unexpected option 'axes'/, () => nd.sobel(x, { axes: [0] } as object)],
    [/^cval has no effect with mode 'reflect'/, () => nd.correlate(x, x, { cval: 0 })],
    [/^cval has no effect with mode 'wrap'/, () => nd.laplace(x, { mode: ['wrap', 'mirror'], cval: 1 })],
    [/^cval must be a number/, () => nd.laplace(x, { mode: 'constant', cval: '1' as unknown as number })],
    [/^sequence argument must have length .* mode is for 2 axes/, () => nd.sobel(x, { mode: ['wrap'] })],
    [
      /^sequence argument must have length .* size is for 1 axes/,
      () => nd.uniformFilter(x, { size: [3, 3], axes: 0 }),
    ],
    [/^sequence argument must have length .* order/, () => nd.gaussianFilter(x, 1, { order: [1] })],
    [/^sequence argument must have length .* radius/, () => nd.gaussianFilter(x, 1, { radius: [1, 2, 3] })],
    [/^axes must be an integer or a list/, () => nd.laplace(x, { axes: '0' as unknown as number })],
    [/^axes must be unique/, () => nd.gaussianFilter(x, 1, { axes: [0, -2] })],
    [/^axis 2 is out of bounds for array of dimension 2/, () => nd.laplace(x, { axes: [2] })],
    [/^axis -1 is out of bounds for array of dimension 0/, () => nd.sobel(1)],
    [/^axis must be an integer/, () => nd.sobel(x, { axis: 0.5 })],
    [
      /^filter weights array has incorrect shape: weights must have an axis for each of 1/,
      () => nd.correlate(x, x, { axes: 0 }),
    ],
    [/^Radius must be a nonnegative integer/, () => nd.gaussianFilter(x, 1, { radius: -1 })],
    [/^Radius must be a nonnegative integer/, () => nd.gaussianFilter(x, 1, { truncate: -4 })],
    [/^radius must be an integer/, () => nd.gaussianFilter1d(x, 1, { radius: 1.5 })],
    [/^sigma must be above 0, but got 0/, () => nd.gaussianFilter1d(x, 0)],
    [/^sigma must be finite, but got NaN/, () => nd.gaussianFilter(x, Number.NaN)],
    [/^sigma must be a number/, () => nd.gaussianFilter(x, undefined as unknown as number)],
    [/^precision must be/, () => nd.gaussianFilter(x, 1, { precision: 'half' as 'float32' })],
    [
      /^precision 'float32' has no effect/,
      () => nd.gaussianFilter(x, 1, { precision: 'float32', dtype: 'float64' }),
    ],
    [/^incorrect filter size/, () => nd.uniformFilter1d(x, 0)],
    [/^size must be an integer/, () => nd.uniformFilter(x, { size: 2.5 })],
    [/^Invalid origin.* from -1 to 1 for size 3, but got 2/, () => nd.uniformFilter(x, { origin: 2 })],
    [/^dtype must be 'float32' or 'float64'/, () => nd.laplace(x, { dtype: 'int8' as 'float32' })],
    [/^input: complex numbers/, () => nd.laplace({ re: [1], im: [2] } as unknown as number[])],
    [
      /^out: expected shape \[2, 3\]/,
      () => nd.laplace(x, { out: { data: new Float32Array(6), shape: [3, 2] } }),
    ],
    [
      /^out: expected \{ data: Float64Array/,
      () => nd.laplace(x, { dtype: 'float64', out: { data: new Float32Array(6), shape: [2, 3] } as never }),
    ],
  ];
  for (const [message, attempt] of refusals)
    it(String(message), () => {
      const text = refused(attempt, message, String(message));
      assert.match(text, /\[\w+( of .*)?\]$/, 'names the function');
    });
});

// Types: what each function returns follows from its options.
const single: nd.Samples<'float32'> = nd.gaussianFilter([1], 1);

const double: nd.Samples<'float64'> = nd.gaussianFilter([1], 1, { dtype: 'float64', mode: ['wrap'] });

const typed: Float32Array = single.data;

const wide: Float64Array = double.data;

// @ts-expect-error: a mode of numpy.pad's
const wrongMode = () => nd.laplace([1], { mode: 'symmetric' });

// @ts-expect-error: one mode for all axes
const listOfModes = () => nd.correlate([1], [1], { mode: ['wrap'] });

it('the types are of what is there', () => {
  assert.ok(typed instanceof Float32Array && wide instanceof Float64Array);
  assert.throws(wrongMode, TypeError);
  assert.throws(listOfModes, TypeError);
});
