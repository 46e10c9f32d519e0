// What stands beside a convolution in its call: inputActivation, scale, add and activation, for every row of the table, plain and
// resident, in one block and in many.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type ActivationName,
  Conv1d,
  Conv2d,
  ConvTranspose2d,
  type ForwardOptions,
  resident,
  type Tensor,
  tensor,
} from 'convnd';
import fc from 'fast-check';
import { type AnyLayer, problemLayer } from '../helpers/build.js';
import { assertSame } from '../helpers/compare.js';
import { parseLine, problemLine } from '../helpers/lines.js';
import { integers, NOT_FINITE, reals } from '../helpers/numbers.js';
import { drawn, problemOf } from '../helpers/problems.js';
import { rows, unlessUnable } from '../helpers/takes.js';
import { activated } from '../reference/activated.js';
import {
  inputShape,
  outputShape,
  type Problem,
  product,
  reference,
  weightShape,
} from '../reference/reference.js';

const names = Object.keys(activated) as ActivationName[];
const pick = <T>(list: readonly T[], seed: number): T => list[seed % list.length];

/** Numbers as an activation of a call leaves them: a layer that does nothing else. */
function through(numbers: Float32Array, activation?: ActivationName, negativeSlope?: number): Float32Array {
  const same = new Conv1d(1, 1, 1, { bias: false });
  same.weight = [[[1]]];
  const y = same.forward(tensor(numbers, [1, numbers.length]), { activation, negativeSlope }).data;
  same.dispose();
  return y;
}

/** What may stand beside a convolution. */
interface Epilogue extends Omit<ForwardOptions, 'out' | 'add'> {
  readonly adds: boolean;
}

function epilogueFor(seed: number): Epilogue {
  const activation = pick([undefined, ...names], seed);
  const inputActivation = pick([undefined, ...names], seed >> 4);
  return {
    adds: (seed >> 8) % 3 !== 0,
    ...((seed >> 10) % 2 && { scale: pick([0.5, -2, 0, 1.7], seed >> 11) }),
    activation,
    inputActivation,
    ...(activation === 'leakyRelu' && { negativeSlope: pick([undefined, 0.25, -1], seed >> 13) }),
    ...(inputActivation === 'leakyRelu' && { inputNegativeSlope: pick([undefined, 0.25, -1], seed >> 15) }),
  };
}

/** What a call with `beside` has to give, to the bit: each step by itself, in float32. */
function stepByStep(layer: AnyLayer, x: Tensor, addend: Float32Array, epilogue: Epilogue): Float32Array {
  const { adds, scale = 1, activation, negativeSlope, inputActivation, inputNegativeSlope } = epilogue;
  const input = inputActivation ? through(x.data, inputActivation, inputNegativeSlope) : x.data;
  const y = layer.forward(tensor(input, x.shape)).data;
  const mixed = y.map((v, i) => {
    const scaled = Math.fround(v * Math.fround(scale));
    return adds ? scaled + addend[i] : scaled;
  });
  return activation ? through(mixed, activation, negativeSlope) : mixed;
}

/** Plain and resident tensors, and what is added in the place of the output. */
const places = [0, 1, 2, 3].flatMap((at) => [0, 1, 2].map((add) => ({ at, add })));

