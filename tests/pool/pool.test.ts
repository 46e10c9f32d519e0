// PyTorch's pooling, unfold and fold: its results, and its verdicts on bad and borderline arguments.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { functional, resident, tensor } from 'convnd';
import { assertSame, assertWithinBound } from '../helpers/compare.js';
import { readJson, readTensors } from '../helpers/fixtures.js';
import { refused } from '../helpers/refusal.js';
import {
  adaptiveReference,
  foldReference,
  type PoolProblem,
  poolReference,
} from '../reference/pool-reference.js';
import { product } from '../reference/reference.js';

interface Call {
  function: string;
  args: unknown[];
  options: Record<string, unknown>;
  input: number[];
}

interface PoolCase extends Call {
  id: string;
  output: number[];
  exact: boolean;
}

interface PoolVerdict extends Call {
  output?: number[];
  type?: string;
  message?: string;
  also?: string;
}

const { cases, verdicts } = readJson<{ cases: PoolCase[]; verdicts: PoolVerdict[] }>('pool/cases.json');
const tensors = readTensors('pool/cases.safetensors');

/** A name of torch's as ours. */
const camel = (name: string) => name.replace(/_([a-z\d])/g, (_, letter: string) => letter.toUpperCase());

const functions = functional as unknown as Record<string, (...args: unknown[]) => ReturnType<typeof tensor>>;

function call({ function: name, args, options }: Call, x: unknown, more = {}) {
  const named = Object.fromEntries(Object.entries(options).map(([key, value]) => [camel(key), value]));
  return functions[camel(name)](x, ...args, { ...named, ...more });
}

const list = (value: unknown, rank: number) =>
  (Array.isArray(value) ? value : new Array(rank).fill(value)) as number[];

/** The same by the naive reference; undefined for unfold, which computes nothing. */
function referenceOf({ function: name, args, options, input, output }: PoolCase, x: Float32Array) {
  if (name === 'unfold') return undefined;
  if (name === 'fold') {
    const both = (value: unknown) => list(value, 2);
    const { dilation = 1, padding = 0, stride = 1 } = options;
    const steps = { dilation: both(dilation), padding: both(padding), stride: both(stride) };
    return foldReference(x, product(output.slice(0, -2)), both(args[0]), both(args[1]), steps);
  }
  const rank = Number(/(\d)d$/.exec(name)?.[1]);
  const maps = product(input.slice(0, -rank));
  if (name.startsWith('adaptive'))
    return adaptiveReference('avg', maps, input.slice(-rank), output.slice(-rank), x);
  const kernel = list(args[0], rank);
  const problem: PoolProblem = {
    name: name.slice(0, 3) as 'max' | 'avg',
    maps,
    input: input.slice(-rank),
    kernel,
    stride: list(options.stride ?? kernel, rank),
    padding: list(options.padding ?? 0, rank),
    dilation: list(options.dilation ?? 1, rank),
    ceilMode: options.ceil_mode === true,
    countIncludePad: options.count_include_pad !== false,
    divisorOverride: (options.divisor_override as number | undefined) ?? null,
  };
  return poolReference(problem, x);
}

describe("PyTorch's results", () => {
  it('are 374, 178 of them exact', () => {
    assert.equal(cases.length, 374);
    assert.equal(cases.filter(({ exact }) => exact).length, 178);
  });

  for (const name of new Set(cases.map((entry) => entry.function))) {
    it(name, () => {
      for (const entry of cases.filter((other) => other.function === name)) {
        const x = tensors.get(`${entry.id}/input`)!;
        const want = tensors.get(`${entry.id}/output`)!.data;
        const label = `${entry.id} ${JSON.stringify(entry)}`;
        const y = call(entry, x);
        assert.deepEqual(y.shape, entry.output, label);
        const reference = referenceOf(entry, x.data);
        if (entry.exact || !reference) assertSame(y.data, want, label);
        else {
          assertSame(Float32Array.from(reference.output), want, `${label}, the naive reference`);
          assertWithinBound(y.data, { ...reference, output: Float64Array.from(reference.output) }, label);
        }

        // the same bits wherever they lie
        const out = tensor(new Float32Array(want.length).fill(7), entry.output);
        const there = resident({ shape: entry.output });
        for (const [given, to] of [
          [x, out],
          [resident(x), out],
          [resident(x), there],
        ] as const) {
          to.data.fill(7);
          assert.equal(call(entry, given, { out: to }), to);
          assertSame(to.data, y.data, label);
        }
      }
    });
  }
});

