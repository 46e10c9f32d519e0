// The tape between forward and backward: changes that backward rejects, because gradients would be wrong.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Conv1d, functional as F, Parameter, resident, type Tensor, tensor } from 'convnd';
import { add, mseLoss, record, relu, SGD, tanh } from 'convnd/train';
import { isExposed } from '#src/layers/internals.js';
import { integers } from '../helpers/numbers.js';
import { refused } from '../helpers/refusal.js';
import { conv, g, grads, x } from './taped.js';

describe('between forward and backward', () => {
  const changed = /has been modified by an inplace operation/;
  const start = (layer = conv()) => record(() => tanh(layer.forward(x)));

  it('a weight may be looked at, and not changed', () => {
    for (const change of [
      (layer: Conv1d) => layer.weight.data.fill(1),
      (layer: Conv1d) => layer.resetParameters(),
      (layer: Conv1d) => layer.loadStateDict(conv().stateDict()),
    ]) {
      for (const isKnown of [false, true]) {
        const layer = conv();
        if (isKnown) layer.weight.data[0] = 3;
        const y = start(layer);
        assert.equal(layer.weight.data.length, 36);
        y.backward(g, { retain: true });
        change(layer);
        refused(() => y.backward(g), changed, `known ${isKnown}`);
      }
    }
    const weight = new Parameter(integers(12, 1), [4, 3, 1]);
    const y = record(() => F.conv1d(x, weight));
    weight.data[0]++;
    refused(() => y.backward(g), changed, 'functional');
    assert.equal(weight.grad, null);
  });

  it('a step hands out no weight, so later calls of the layer do not look at them', () => {
    const layer = conv();
    const optimizer = new SGD(layer.parameters(), { lr: 0.5 });
    record(() => mseLoss(layer.forward(x), g)).backward();
    optimizer.step();
    for (const parameter of layer.parameters()) assert.equal(isExposed(parameter), false);
  });

  it('an array that was given to a parameter may not be written into either', () => {
    const values = Float32Array.of(2);
    const weight = new Parameter(values, [1, 1, 1]);
    const y = record(() => relu(F.conv1d([[1, 2]], weight)));
    values[0] = 3;
    assert.throws(() => y.backward([[1, 1]]), /modified by an inplace operation/);
  });

  it('a bias must stay if the input of an activation is recomputed with it', () => {
    const values = (layer: Conv1d) => [...grads(layer)];
    const run = (activation: 'gelu' | 'relu', change: (layer: Conv1d) => void) => {
      const layer = conv();
      const y = record(() => layer.forward(x, { activation }));
      change(layer);
      y.backward(g);
      return values(layer);
    };
    const write = (layer: Conv1d) => {
      layer.bias = [9, 9, 9, 9];
    };
    refused(() => run('gelu', write), changed, 'assigned');
    refused(() => run('gelu', (layer) => layer.bias?.data.fill(9)), changed, 'written into');
    assert.deepEqual(
      run('relu', write),
      run('relu', () => {}),
    );

    const [weight, bias] = [new Parameter(integers(12, 1), [4, 3, 1]), new Parameter(integers(4, 2), [4])];
    const y = record(() => F.conv1d(x, weight, bias, { activation: 'silu' }));
    bias.data[0]++;
    refused(() => y.backward(g), changed, 'functional');
  });

  it('an object of options may be used again with other options', () => {
    const run = (change: boolean) => {
      const layer = conv();
      const options = { upsample: 2 };
      const y = record(() => layer.forward(x, options));
      if (change) options.upsample = 1;
      y.backward({ data: integers(y.data.length, 3), shape: y.shape });
      return grads(layer);
    };
    assert.deepEqual(run(true), run(false));
    const runList = (change: boolean) => {
      const layer = conv();
      const options = { upsample: [2] as [number] };
      const y = record(() => layer.forward(x, options));
      if (change) options.upsample[0] = 1;
      y.backward({ data: integers(y.data.length, 3), shape: y.shape });
      return grads(layer);
    };
    assert.deepEqual(runList(true), run(false));
    assert.deepEqual(runList(false), run(false));
  });

  it('a parameter that was frozen meanwhile gets no gradient', () => {
    const layer = conv();
    const y = record(() => layer.forward(x));
    layer.weight.requiresGrad = false;
    y.backward(g);
    assert.equal(layer.weight.grad, null);
    assert.notEqual(layer.bias?.grad, null);
  });

  it('a shape must stay: with another one gradients would be of other windows', () => {
    for (const use of [
      (input: Tensor, weight: Parameter) => F.conv1d(input, weight),
      (input: Tensor, weight: Parameter) => F.maxPool1d(add(F.conv1d(input, weight), 1), 2),
      (input: Tensor, weight: Parameter) => new Conv1d(1, 1, 2).forward(add(input, F.conv1d(input, weight))),
    ]) {
      const input = tensor(integers(12, 1), [2, 1, 6]);
      const weight = new Parameter(integers(1, 2), [1, 1, 1]);
      const y = record(() => use(input, weight));
      const gradOutput = tensor(integers(y.data.length, 3), y.shape);
      input.shape.splice(0, 3, 3, 1, 4);
      refused(
        () => y.backward(gradOutput),
        /inplace operation: a tensor of shape \[3, 1, 4\] had shape \[2, 1, 6\]/,
        'shape',
      );
      const { shape } = input;
      Reflect.deleteProperty(input, 'shape');
      refused(
        () => y.backward(gradOutput),
        /inplace operation: a tensor of shape undefined had shape \[2, 1, 6\]/,
        'deleted',
      );
      Object.assign(input, { shape });
      shape.splice(0, 3, 2, 1, 6);
      y.backward(gradOutput);
    }
  });

  it('the result keeps its shape and data', () => {
    const y = record(() => conv().forward(x));
    for (const name of ['shape', 'data'])
      assert.deepEqual([Reflect.set(y, name, [1]), Reflect.deleteProperty(y, name)], [false, false], name);
    assert.throws(() => y.shape.push(1), TypeError);
    y.backward(g);
  });

  it('an input must not be disposed of', () => {
    const layer = conv();
    const input = resident(x);
    const y = record(() => layer.forward(input));
    input.dispose();
    refused(
      () => y.backward(g),
      /inplace operation: a tensor of shape \[2, 3, 9\] is disposed\. Change it after backward/,
      'disposed',
    );
  });

  it('an input, and what was computed inside, must stay', () => {
    const input = tensor(x.data.slice(), x.shape);
    const layer = conv();
    const y = record(() => layer.forward(input));
    input.data[3]++;
    refused(() => y.backward(g), changed, 'input');
    assert.deepEqual(grads(layer), [null, null]);
    input.data[3]--;
    y.backward(g);
    const lying = resident(x);
    const other = record(() => layer.forward(lying));
    lying.data[3]++;
    refused(() => other.backward(g), changed, 'resident');
    // a plain loop in place cuts the chain without a trace, but for the numbers
    const inPlace = record(() => {
      const hidden = layer.forward(x);
      hidden.data[0]++;
      return add(hidden, 1);
    });
    refused(() => inPlace.backward(g), changed, 'in place');
  });

  it('the record is given back by backward, unless it is retained', () => {
    const layer = conv();
    const y = start(layer);
    y.backward(g, { retain: true });
    const once = grads(layer);
    y.backward(g);
    assert.deepEqual(
      grads(layer),
      once.map((values) => values!.map((value) => 2 * value)),
    );
    refused(() => y.backward(g), /Trying to backward through the graph a second time/, 'second');
    refused(() => y.backward(g, { retainGraph: true } as never), /unexpected option 'retainGraph'/, 'option');
  });
});

it('a layer whose gradients are turned off by a property that only parameters have', () => {
  for (const name of ['requiresGrad', 'requires_grad']) {
    const layer = Object.assign(conv(), { [name]: false });
    const text = new RegExp(`^a layer has no ${name}: call requiresGrad_\\(false\\) \\[Conv1d`);
    refused(() => record(() => layer.forward(x)), text, name);
  }
});
