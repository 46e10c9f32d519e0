// The reference itself is checked against PyTorch, so that everything compared with it is too.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { torchProblem } from '../helpers/build.js';
import { assertSame, assertWithinBound } from '../helpers/compare.js';
import { readJson, readTensors, type TorchCase } from '../helpers/fixtures.js';
import { reference } from './reference.js';

const { cases } = readJson<{ cases: TorchCase[] }>('pytorch/cases.json');
const tensors = readTensors('pytorch/cases.safetensors');

describe('the naive reference', () => {
  it(`gives PyTorch's numbers in all ${cases.length} cases`, () => {
    assert.equal(cases.length, 417);
    for (const { id, module, args, call, input, output, exact } of cases) {
      const [x, weight, bias, want] = ['input', 'weight', 'bias', 'output'].map((name) =>
        tensors.get(`${id}/${name}`),
      );
      const problem = torchProblem({ module, args }, input, call?.output_size);
      const result = reference(problem, x!.data, weight!.data, bias?.data);
      const rank = problem.kernel.length;
      assert.deepEqual(result.shape.slice(-(rank + 1)), output.slice(-(rank + 1)), id);
      if (exact) assertSame(result.output, want!.data, id);
      else assertWithinBound(want!.data, result, id, -3);
    }
  });
});
