// Calls of convnd/ndimage: their inputs and outputs, and where they decide otherwise than SciPy.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { resident } from 'convnd';
import * as nd from 'convnd/ndimage';
import { assertSame } from '../helpers/compare.js';
import { integers } from '../helpers/numbers.js';
import { refused } from '../helpers/refusal.js';

describe('where SciPy decides otherwise (docs/signals-ndimage.md)', () => {
  const { NaN: nan } = Number;

  it('one number for axes is a list of one, from the end too', () => {
    const x = { data: integers(60, 2), shape: [3, 4, 5] };
    for (const filter of [nd.correlate, nd.convolve])
      assertSame(
        filter(x, [1, 2, 4], { axes: -2 }).data,
        filter(x, [1, 2, 4], { axes: [1] }).data,
        filter.name,
      );
  });

  it('reflect goes on for as far as weights reach, in correlate as in correlate1d', () => {
    // thirty places, ten lengths, before the input: SciPy's correlate reads outside of it there, its correlate1d gives 1, 2, 3
    const far = Array.from({ length: 31 }, (_, k) => (k === 0 ? 1 : 0));
    for (const filter of [nd.correlate, nd.correlate1d])
      assert.equal(filter([1, 2, 3], far, { origin: 15 }).data.join(), '1,2,3', filter.name);
  });

  it('no axes leave the gradient magnitude at the input, as in SciPy', () => {
    const options = { axes: [], dtype: 'float64' } as const;
    assert.deepEqual([...nd.gaussianGradientMagnitude([1, -2, 3], 1, options).data], [1, -2, 3]);
  });

  it('a weight of 0 makes NaN of NaN along one axis and along several', () => {
    for (const filter of [nd.correlate, nd.correlate1d])
      assert.equal(filter([nan, 1, 2], [0, 1, 1]).data.join(), 'NaN,NaN,4', filter.name);
  });

  it('what is wrong is refused where nothing is filtered too', () => {
    for (const [message, call] of [
      [
        /^filter weights array has incorrect shape: weights are empty/,
        () => nd.correlate([1, 2], [], { axes: 0 }),
      ],
      [/^boundary mode not supported/, () => nd.uniformFilter([1, 2], { size: 1, mode: 'odd' as 'wrap' })],
      [/^axis 1 is out of bounds/, () => nd.uniformFilter([1, 2], { size: 1, axes: 1 })],
      [/^order must be non-negative/, () => nd.gaussianFilter([1, 2], 0, { order: -1 })],
      [/^order must be .*at most 1000, but got 1000000/, () => nd.gaussianFilter([1, 2], 1, { order: 1e6 })],
      [/^sigma must be above 0/, () => nd.gaussianFilter1d([1, 2], -1, { radius: 2 })],
    ] as const)
      assert.throws(call, { message });
  });
});

describe('inputs and outputs', () => {
  const data = integers(30, 8);
  const plain = { data, shape: [5, 6] };

  it('may be resident', () => {
    const x = resident(plain);
    const out = resident({ shape: [5, 6] });
    const filters: [string, (input: nd.SamplesLike, more: { out?: nd.Samples<'float32'> }) => nd.Samples][] =
      [
        ['correlate', (input, more) => nd.correlate(input, [[1, 2, 3]], more)],
        ['gaussianFilter', (input, more) => nd.gaussianFilter(input, 1, more)],
        ['uniformFilter', (input, more) => nd.uniformFilter(input, { size: 4, ...more })],
        ['sobel', (input, more) => nd.sobel(input, more)],
        ['laplace', (input, more) => nd.laplace(input, more)],
      ];
    for (const [name, filter] of filters) {
      assert.equal(filter(x, { out }), out);
      assertSame(out.data, filter(plain, {}).data, name);
      assertSame(x.data, data, `${name}, the input`);
    }
    x.dispose();
    out.dispose();
  });

  it('are left as they were, of whatever type', () => {
    const double = Float64Array.from(data);
    const given: [string, nd.SamplesLike, ArrayLike<number>][] = [
      ['float32', plain, data],
      ['float64', { data: double, shape: [5, 6] }, double],
      ['dims', { data, dims: [5, 6] }, data],
      ['a part of an array', { data: data.subarray(0, 24), shape: [4, 6] }, data],
    ];
    const before = [...data];
    for (const [name, x, numbers] of given)
      for (const dtype of ['float32', 'float64'] as const) {
        for (const filter of [nd.sobel, nd.prewitt, nd.laplace, nd.uniformFilter] as const)
          filter(x, { dtype });
        for (const sigma of [1, 0]) nd.gaussianFilter(x, sigma, { dtype }).data.fill(5);
        nd.gaussianLaplace(x, [1, 2], { dtype });
        nd.gaussianGradientMagnitude(x, [1, 2], { dtype });
        assertSame(numbers, before, `${name}, ${dtype}`);
      }
  });

  it('never share memory', () => {
    for (const filter of [nd.laplace, nd.sobel, nd.uniformFilter] as const)
      refused(() => filter(plain, { out: plain }), /^out: shares memory with an input/, filter.name);
    refused(
      () => nd.gaussianFilter(plain, 1, { out: plain }),
      /^out: shares memory with an input/,
      'gaussianFilter',
    );
    refused(() => nd.gaussianFilter(plain, 0, { out: plain }), /^out: shares memory/, 'sigma 0');
    assert.notEqual(nd.gaussianFilter(plain, 0).data, data);
    assert.notEqual(nd.uniformFilter(plain, { size: 1 }).data, data);
    assert.notEqual(nd.laplace(plain, { axes: [] }).data, data);
  });

  it('have as many axes as one likes', () => {
    const x = { data: integers(64, 3), shape: [2, 2, 2, 2, 2, 2] };
    assertSame(
      nd.uniformFilter(x, { size: 2, mode: 'wrap' }).data,
      new Float32Array(64).fill(x.data.reduce((a, b) => a + b) / 64),
      'six',
    );
    assert.equal(nd.correlate(5, 3).data[0], 15);
    assert.equal(nd.gaussianFilter(5, 3).data[0], 5);
    assert.equal(nd.uniformFilter(5).data[0], 5);
  });
});
