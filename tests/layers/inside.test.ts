// What the library's other parts see of a layer and its parameters.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Conv2d, LazyConvTranspose1d, tensor } from 'convnd';
import { insideOf, isExposed, valuesOf } from '#src/layers/internals.js';
import { formatProblem } from '#src/problem/line.js';

describe('a parameter from inside', () => {
  it('shows its values without counting as handed out', () => {
    const { weight } = new Conv2d(2, 3, 3);
    const values = valuesOf(weight);
    assert.equal(values.length, 2 * 3 * 9);
    assert.equal(isExposed(weight), false);
    assert.equal(weight.data, values);
    assert.equal(isExposed(weight), true);
  });
});

describe('a layer from inside', () => {
  it('is no parameter, no plain object and no number', () => {
    const { weight } = new Conv2d(1, 1, 1);
    for (const other of [weight, {}, null, undefined, 3]) assert.equal(insideOf(other), undefined);
  });

  it('shows its checked options, its parameters and the problem of an input', () => {
    const layer = new Conv2d(4, 6, 3, { stride: 2, padding: 1, groups: 2 });
    const { spec, parameters } = insideOf(layer)!;
    assert.deepEqual(spec.options.stride, [2, 2]);
    assert.deepEqual([spec.kernelSize, spec.hasBias, spec.lazy], [[3, 3], true, false]);
    assert.deepEqual([parameters.weight, parameters.bias], [layer.weight, layer.bias]);
    assert.equal(formatProblem(parameters.problem([1, 4, 8, 9])), 'n1 g2 c4 f6 i8x9 k3x3 s2x2 p1x1');
    assert.throws(
      () => parameters.problem([1, 5, 8, 9]),
      /to have 4 channels, but got 5 channels instead \[Conv2d\(4, 6/,
    );
  });

  it('is lazy until it learns, and stays what it was asked for', () => {
    const layer = new LazyConvTranspose1d(4, 2, { stride: 2 });
    const { spec, parameters } = insideOf(layer)!;
    assert.deepEqual([spec.lazy, parameters.isMade, parameters.inChannels], [true, false, 0]);
    assert.equal(parameters.className, 'LazyConvTranspose1d');
    assert.equal(formatProblem(parameters.problem([3, 5], [11])), 'T n1 g1 c3 f4 i5 k2 s2 o1');
    layer.forward(tensor(new Float32Array(15), [3, 5]));
    assert.deepEqual([spec.lazy, parameters.isMade, parameters.inChannels], [true, true, 3]);
    assert.equal(parameters.className, 'ConvTranspose1d');
  });
});
