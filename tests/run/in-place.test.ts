// An output that takes the place of its input: the same bits as with memory of its own, for every row of the table, in one block and
// in many, and what is refused.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type ActivationName,
  Conv1d,
  Conv2d,
  Conv3d,
  ConvTranspose2d,
  type ForwardOptions,
  functional,
  type ResidentTensor,
  resident,
  type Tensor,
  tensor,
} from 'convnd';
import fc from 'fast-check';
import { type Runner, runners, thisThread } from '#src/run/runner.js';
import { modes } from '../helpers/axes.js';
import { type AnyLayer, problemLayer } from '../helpers/build.js';
import { assertSame } from '../helpers/compare.js';
import { parseLine, problemLine } from '../helpers/lines.js';
import { integers, reals } from '../helpers/numbers.js';
import { refused } from '../helpers/refusal.js';
import { rows, takes } from '../helpers/takes.js';
import { inputShape, outputShape, type PaddingMode, type Problem, product } from '../reference/reference.js';

/** What stands beside a convolution; what is added may be the input. */
type Epilogue = Omit<ForwardOptions, 'out' | 'add'> & { readonly add?: 'input' | 'other' };

const epilogues: Epilogue[] = [
  {},
  { activation: 'relu' },
  { add: 'input', activation: 'relu' },
  { add: 'other', scale: 0.5 },
  { inputActivation: 'silu' },
  { inputActivation: 'relu', add: 'input', activation: 'tanh' },
];

/** Computes over the input, wherever it lies, and compares with what a call gives that leaves it as it is. */
function check(layer: AnyLayer, values: Tensor, { add, ...options }: Epilogue, label: string): void {
  const other =
    add === 'other'
      ? tensor(
          values.data.map((value, i) => (i % 7) - 2 * value),
          values.shape,
        )
      : undefined;
  const added = (x: Tensor): Tensor | undefined => (add === 'input' ? x : other);
  const wanted = layer.forward(values, { ...options, add: added(values) }).data;
  using x = resident(values);
  const plain = tensor(values.data.slice(), values.shape);
  for (const input of [x, plain]) {
    assert.equal(layer.forward(input, { ...options, out: input, add: added(input) }), input);
    assertSame(
      input.data,
      wanted,
      `${label} ${JSON.stringify({ add, ...options })} ${input === x ? '' : 'plain'}`,
    );
  }
}

/** The rows that compute a problem, one after another. */
function eachRow(p: Problem, work: (layer: AnyLayer, label: string) => void): number {
  const layer = problemLayer(p, true);
  let count = 0;
  for (const name of rows) {
    layer.algorithm = name;
    if (!takes(layer, inputShape(p))) continue;
    work(layer, `${name ?? 'chosen'}: "${problemLine(p)}"`);
    count++;
  }
  layer.dispose();
  return count;
}

/** How many blocks a layer takes. */
const blocksOf = (layer: AnyLayer, shape: number[]) =>
  Number(/in (\d+) block/.exec(layer.explain(shape))?.[1]);

const axis = fc.record({
  kernel: fc.integer({ min: 1, max: 5 }),
  dilation: fc.constantFrom(1, 1, 2, 3),
  extra: fc.nat(24),
});

/** Problems whose output has the shape of their input: step one, and a padding of half the reach. */
const problems: fc.Arbitrary<Problem> = fc
  .record({
    transposed: fc.boolean(),
    mode: fc.constantFrom<PaddingMode>('zeros', ...modes),
    batch: fc.constantFrom(1, 2, 3),
    groups: fc.constantFrom(1, 1, 2, 5),
    channels: fc.constantFrom(1, 1, 3, 8, 13),
    axes: fc.array(axis, { minLength: 1, maxLength: 3 }),
  })
  .map(({ transposed, mode, batch, groups, channels, axes }) => {
    // a transposed layer has one padding for both sides
    const kernel = axes.map((each) => (transposed ? each.kernel | 1 : each.kernel));
    const dilation = axes.map((each) => each.dilation);
    const reach = kernel.map((size, i) => dilation[i] * (size - 1));
    return {
      transposed,
      batch,
      groups,
      channels: groups * channels,
      filters: groups * channels,
      input: axes.map(({ extra }, i) => reach[i] + 1 + Math.floor(extra / axes.length)),
      kernel,
      stride: axes.map(() => 1),
      padding: reach.map((both) => [Math.floor(both / 2), Math.ceil(both / 2)]),
      dilation,
      outputPadding: axes.map(() => 0),
      mode: transposed ? 'zeros' : mode,
    };
  });

