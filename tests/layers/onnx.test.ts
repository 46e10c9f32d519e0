// The test vectors of the ONNX backend tests.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { settings } from 'convnd';
import { assertSame, assertWithinBound } from '../helpers/compare.js';
import { type ExplicitCase, readJson, readTensors } from '../helpers/fixtures.js';
import { reference } from '../reference/reference.js';
import { explicitProblem, runExplicit } from './explicit.js';

// Equal to the last bit: sums as they are defined.
settings.winograd = 'never';

const { cases } = readJson<{ cases: (ExplicitCase & { exact: boolean })[] }>('onnx/cases.json');
const tensors = readTensors('onnx/cases.safetensors');

describe('ONNX vectors', () => {
  it('are 57', () => assert.equal(cases.length, 57));

  for (const entry of cases) {
    it(entry.id, () => {
      const [x, weight, bias, want] = ['input', 'weight', 'bias', 'output'].map((name) =>
        tensors.get(`${entry.id}/${name}`),
      );
      const y = runExplicit(entry, x!, weight!, bias);
      assert.deepEqual(y.shape, want!.shape);
      const result = reference(explicitProblem(entry, x!, weight!), x!.data, weight!.data, bias?.data);
      if (entry.exact) {
        assertSame(y.data, want!.data, entry.id);
        assertSame(result.output, want!.data, `${entry.id}, reference`);
        return;
      }
      assertWithinBound(y.data, result, entry.id);
      // The published values are float32 results themselves, up to 2.5 units from the true sum.
      assertWithinBound(y.data, { ...result, output: Float64Array.from(want!.data) }, entry.id, 2.5);
    });
  }
});
