// What arrives of layers and tensors after structuredClone, postMessage and JSON, as the table of docs/torch.md says.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Conv1d, Parameter, resident, saveSafetensors, tensor } from 'convnd';
import { assertSame } from '../helpers/compare.js';
import { refused } from '../helpers/refusal.js';

const layer = new Conv1d(1, 1, 2);
const throughJson = (value: unknown) => JSON.parse(JSON.stringify(value));

describe('a copy by structuredClone', () => {
  it('of a layer, a parameter or a resident tensor has no numbers, and is refused as a tensor', () => {
    assert.deepEqual(structuredClone(layer), {});
    using x = resident([[1, 2, 3]]);
    for (const copy of [layer.weight, x].map((value) => structuredClone(value)))
      refused(
        () => layer.forward(copy),
        /^input: expected a tensor .*, got an object of class Object/,
        'input',
      );
  });

  it('of a state dict, of the numbers of a resident tensor, or of a plain tensor is complete', () => {
    const received = Conv1d.from(structuredClone(layer.stateDict()));
    assertSame(received.weight.data, layer.weight.data, 'weight');
    using x = resident([[1, 2, 3]]);
    for (const copy of [{ data: x.data.slice(), shape: x.shape }, tensor(x.data.slice(), [1, 3])])
      assertSame(layer.forward(structuredClone(copy)).data, layer.forward(x).data, 'output');
  });
});

describe('a copy by JSON', () => {
  it('of a parameter or a resident tensor is a tensor, but none for saveSafetensors', () => {
    using x = resident([[1, 2, 3]]);
    for (const copy of [layer.weight, x].map(throughJson)) {
      assert.deepEqual(tensor(copy).shape, copy.shape);
      refused(() => saveSafetensors({ copy }), /'copy' must be \{ data, shape \} with a typed array/, 'file');
    }
  });

  it('of NaN and Infinity is refused', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY])
      refused(
        () => tensor(throughJson(new Parameter(Float32Array.of(1, value), [2]))),
        /expected data in a typed array, got \[1, null\]/,
        String(value),
      );
  });

  it('of a plain tensor is refused, unless its data was a list', () => {
    const x = tensor([[1, 2, 3]]);
    refused(
      () => layer.forward(throughJson(x)),
      /^input: expected data in a typed array, got a plain object, as JSON makes of a typed array/,
      'data',
    );
    const list = throughJson({ data: [...x.data], shape: x.shape });
    assertSame(layer.forward(list).data, layer.forward(x).data, 'a list');
  });
});
