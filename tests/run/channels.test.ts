// Channels of a resident tensor: every row of the table reads and writes them in place, and leaves their neighbours alone.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Conv1d, Conv2d, functional, type ResidentTensor, resident, tensor } from 'convnd';
import fc from 'fast-check';
import { algorithms } from '#src/plan/choice.js';
import { type AnyLayer, problemLayer } from '../helpers/build.js';
import { assertSame, assertTransformed } from '../helpers/compare.js';
import { parseLine, problemLine } from '../helpers/lines.js';
import { integers, reals } from '../helpers/numbers.js';
import { drawn, problemOf } from '../helpers/problems.js';
import { refused } from '../helpers/refusal.js';
import { takes } from '../helpers/takes.js';
import {
  inputShape,
  outputShape,
  type Problem,
  product,
  reference,
  weightShape,
} from '../reference/reference.js';

/** What stands in channels that nobody may write to. */
const GUARD = 77;

/** Numbers of channels before and behind those that are looked at. */
interface Beside {
  readonly before: number;
  readonly behind: number;
}

/** A tensor with more channels, filled with a number, and the view of those between. */
function within(shape: readonly number[], { before, behind }: Beside, fill: number, axis: 0 | 1 = 1) {
  const sizes = shape.map((size, i) => (i === axis ? before + size + behind : size));
  const whole = resident({ shape: sizes });
  whole.data.fill(fill);
  return { whole, view: whole.channels(before, shape[axis], { axis }) };
}

/** Writes numbers to a view, image by image. */
function write(view: ResidentTensor, values: Float32Array): void {
  const size = values.length / view.shape[0];
  for (let i = 0; i < view.shape[0]; i++)
    view.channels(i, 1, { axis: 0 }).data.set(values.subarray(i * size, (i + 1) * size));
}

/** The numbers of a view. */
function read(view: ResidentTensor): Float32Array {
  using copy = resident(view);
  return copy.data.slice();
}

/** Checks that nothing but the view was written to. */
function checkGuards(whole: ResidentTensor, view: ResidentTensor, label: string): void {
  write(view, new Float32Array(product(view.shape)).fill(GUARD));
  assert.ok(
    whole.data.every((value) => value === GUARD),
    `${label}: a neighbour was written over`,
  );
}

/** A layer with integers, of which every sum is exact. */
function layerOf(p: Problem, weight: Float32Array, bias: Float32Array | null): AnyLayer {
  const layer = problemLayer(p, bias !== null);
  layer.weight = tensor(weight, weightShape(p));
  if (bias) layer.bias = tensor(bias, [p.filters]);
  return layer;
}

/** Every row, from views to views, to plain tensors and from them, compared with the reference; counts the rows. */
function check(p: Problem, seed: number, beside: Beside[], counts: Map<string, number>, nonFinite = false) {
  const x = integers(product(inputShape(p)), seed);
  if (nonFinite) for (let at = seed % 5; at < x.length; at += 17) x[at] = [Number.NaN, 1 / 0, -1 / 0][at % 3];
  const weight = integers(product(weightShape(p)), seed + 1);
  const bias = seed % 3 === 0 ? null : integers(p.filters, seed + 2);
  const wanted = reference(p, x, weight, bias);
  const layer = layerOf(p, weight, bias);
  // its neighbours must not be read
  const { whole: inputs, view: input } = within(inputShape(p), beside[0], Number.NaN);
  const { whole: outputs, view: out } = within(outputShape(p), beside[1], GUARD);
  write(input, x);
  const plain = tensor(x, inputShape(p));
  const plainOut = tensor(new Float32Array(wanted.output.length), outputShape(p));
  for (const { name } of algorithms) {
    layer.algorithm = name;
    if (!takes(layer, plain.shape)) continue;
    counts.set(name, (counts.get(name) ?? 0) + 1);
    const label = `${name}: ${problemLine(p)}, ${JSON.stringify(beside)}`;
    const same = (got: Float32Array, what: string) =>
      name === 'winograd'
        ? assertTransformed(got, wanted, `${label}, ${what}`)
        : assertSame(got, wanted.output, `${label}, ${what}`);
    for (const [source, what] of [
      [input, 'from channels'],
      [plain, 'from a plain tensor'],
    ] as const) {
      outputs.data.fill(GUARD);
      assert.equal(layer.forward(source, { out }), out);
      const got = read(out);
      same(got, `${what} to channels`);
      assertSame(layer.forward(source).data, got, `${label}, ${what} to a new tensor`);
      checkGuards(outputs, out, `${label}, ${what}`);
    }
    // a plan is the same for channels and for what lies by itself
    plainOut.data.fill(GUARD);
    same(layer.forward(input, { out: plainOut }).data, 'from channels to a plain tensor');
    same(layer.forward(plain, { out: plainOut }).data, 'plain tensors afterwards');
    const relu = layer.forward(plain, { activation: 'leakyRelu', negativeSlope: 0.5 });
    layer.forward(input, { out, activation: 'leakyRelu', negativeSlope: 0.5 });
    assertSame(read(out), relu.data, `${label}, with an activation`);
    checkGuards(outputs, out, `${label}, with an activation`);
  }
  layer.dispose();
  inputs.dispose();
  outputs.dispose();
}