/** Maps that are cut into blocks along one axis or several, with dilations that are cut apart, and ends that wrap. */
const large = [
  'n1 g1 c2 f2 i900x1101 k3x3 p1x1',
  'n2 g1 c3 f3 i700x701 k5x1 p2x0',
  'n1 g1 c2 f2 i1000x1001 k1x1',
  'n1 g1 c2 f2 i900x901 k3x3 p1x1 circular',
  'n1 g2 c2 f2 i1800x901 k3x3 p6x2 d6x2 circular',
  'n1 g2 c2 f2 i1800x901 k3x3 p6x2 d6x2 reflect',
  'n1 g1 c4 f4 i96x97x98 k3x3x3 p4x4x4 d4x4x4',
  'n1 g1 c3 f3 i30x201x200 k3x3x3 p1x1x1 replicate',
  'n1 g1 c2 f2 i1000003 k3 p1',
  'n1 g1 c1 f1 i10x500000 k3x1 p1x0',
  'n1 g5 c5 f5 i1030x1031 k3x3 p1x1',
  'n1 g2 c2 f2 i1030x1031 k5x5 p2x2',
  'n1 g2 c2 f2 i1100001 k7 p3',
  'T n1 g1 c2 f2 i900x901 k3x3 p1x1',
  'n5 g1 c8 f8 i300x301 k3x3 p1x1',
  'n1 g1 c2 f2 i300001x3 k3x3 p1x1',
];

