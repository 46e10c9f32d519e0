// PyTorch's adaptive max pooling: its results, indices and gradients, and its verdicts on bad and borderline arguments.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { functional as F, Parameter, resident, type Tensor, tensor } from 'convnd';
import { record } from 'convnd/train';
import { assertSame } from '../helpers/compare.js';
import { readJson } from '../helpers/fixtures.js';
import { refused } from '../helpers/refusal.js';
import { product } from '../reference/reference.js';

interface Call {
  function: 'adaptive_max_pool1d' | 'adaptive_max_pool2d' | 'adaptive_max_pool3d';
  size: unknown;
  input: number[];
}

interface Case extends Call {
  /** null is NaN */
  x: (number | null)[];
  output: number[];
  y: (number | null)[];
  indices: number[];
  /** for a gradient of the output of 1, 2, 3, … */
  gradient: number[];
}

interface Verdict extends Call {
  output?: number[];
  type?: string;
  message?: string;
}

type AdaptiveMax = (x: Tensor, size: unknown, options?: object) => Tensor;

const { cases, verdicts } = readJson<{ cases: Case[]; verdicts: Verdict[] }>('pool/adaptive-max.json');
const numbers = (list: (number | null)[]) => Float32Array.from(list, (value) => value ?? Number.NaN);
const functionOf = ({ function: name }: Call): AdaptiveMax =>
  ({
    adaptive_max_pool1d: F.adaptiveMaxPool1d,
    adaptive_max_pool2d: F.adaptiveMaxPool2d,
    adaptive_max_pool3d: F.adaptiveMaxPool3d,
  })[name] as AdaptiveMax;

describe("PyTorch's adaptive max pooling", () => {
  it('has 36 results, of plain and resident tensors', () => {
    assert.equal(cases.length, 36);
    for (const entry of cases) {
      const x = tensor(numbers(entry.x), entry.input);
      for (const given of [x, resident(x)]) {
        const label = JSON.stringify(entry);
        const [y, indices] = functionOf(entry)(given, entry.size, {
          returnIndices: true,
        }) as unknown as Tensor[];
        assert.deepEqual(y.shape, entry.output, label);
        assertSame(y.data, numbers(entry.y), label);
        assert.deepEqual(indices.shape, entry.output, label);
        assert.deepEqual([...indices.data], entry.indices, label);
        assertSame(functionOf(entry)(given, entry.size).data, y.data, label);
      }
    }
  });

  it('has 36 gradients', () => {
    for (const entry of cases) {
      const label = JSON.stringify(entry);
      const x = new Parameter(numbers(entry.x), entry.input);
      const y = record(() => functionOf(entry)(x, entry.size));
      y.backward(
        tensor(
          Float32Array.from(entry.y, (_, i) => i + 1),
          entry.output,
        ),
      );
      assertSame(x.grad!.data, numbers(entry.gradient), label);
    }
  });

  it('has 40 verdicts, of them 28 refusals', () => {
    assert.equal(verdicts.length, 40);
    assert.equal(verdicts.filter(({ type }) => type).length, 28);
    for (const entry of verdicts) {
      const label = JSON.stringify(entry);
      const x = tensor(new Float32Array(product(entry.input)), entry.input);
      if (!entry.message) {
        assert.deepEqual(functionOf(entry)(x, entry.size).shape, entry.output, label);
        continue;
      }
      const text = refused(() => functionOf(entry)(x, entry.size), /adaptive_max_pool/, label);
      // of kinds Python's own words are said
      if (entry.type === 'RuntimeError') assert.ok(text.startsWith(entry.message), `${label}\n${text}`);
    }
  });

  it('is undone at the maxima by max unpooling', () => {
    const x = tensor([1, 5, 2, 4, 3, 9, 0, 7], [1, 2, 4]);
    const [y, indices] = F.adaptiveMaxPool1d(x, 2, { returnIndices: true });
    assert.deepEqual([...F.maxUnpool1d(y, indices, 2).data], [0, 5, 0, 4, 0, 9, 0, 7]);
  });
});