/** Torch has a few ways to say how a tuple must be. */
const plain = (sentence: string) =>
  sentence
    .replace(/must (?:be )?(?:either )?(?:be )?/, 'must be ')
    .replace(/, or /g, ' or ')
    .replace(/,(?=\S)/g, ', ');

describe("PyTorch's verdicts", () => {
  it('are 307, of them 201 refusals', () => {
    assert.equal(verdicts.length, 307);
    assert.equal(verdicts.filter(({ type }) => type).length, 201);
  });

  for (const name of new Set(verdicts.map((entry) => entry.function))) {
    it(name, () => {
      for (const entry of verdicts.filter((other) => other.function === name)) {
        const label = JSON.stringify(entry);
        const x = tensor(new Float32Array(product(entry.input)), entry.input);
        const sentence = entry.also ?? entry.message;
        if (!sentence) {
          assert.deepEqual(call(entry, x).shape, entry.output, label);
          continue;
        }
        const text = refused(() => call(entry, x), /./, label);
        // of kinds Python's own words are said, and torch counts wrong dimensions by an IndexError
        if (entry.type === 'RuntimeError' || entry.also)
          assert.ok(plain(text).startsWith(plain(sentence)), `${label}\n${text}`);
      }
    });
  }
});

describe('windows', () => {
  it('of fold whose counts are negative, with the product of the columns, are refused as by torch', () => {
    const text = refused(
      () => functional.fold(tensor(new Float32Array(144), [1, 12, 12]), [4, 5], 2, { dilation: 8 }),
      /too small/,
      'negative counts',
    );
    assert.match(text, /calculated shape of the array of sliding blocks as \(-4, -3\), which is too small/);
  });

  it('that are too large are refused with the name of the call once', () => {
    const small = tensor(new Float32Array(9), [1, 3, 3]);
    const text = refused(() => functional.maxPool2d(small, 5), /too small/, 'a large window');
    assert.equal(text.split('max_pool2d').length, 2, text);
  });

  it('of unfold on short rows are copied without a view of each row', (test) => {
    const subarray = test.mock.method(
      Object.getPrototypeOf(Float32Array.prototype) as Float32Array,
      'subarray',
    );
    const image = tensor(
      Float32Array.from({ length: 6000 }, (_, i) => i),
      [1, 3000, 2],
    );
    const columns = functional.unfold(image, [3, 1]);
    assert.ok(subarray.mock.callCount() < 100, `${subarray.mock.callCount()} views`);
    assert.deepEqual([...columns.data.subarray(5996, 6000)], [2, 3, 4, 5]);
  });

  it('of wide dilation are computed in parts of many outputs', (test) => {
    const set = test.mock.method(Object.getPrototypeOf(Float32Array.prototype) as Float32Array, 'set');
    const image = tensor(
      Float32Array.from({ length: 400_000 }, (_, i) => (i * 7919) % 1009),
      [1, 400_000],
    );
    const { data } = functional.maxPool1d(image, 2, { dilation: 100_000, stride: 1 });
    for (let i = 0; i < 300_000; i++)
      if (data[i] !== Math.max(image.data[i], image.data[i + 100_000]))
        assert.fail(`output ${i}: ${data[i]}`);
    assert.ok(set.mock.callCount() < 100, `${set.mock.callCount()} copies`);
  });
});