describe('an output in the place of its input', () => {
  it('has the same bits: random layers, every row', () => {
    let compared = 0;
    const property = fc.property(problems, fc.nat(1e6), (p, seed) => {
      const values = tensor(reals(product(inputShape(p)), seed), inputShape(p));
      compared += eachRow(p, (layer, label) => {
        layer.winograd = seed % 4 ? 'auto' : 'never';
        check(layer, values, epilogues[seed % epilogues.length], label);
      });
    });
    fc.assert(property, { numRuns: Number(process.env.CONVND_RUNS ?? 120) });
    assert.ok(compared > 0);
  });

  for (const line of large) {
    it(`has the same bits in several blocks: ${line}`, () => {
      const p = parseLine(line);
      const values = tensor(reals(product(inputShape(p)), 1), inputShape(p));
      let blocks = 1;
      eachRow(p, (layer, label) => {
        blocks = Math.max(blocks, blocksOf(layer, values.shape));
        const list = layer.algorithm ? epilogues.slice(0, 1) : epilogues.slice(0, 4);
        for (const epilogue of list) check(layer, values, epilogue, label);
      });
      assert.ok(blocks > 1 || p.groups > 1, `${blocks} blocks`);
    });
  }

  it('has the same bits where strides make the shape the same', () => {
    for (const line of [
      'T n2 g1 c4 f4 i4x4 k4x4 s2x2 p3x3',
      'T n1 g2 c4 f4 i6x9 k3x5 s2x2 p4x6 o1x0',
      'n1 g1 c3 f3 i9 k3 s2 p5',
      'n2 g3 c3 f3 i9x9 k3x3 s2x2 p5x5',
    ]) {
      const p = parseLine(line);
      assert.deepEqual(outputShape(p), inputShape(p), line);
      const values = tensor(reals(product(inputShape(p)), 2), inputShape(p));
      eachRow(p, (layer, label) => {
        for (const epilogue of epilogues) check(layer, values, epilogue, label);
      });
    }
  });

  it('has NaN and infinity where they belong, also where a transform is repaired for the first time', () => {
    for (const line of [
      'n1 g1 c8 f8 i20x21 k3x3 p1x1',
      'n1 g1 c3 f3 i1200x1201 k3x3 p1x1',
      'n2 g1 c4 f4 i300 k3 p1',
    ]) {
      const p = parseLine(line);
      const values = tensor(integers(product(inputShape(p)), 3), inputShape(p));
      for (const at of [7, Math.floor(values.data.length / 2), values.data.length - 9])
        values.data[at] = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY][at % 3];
      for (const epilogue of epilogues.slice(0, 3))
        for (const weightIsFinite of [true, false]) {
          const { add, ...options } = epilogue;
          // layers of their own: nothing is prepared for repairing
          const [one, other] = [0, 1].map(() => {
            const layer = problemLayer(p, true);
            layer.algorithm = 'winograd';
            layer.loadStateDict({
              weight: tensor(integers(product(layer.weight.shape), 4), layer.weight.shape),
              bias: tensor(integers(p.filters, 5), [p.filters]),
            });
            if (!weightIsFinite) layer.weight.data[1] = Number.NaN;
            return layer;
          });
          const wanted = one.forward(values, { ...options, add: add && values }).data;
          using x = resident(values);
          other.forward(x, { ...options, out: x, add: add && x });
          assertSame(x.data, wanted, `${line} ${JSON.stringify(epilogue)}`);
          for (const layer of [one, other]) layer.dispose();
        }
    }
  });

  it('may have fewer channels or more, from the same first one on', () => {
    for (const [spatial, rank] of [
      [[50, 51], 2],
      [[1200, 1001], 2],
      [[20, 31, 32], 3],
    ] as const)
      for (const groups of [1, 2]) {
        const make = rank === 2 ? Conv2d : Conv3d;
        for (const [channels, filters] of [
          [6, 4],
          [2, 6],
        ]) {
          for (const kernel of [1, 3]) {
            const layer = new make(channels, filters, kernel as never, { groups, padding: 'same' });
            for (const batch of [1, 2]) {
              using all = resident(
                tensor(reals(batch * 6 * product([...spatial]), 6), [batch, 6, ...spatial]),
              );
              const x = all.channels(0, channels);
              const wanted = layer.forward(resident(x)).data;
              const out = layer.forward(x, { out: all.channels(0, filters) }) as ResidentTensor;
              assertSame(
                resident(out).data,
                wanted,
                `${channels} to ${filters}, ${groups} groups, k${kernel}`,
              );
            }
          }
        }
      }
  });

  it('is what functionals give too', () => {
    const weight = tensor(reals(4 * 4 * 9, 7), [4, 4, 3, 3]);
    const values = tensor(reals(4 * 300, 8), [1, 4, 15, 20]);
    const options = { padding: 1, activation: 'relu' as ActivationName };
    const wanted = functional.conv2d(values, weight, null, options).data;
    using x = resident(values);
    assert.equal(functional.conv2d(x, weight, null, { ...options, out: x }), x);
    assertSame(x.data, wanted, 'conv2d');
  });

  it('may be a view of the numbers of the input', () => {
    const layer = new Conv1d(2, 2, 3, { padding: 1 });
    const values = tensor(reals(40, 10), [2, 20]);
    const wanted = layer.forward(values).data;
    using x = resident(values);
    layer.forward(x, { out: tensor(x.data, [2, 20]) });
    assertSame(x.data, wanted, 'a view as out');
    x.data.set(values.data);
    layer.forward(tensor(x.data, [2, 20]), { out: x });
    assertSame(x.data, wanted, 'a view as input');
  });

  it('has the same bits in whatever order parts of a call are carried out, as by threads', () => {
    const backwards: Runner = {
      run: (engine, entry, task, workspace, begin, end) => {
        const middle = [1, 2, 3].map((part) => begin + Math.floor(((end - begin) * part) / 4));
        const edges = [begin, ...middle, end];
        for (let part = 4; part > 0; part--)
          engine.entries[entry](task, workspace, edges[part - 1], edges[part]);
      },
    };
    try {
      for (const [layer, shape] of [
        [new Conv2d(2, 2, 7, { padding: 3, groups: 2 }), [1, 2, 384, 384]],
        [new Conv2d(1, 1, 15, { padding: 7 }), [1, 1, 512, 512]],
        [new Conv2d(3, 3, 3, { padding: 1, groups: 3 }), [1, 3, 300, 301]],
        [new Conv1d(8, 8, 3, { padding: 1, groups: 8 }), [1, 8, 20_000]],
        [new Conv2d(64, 64, 3, { padding: 1 }), [1, 64, 40, 40]],
        [new Conv2d(40, 40, 1), [1, 40, 50, 50]],
        [new Conv3d(5, 5, 3, { padding: 2, dilation: 2 }), [1, 5, 30, 31, 32]],
      ] as const) {
        const values = tensor(reals(product(shape), 5), [...shape]);
        runners.current = thisThread;
        const wanted = layer.forward(values).data;
        runners.current = backwards;
        using x = resident(values);
        assertSame(layer.forward(x, { out: x }).data, wanted, String(layer));
      }
    } finally {
      runners.current = thisThread;
    }
  });

  it('alternates with outputs of their own', () => {
    const layer = new Conv2d(3, 3, 3, { padding: 1 });
    const values = tensor(reals(3 * 400 * 401, 1), [1, 3, 400, 401]);
    let wanted: Tensor = values;
    using x = resident(values);
    for (let i = 0; i < 3; i++) {
      wanted = layer.forward(wanted, { activation: 'relu' });
      layer.forward(x, { out: x, activation: 'relu' });
      assertSame(x.data, wanted.data, `turn ${i}`);
    }
  });

  it('is no such one where it has the same channels of other images', () => {
    const layer = new Conv1d(4, 4, 3, { padding: 1 });
    const values = tensor(reals(5 * 8 * 6, 11), [5, 8, 6]);
    const images = (of: ResidentTensor, from: number) => of.channels(from, 2, { axis: 0 }).channels(2, 4);
    for (const [from, to] of [
      [0, 2],
      [3, 1],
      [3, 0],
    ]) {
      using whole = resident(values);
      const wanted = layer.forward(resident(images(whole, from))).data;
      const out = layer.forward(images(whole, from), { out: images(whole, to) });
      assertSame(resident(out).data, wanted, `from image ${from} to image ${to}`);
    }
    using whole = resident(values);
    refused(
      () => layer.forward(images(whole, 1), { out: images(whole, 2) }),
      /^out: shares memory with the input/,
      'an image of both',
    );
  });

  it('is refused where maps would be written over before they are read', () => {
    using whole = resident({ shape: [2, 8, 6, 6] });
    const half = whole.channels(0, 4);
    const message =
      /^out: shares memory with the input, but does not begin at its first channel or has maps of another size; allocate it separately/;
    const layer = new Conv2d(4, 4, 3, { padding: 1 });
    refused(() => layer.forward(half, { out: whole.channels(2, 4) }), message, 'channels apart');
    refused(() => layer.forward(whole.channels(2, 4), { out: half }), message, 'channels before');
    const strided = new ConvTranspose2d(8, 2, 2, { stride: 2 });
    using small = resident({ shape: [1, 8, 6, 6] });
    const view = tensor(small.data, [1, 2, 12, 12]);
    refused(() => strided.forward(small, { out: view }), message, 'maps of other sizes');
    refused(
      () => new Conv2d(8, 8, 3).forward(small, { out: small }),
      /^out: expected shape \[1, 8, 4, 4\], got \[1, 8, 6, 6\]/,
      'another shape',
    );
    // images that lie otherwise
    using two = resident({ shape: [2, 4, 9] });
    const array = two.data;
    refused(
      () => new Conv1d(4, 2, 1).forward(two, { out: tensor(array.subarray(0, 36), [2, 2, 9]) }),
      message,
      'images apart',
    );
  });
});