/** Compares a row's calls with what they have to give; false where it can't compute them. */
function check(p: Problem, row: string | undefined, seed: number, tried = places): boolean {
  const layer = problemLayer(p, true);
  layer.algorithm = row;
  layer.winograd = seed % 2 ? 'auto' : 'never';
  const x = tensor(
    reals(product(inputShape(p)), seed).map((v) => 3 * v),
    inputShape(p),
  );
  const addend = reals(product(outputShape(p)), seed + 1);
  if (seed % 4 === 0) x.data[seed % x.data.length] = NOT_FINITE[seed % 3];
  if (seed % 5 === 0) addend[seed % addend.length] = NOT_FINITE[seed % 3];
  const epilogue = epilogueFor(seed);
  const { adds, ...options } = epilogue;
  const wanted = unlessUnable(() => stepByStep(layer, x, addend, epilogue));
  if (!wanted) return false;
  const before = x.data.slice();
  for (const { at, add } of tried) {
    if (!adds && add > 0) continue;
    const shape = outputShape(p);
    const input = at & 1 ? resident(x) : x;
    const out = at & 2 ? resident({ shape }) : tensor(new Float32Array(product(shape)), shape);
    out.data.fill(Number.NaN);
    if (add === 2) out.data.set(addend);
    const given = add === 2 ? out : add === 1 ? resident(tensor(addend, shape)) : tensor(addend, shape);
    layer.forward(input, { ...options, out, ...(adds && { add: given }) });
    const text = `${row ?? 'chosen'} ${problemLine(p)} ${JSON.stringify(epilogue)} ${at} ${add} seed ${seed}`;
    assertSame(out.data, wanted, text);
    assertSame(input.data, before, `${text}: the input`);
    if (add !== 2) assertSame(given.data, addend, `${text}: the addend`);
    for (const each of [input, out, given]) if ('dispose' in each) (each as { dispose(): void }).dispose();
  }
  layer.dispose();
  return true;
}

describe('beside a convolution', () => {
  it('stands the same as step by step, for random problems and every row', () => {
    let computed = 0;
    fc.assert(
      fc.property(drawn, fc.nat(1_000_000), (d, seed) => {
        const p = problemOf(d);
        if (product(outputShape(p)) * product(inputShape(p)) === 0) return;
        for (const row of rows)
          computed += Number(check(p, row, seed, [pick(places, seed), pick(places, seed >> 3)]));
      }),
      { numRuns: 200 },
    );
    assert.ok(computed > 400, `${computed} computed`);
  });

  for (const line of [
    'n2 g1 c3 f5 i37 k4 s2 p2',
    'n3 g1 c16 f17 i12x13 k3x3 p1x1',
    'n1 g2 c6 f4 i3x4x9 k2x3x2 p1x1x1 replicate',
    'n1 g1 c4 f4 i60x3 k3x3 p1x1',
    'T n2 g1 c4 f6 i5x6 k4x4 s2x2 p1x1',
    'T n1 g1 c2 f3 i3x5 k2x2 s3x4 o2x1',
  ]) {
    it(`likewise wherever the tensors lie: ${line}`, () => {
      for (const row of rows) for (let seed = 1; seed < 9; seed++) check(parseLine(line), row, 7919 * seed);
    });
  }

  // a few maps at a time, then several blocks
  for (const line of [
    'n2 g41 c41 f82 i50x60 k3x3 p1x1',
    'n1 g23 c23 f23 i3001 k3 p2 reflect',
    'n2 g1 c1 f3 i700x1001 k3x1 p2x0 d2x1',
    'n9 g1 c2 f1 i600x701 k1x2',
    'T n1 g1 c1 f2 i900001 k4 s3 p2',
    'n1 g1 c1 f1 i10x500000 k3x1 p2x0 d2x1',
  ]) {
    it(`likewise in parts: ${line}`, () => {
      const p = parseLine(line);
      // leakyRelu before and tanh behind a sum, then tanh alone, for which kernels write in place
      check(p, undefined, 0x131, [places[0], places[10]]);
      check(p, undefined, 4, [places[9]]);
    });
  }
});

/** Whole numbers in, whole numbers out: slopes and scales too. */
const whole: Partial<Record<ActivationName, number | undefined>> = { relu: 0, relu6: 0, leakyRelu: -3 };

