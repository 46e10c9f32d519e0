// The forward results of PyTorch's six layers.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tensor } from 'convnd';
import { moduleNames, torchLayer, torchProblem } from '../helpers/build.js';
import { assertSame, assertTransformed, assertWithinBound } from '../helpers/compare.js';
import { readJson, readTensors, type TorchCase } from '../helpers/fixtures.js';
import { unlessUnable } from '../helpers/takes.js';
import { product, reference } from '../reference/reference.js';

const { cases } = readJson<{ cases: TorchCase[] }>('pytorch/cases.json');
const tensors = readTensors('pytorch/cases.safetensors');
const stored = (id: string, name: string) => tensors.get(`${id}/${name}`);

/** By direct sums, by the algorithm that the layer chooses, or by Winograd's wherever it can. */
type Way = 'never' | 'auto' | 'winograd';

function check(entry: TorchCase, got: Float32Array, way: Way): void {
  const { id, input, call } = entry;
  const want = stored(id, 'output')!.data;
  if (entry.exact && way !== 'winograd') {
    assertSame(got, want, id);
    return;
  }
  if (entry.nonfinite) {
    const places = (values: Float32Array) => values.map((value) => (Number.isFinite(value) ? 0 : value));
    assertSame(places(got), places(want), `${id}, NaN and infinities`);
  }
  const problem = torchProblem(entry, input, call?.output_size);
  const [x, weight, bias] = ['input', 'weight', 'bias'].map((name) => stored(id, name)?.data);
  const result = reference(problem, x!, weight!, bias);
  if (way === 'never') assertWithinBound(got, result, id);
  else assertTransformed(got, result, `${id} with Winograd's algorithm`);
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
          const layer = torchLayer(entry);
          const [x, weight, bias] = ['input', 'weight', 'bias'].map((name) => stored(entry.id, name));
          layer.loadStateDict({ weight: weight!, ...(bias && { bias }) });
          const outputSize = entry.call?.output_size;
          for (const way of ['never', 'auto', 'winograd'] as const) {
            layer.winograd = way === 'never' ? 'never' : 'auto';
            layer.algorithm = way === 'winograd' ? way : undefined;
            const y = unlessUnable(() => layer.forward(x!, { outputSize }));
            if (!y && way === 'winograd') continue;
            assert.deepEqual(y!.shape, entry.output);
            check(entry, y!.data, way);

            const out = tensor(new Float32Array(product(entry.output)).fill(Number.NaN), entry.output);
            assert.equal(layer.forward(x!, { outputSize, out }), out);
            assertSame(out.data, y!.data, `${entry.id} with out`);
          }
          assert.deepEqual(layer.outputShape(entry.input, { outputSize }), entry.output);
        });
      }
    });
  }
});