const beside = fc.record({ before: fc.nat(3), behind: fc.nat(3) });

/** Some images, as channels of one image follow one another in any case. */
const batched = drawn.map((d) => ({ ...d, unbatched: false, batch: 2 + (d.batch % 2) }));

describe('channels of a resident tensor', () => {
  for (const [what, numRuns, nonFinite, threes] of [
    ['of any layer', 150, false, false],
    ['of kernels of three', 80, false, true],
    ['with NaN and infinities', 50, true, false],
    ['of kernels of three with NaN and infinities', 50, true, true],
  ] as const) {
    it(`are read and written by every row: ${what}`, () => {
      const counts = new Map<string, number>();
      fc.assert(
        fc.property(batched, beside, beside, (d, input, output) => {
          check(
            problemOf({ ...d, threes: threes || d.threes }),
            d.values,
            [input, output],
            counts,
            nonFinite,
          );
        }),
        { numRuns },
      );
      assert.ok((counts.get('gemm') ?? 0) > numRuns / 2, JSON.stringify([...counts]));
    });
  }

  for (const line of [
    'n2 g3 c3 f3 i9x11 k3x3 p1x1',
    'n3 g7 c7 f7 i13x15 k3x3 s2x2 p1x1',
    'n2 g4 c4 f8 i40x3 k5x3 p2x1',
    'n2 g3 c3 f6 i300 k3 p2 reflect',
    'n2 g9 c9 f9 i3001 k5 p3 d2',
    'n3 g1 c16 f17 i12x13 k3x3 p1x1',
    'n2 g1 c3 f5 i41x3 k4x2 s2x1 p1x2',
    // a few maps at a time where they are copied
    'n2 g41 c41 f82 i50x60 k3x3 p1x1',
    // in several blocks
    'n2 g1 c2 f1 i1700x501 k1x2',
    'n2 g2 c2 f2 i1500x501 k3x2 p6x2 d6x2 circular',
    'T n2 g1 c1 f1 i500x900 k2x3 s2x2 d3x1',
    'T n2 g2 c4 f6 i20 k3 s1 p1',
  ]) {
    it(`are read and written by every row: ${line}`, () => {
      check(
        parseLine(line),
        4,
        [
          { before: 1, behind: 2 },
          { before: 2, behind: 1 },
        ],
        new Map(),
      );
    });
  }

  it('have no neighbours where weights are not finite, and those are left alone', () => {
    for (const line of ['n2 g1 c4 f5 i9x10 k3x3 p1x1', 'T n2 g1 c4 f5 i9x10 k3x3 s2x2 p1x1']) {
      const p = parseLine(line);
      const weight = integers(product(weightShape(p)), 1);
      weight[7] = Number.NaN;
      weight[19] = Number.POSITIVE_INFINITY;
      const layer = layerOf(p, weight, null);
      const x = tensor(integers(product(inputShape(p)), 2), inputShape(p));
      const { whole, view } = within(outputShape(p), { before: 1, behind: 1 }, GUARD);
      const { view: input } = within(inputShape(p), { before: 1, behind: 1 }, 1);
      write(input, x.data);
      layer.forward(input, { out: view });
      assertSame(read(view), layer.forward(x).data, line);
      checkGuards(whole, view, line);
    }
  });

  it('of few numbers are activated without those between the images', () => {
    const layer = new Conv1d(1, 3, 1);
    const { whole, view } = within([3, 1, 4], { before: 1, behind: 2 }, GUARD);
    const x = reals(12, 5);
    write(view, x);
    const positive = tensor(
      x.map((value) => Math.max(0, value)),
      [3, 1, 4],
    );
    assertSame(layer.forward(view, { inputActivation: 'relu' }).data, layer.forward(positive).data, 'output');
    whole.dispose();
  });

  it('make a concatenation without a copy, from and to one tensor', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3 }),
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 4 }),
        fc.nat(1000),
        (batch, widths, seed) => {
          // DenseNet: each layer reads all channels so far, and adds its own
          const total = widths.reduce((a, b) => a + b, 2);
          using all = resident({ shape: [batch, total, 6, 7] });
          write(all.channels(0, 2), reals(batch * 2 * 42, seed));
          let wanted = read(all.channels(0, 2));
          let known = 2;
          for (const width of widths) {
            const layer = new Conv2d(known, width, 3, { padding: 1 });
            const y = layer.forward(tensor(wanted, [batch, known, 6, 7]), { activation: 'relu' });
            layer.forward(all.channels(0, known), { out: all.channels(known, width), activation: 'relu' });
            // torch.cat along the channels
            const joined = new Float32Array(batch * (known + width) * 42);
            for (let image = 0; image < batch; image++) {
              const at = image * (known + width) * 42;
              joined.set(wanted.subarray(image * known * 42, (image + 1) * known * 42), at);
              joined.set(y.data.subarray(image * width * 42, (image + 1) * width * 42), at + known * 42);
            }
            wanted = joined;
            known += width;
          }
          assertSame(all.data, wanted, `${batch} images of ${widths}`);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('of a tensor without a batch lie along its first axis', () => {
    const layer = new Conv2d(3, 4, 3, { padding: 1 });
    const x = tensor(integers(3 * 30, 3), [3, 5, 6]);
    const { view: input } = within([3, 5, 6], { before: 2, behind: 1 }, Number.NaN, 0);
    const { whole, view: out } = within([4, 5, 6], { before: 1, behind: 2 }, GUARD, 0);
    input.data.set(x.data);
    layer.forward(input, { out });
    assertSame(out.data, layer.forward(x).data, 'unbatched');
    checkGuards(whole, out, 'unbatched');
    // rows of every channel are no channels
    using square = resident({ shape: [3, 8, 6] });
    refused(
      () => layer.forward(square.channels(1, 5)),
      /without a batch here; channels\(from, count, \{ axis: 0 \}\)/,
      'rows',
    );
    refused(
      () => layer.forward(x, { add: resident({ shape: [4, 8, 6] }).channels(1, 5) }),
      /without a batch here/,
      'added rows',
    );
    refused(
      () => layer.forward(x, { out: resident({ shape: [4, 8, 6] }).channels(1, 5) }),
      /axis: 0/,
      'rows as out',
    );
  });

  it('are ranges of ranges', () => {
    using whole = resident(
      tensor(
        Float32Array.from({ length: 2 * 6 * 2 }, (_, i) => i),
        [2, 6, 2],
      ),
    );
    const some = whole.channels(1, 4);
    assert.deepEqual(some.shape, [2, 4, 2]);
    assertSame(read(some.channels(1, 2)), [4, 5, 6, 7, 16, 17, 18, 19], 'of channels');
    assertSame(some.channels(1, 1, { axis: 0 }).data, [14, 15, 16, 17, 18, 19, 20, 21], 'one image');
    assertSame(some.channels(1, 1, { axis: 0 }).channels(2, 2).data, [18, 19, 20, 21], 'of one image');
    assertSame(whole.channels(0, 6).data, whole.data, 'all');
    assert.equal(whole.channels(6, 0).data.length, 0);
    // of no image, where they would lie beyond all memory
    using none = resident({ shape: [0, 4, 5000, 5000] });
    assert.equal(none.channels(3, 1).data.length, 0);
    // read by functionals, as weights too
    const filters = whole.channels(0, 1, { axis: 0 });
    assertSame(
      functional.conv1d(whole, filters).data,
      functional.conv1d(tensor(whole.data.slice(), [2, 6, 2]), tensor(filters.data.slice(), [1, 6, 2])).data,
      'weights',
    );
    assert.equal(whole.channels(1, 1).address, whole.address + 8);
  });

  it('are read and written by pooling', () => {
    for (const batch of [1, 3]) {
      const { whole, view } = within([batch, 2, 5, 6], { before: 1, behind: 2 }, GUARD);
      const { view: input } = within([batch, 2, 10, 12], { before: 2, behind: 1 }, Number.NaN);
      const x = tensor(reals(batch * 240, 4), [batch, 2, 10, 12]);
      write(input, x.data);
      const wanted = functional.maxPool2d(x, 2).data;
      assertSame(functional.maxPool2d(input, 2).data, wanted, 'from channels');
      for (const source of [input, x]) {
        whole.data.fill(GUARD);
        functional.maxPool2d(source, 2, { out: view });
        assertSame(read(view), wanted, 'to channels');
        checkGuards(whole, view, 'pooling');
      }
    }
  });

  it('that share numbers are no input and out of one call, unless they begin with the same channel; others are', () => {
    for (const batch of [1, 2]) {
      using whole = resident({ shape: [batch, 8, 5] });
      const layer = new Conv1d(3, 3, 3, { padding: 1 });
      for (let from = 0; from < 6; from++)
        for (let to = 0; to < 6; to++) {
          const call = () => layer.forward(whole.channels(from, 3), { out: whole.channels(to, 3) });
          if (from === to || Math.abs(from - to) >= 3) call();
          else
            refused(
              call,
              /^out: shares memory with the input, but does not begin .*; allocate it separately/,
              `${from} to ${to}`,
            );
        }
      new Conv1d(8, 3, 1).forward(whole, { out: whole.channels(0, 3) });
      refused(
        () => new Conv1d(8, 3, 1).forward(whole, { out: whole.channels(1, 3) }),
        /shares memory/,
        'of the whole',
      );
      refused(
        () => new Conv1d(3, 8, 1).forward(whole.channels(5, 3), { out: whole }),
        /shares memory/,
        'to the whole',
      );
      const array = whole.data;
      refused(
        () =>
          layer.forward(tensor(array.subarray(0, batch * 15), [batch, 3, 5]), { out: whole.channels(1, 3) }),
        /shares memory/,
        'a view of the memory',
      );
    }
  });
});