describe('beside a convolution of integers', () => {
  it('every row but Winograd gives what the naive definition has, to the bit', () => {
    let computed = 0;
    fc.assert(
      fc.property(drawn, fc.nat(1_000_000), (d, seed) => {
        const p = problemOf(d);
        if (product(outputShape(p)) * product(inputShape(p)) === 0) return;
        const x = integers(product(inputShape(p)), seed);
        if (seed % 3 === 0) x[seed % x.length] = NOT_FINITE[seed % 9 === 0 ? 0 : 1];
        const weight = integers(product(weightShape(p)), seed + 1);
        const bias = integers(p.filters, seed + 2);
        const addend = integers(product(outputShape(p)), seed + 3);
        const [inputActivation, activation] = [
          pick([...names.slice(0, 3)], seed),
          pick(names.slice(0, 3), seed >> 2),
        ];
        const scale = pick([1, -1, 2, 0.5], seed >> 4);
        const input = x.map((v) => activated[inputActivation](v, whole[inputActivation]!));
        const { output } = reference(p, input, weight, bias);
        const wanted = output.map((v, i) => activated[activation](scale * v + addend[i], whole[activation]!));
        for (const row of rows.slice(1)) {
          if (row === 'winograd') continue;
          const layer = problemLayer(p, true);
          layer.algorithm = row;
          layer.loadStateDict({ weight: tensor(weight, weightShape(p)), bias: tensor(bias, [p.filters]) });
          const options = {
            scale,
            add: tensor(addend, outputShape(p)),
            activation,
            inputActivation,
            ...(activation === 'leakyRelu' && { negativeSlope: -3 }),
            ...(inputActivation === 'leakyRelu' && { inputNegativeSlope: -3 }),
          };
          const y = unlessUnable(() => layer.forward(tensor(x, inputShape(p)), options));
          if (y)
            assertSame(
              y.data,
              wanted,
              `${row} ${problemLine(p)} ${JSON.stringify({ ...options, add: seed })}`,
            );
          computed += Number(y !== undefined);
          layer.dispose();
        }
      }),
      { numRuns: 300 },
    );
    assert.ok(computed > 300, `${computed} computed`);
  });
});

/** The distance of neighbouring float32 at a number. */
const unit = (x: number): number => 2 ** (Math.floor(Math.log2(Math.max(Math.abs(x), 2 ** -126))) - 23);

describe('activations', () => {
  for (const name of names) {
    it(`${name} are within three units of the last place of the definition`, () => {
      const word = new Uint32Array(1);
      const float = new Float32Array(word.buffer);
      const list: number[] = [];
      for (let bits = 0; bits < 0x7f800000; bits += 20011) {
        word[0] = bits;
        list.push(float[0], -float[0]);
      }
      for (let i = 0; i < 100_000; i++) list.push((20 * i) / 100_000 - 10);
      const x = Float32Array.from(list);
      const y = through(x, name);
      x.forEach((v, i) => {
        const wanted = activated[name](v, Math.fround(0.01));
        // a power of two that is too large, as torch's hardswish has it
        if (name === 'hardswish' && v > 2 ** 125) return;
        // the smallest results may be 0; those of gelu below -1 lose what exp(-x²/2) does, less than torch's 1 + erf loses
        const slack = name === 'gelu' && v < -1 ? v * v : 0;
        const error = Math.abs(y[i] - wanted);
        if (!(error <= (3.5 + slack) * unit(wanted) || (Math.abs(wanted) < 1e-36 && y[i] === 0)))
          assert.fail(`${name}(${v}) is ${y[i]}, not ${wanted}`);
      });
    });
  }

  it('at numbers that are not finite, and at zeros, are what torch gives', () => {
    const x = Float32Array.of(
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      0,
      1e-45,
      -1e38,
    );
    const [nan, inf] = NOT_FINITE;
    assertSame(through(x, 'tanh'), [nan, 1, -1, 0, 1e-45, -1].map(Math.fround), 'tanh');
    assertSame(through(x, 'sigmoid'), [nan, 1, 0, 0.5, 0.5, 0], 'sigmoid');
    assertSame(through(x, 'silu'), [nan, inf, nan, 0, 0, 0], 'silu');
    // half of the smallest number, which torch rounds down
    assertSame(through(x, 'gelu'), [nan, inf, nan, 0, 1e-45, 0].map(Math.fround), 'gelu');
    assertSame(through(x, 'hardswish'), [nan, inf, nan, 0, 0, 0], 'hardswish');
  });
});

