// The float32 conformance vectors of WebNN.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { settings } from 'convnd';
import { assertUlps } from '../helpers/compare.js';
import { type ExplicitCase, readJson, readTensors } from '../helpers/fixtures.js';
import { reference } from '../reference/reference.js';
import { explicitProblem, permute, runExplicit } from './explicit.js';

// Units in the last place of every element: sums as they are defined.
settings.winograd = 'never';

interface WebnnCase extends ExplicitCase {
  name: string;
  to_nchw: number[];
  to_torch_filter: number[];
  ulp: number;
}

const { cases } = readJson<{ cases: WebnnCase[] }>('webnn/cases.json');
const tensors = readTensors('webnn/cases.safetensors');

describe('WebNN vectors', () => {
  it('are 43', () => assert.equal(cases.length, 43));

  for (const entry of cases) {
    it(`${entry.id}: ${entry.name}`, () => {
      const [given, filter, bias, published] = ['input', 'weight', 'bias', 'output'].map((name) =>
        tensors.get(`${entry.id}/${name}`),
      );
      const x = permute(given!, entry.to_nchw);
      const weight = permute(filter!, entry.to_torch_filter);
      const want = permute(published!, entry.to_nchw);
      const y = runExplicit(entry, x, weight, bias);
      assert.deepEqual(y.shape, want.shape);
      assertUlps(y.data, want.data, entry.ulp, entry.id);
      const { output } = reference(explicitProblem(entry, x, weight), x.data, weight.data, bias?.data);
      assertUlps(Float32Array.from(output), want.data, 1, `${entry.id}, reference`);
    });
  }
});
