// The forward results of PyTorch's six layers.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tensor } from 'convnd';
import { moduleNames, torchLayer, torchProblem } from './build.js';
import { assertSame, assertWithinBound } from './compare.js';
import { readJson, readTensors, type Stored, type TorchCase } from './fixtures.js';
import { product, reference } from './reference.js';

const { cases } = readJson<{ cases: TorchCase[] }>('pytorch/cases.json');
const tensors = readTensors('pytorch/cases.safetensors');

function check(entry: TorchCase, got: Float32Array, want: Stored, label: string): void {
  if (entry.exact) {
    assertSame(got, want.data, label);
    return;
  }
  if (entry.nonfinite) {
    const finite = (values: Float32Array) => values.map((value) => (Number.isFinite(value) ? 0 : value));
    assertSame(finite(got), finite(want.data), `${label}, NaN and infinities`);
  }
  const stored = (name: string) => tensors.get(`${entry.id}/${name}`)?.data;
  const problem = torchProblem(entry, entry.input, entry.call?.output_size);
  const result = reference(problem, stored('input')!, stored('weight')!, stored('bias'));
  assertWithinBound(got, result, label);
}

describe('PyTorch forward', () => {
  it('has 417 cases, 210 of them exact, 12 with NaN and infinities', () => {
    assert.equal(cases.length, 417);
    assert.equal(cases.filter(({ exact }) => exact).length, 210);
    assert.equal(cases.filter(({ nonfinite }) => nonfinite).length, 12);
  });

  for (const module of moduleNames) {
    describe(module, () => {
      for (const entry of cases.filter((other) => other.module === module)) {
        it(entry.id.slice(module.length + 1), () => {
          const stored = (name: string) => tensors.get(`${entry.id}/${name}`);
          const layer = torchLayer(entry);
          const bias = stored('bias');
          layer.loadStateDict({ weight: stored('weight')!, ...(bias && { bias }) });
          const outputSize = entry.call?.output_size;
          const want = stored('output')!;

          const y = layer.forward(stored('input')!, { outputSize });
          assert.deepEqual(y.shape, entry.output);
          check(entry, y.data, want, entry.id);

          const out = tensor(new Float32Array(product(entry.output)).fill(Number.NaN), entry.output);
          assert.equal(layer.forward(stored('input')!, { outputSize, out }), out);
          assertSame(out.data, y.data, `${entry.id} with out`);

          assert.deepEqual(layer.outputShape(entry.input, { outputSize }), entry.output);
        });
      }
    });
  }
});