describe('forward', () => {
  it('activates what is padded, not the zeros around it', () => {
    const sums = new Conv1d(1, 1, 3, { padding: 1, bias: false });
    sums.weight = [[[1, 1, 1]]];
    for (const row of rows.slice(1)) {
      sums.algorithm = row;
      const y = unlessUnable(() => sums.forward([[0, 0, 0]], { inputActivation: 'sigmoid' }));
      if (y) assertSame(y.data, [1, 1.5, 1], String(row));
    }
  });

  it('adds what it was not finite before, where Winograd steps aside', () => {
    const p = parseLine('n2 g1 c16 f16 i20x20 k3x3 p1x1');
    for (const seed of [4 * 257 + 2 ** 8, 8 * 257 + 2 ** 8]) assert.ok(check(p, 'winograd', seed));
  });

  // a factor leaves nothing to Winograd's kernels, which else add where an addend lies as the output does
  for (const scale of [0.5, 1])
    it(`takes channels of resident tensors on all sides, times ${scale}`, () => {
      const conv = new Conv2d(3, 5, 3, { padding: 1 });
      conv.algorithm = 'winograd';
      const [x, add] = [reals(2 * 3 * 49, 1), reals(2 * 5 * 49, 2)];
      const options = { scale, activation: 'silu', inputActivation: 'leakyRelu' } as const;
      const wanted = conv.forward(tensor(x, [2, 3, 7, 7]), {
        ...options,
        add: tensor(add, [2, 5, 7, 7]),
      }).data;
      const all = resident({ shape: [2, 16, 7, 7] });
      const view = (from: number, count: number, values: Float32Array) => {
        const channels = all.channels(from, count);
        const size = count * 49;
        for (const image of [0, 1])
          channels
            .channels(image, 1, { axis: 0 })
            .data.set(values.subarray(image * size, (image + 1) * size));
        return channels;
      };
      const same = view(0, 5, add);
      const other = view(5, 5, add);
      const input = view(10, 3, x);
      const rest = all.channels(13, 3);
      for (const out of [same, resident({ shape: [2, 5, 7, 7] })]) {
        for (const given of [same, other, tensor(add, [2, 5, 7, 7]), resident(tensor(add, [2, 5, 7, 7]))]) {
          view(0, 5, add);
          conv.forward(input, { ...options, add: given, out });
          assertSame(resident(out).data, wanted, `${out === same} ${given === same}`);
          assertSame(resident(rest).data, new Float32Array(2 * 3 * 49), 'the channels beside');
        }
      }
      // without an addend kernels write in place
      const plain = conv.forward(tensor(x, [2, 3, 7, 7]), options).data;
      conv.forward(input, { ...options, out: same });
      assertSame(resident(same).data, plain, 'in place');
      assertSame(resident(other).data, add, 'the neighbours');
    });

  it('goes with unbatched and empty inputs and with an output size', () => {
    const up = new ConvTranspose2d(1, 1, 2, { stride: 2, bias: false });
    up.weight = tensor(Float32Array.of(1, -1, 2, -2), [1, 1, 2, 2]);
    const add = tensor(new Float32Array(10).fill(1), [1, 2, 5]);
    const y = up.forward([[[1, -1]]], { add, activation: 'relu', outputSize: [2, 5] });
    assertSame(y.data, [2, 0, 0, 2, 1, 3, 0, 0, 3, 1], 'with an output size');
    const empty = tensor(new Float32Array(0), [0, 1, 6, 6]);
    assert.deepEqual(up.forward(tensor([], [0, 1, 3, 3]), { add: empty, scale: 2 }).shape, [0, 1, 6, 6]);
  });

  it('adds the input itself', () => {
    const conv = new Conv1d(1, 1, 1, { bias: false });
    conv.weight = [[[2]]];
    for (const x of [tensor([1, 2, 3], [1, 3]), resident(tensor([1, 2, 3], [1, 3]))])
      assertSame(conv.forward(x, { add: x }).data, [3, 6, 9], 'x + 2 x');
  });
});
