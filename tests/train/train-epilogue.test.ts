// Gradients of all that may stand beside a convolution in its call: inputActivation, upsample, scale, add and activation. Against finite
// differences of the naive reference, and the slopes of activations against PyTorch's.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type ActivationName,
  Conv1d,
  Conv2d,
  functional as F,
  type ForwardOptions,
  memoryUsage,
  Parameter,
  resident,
  type Tensor,
  tensor,
} from 'convnd';
import { type AnyLayer, add, backward, mseLoss, record } from 'convnd/train';
import fc from 'fast-check';
import { problemLayer } from '../helpers/build.js';
import { assertNear, assertSame } from '../helpers/compare.js';
import { problemLine } from '../helpers/lines.js';
import { integers, reals } from '../helpers/numbers.js';
import { drawn, problemOf } from '../helpers/problems.js';
import { refused } from '../helpers/refusal.js';
import { activated } from '../reference/activated.js';
import { inner } from '../reference/equation.js';
import { inputShape, type Problem, product, reference, weightShape } from '../reference/reference.js';
import { repeated } from '../reference/repeated.js';

const names = Object.keys(activated) as ActivationName[];
const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

/** What is drawn to stand beside a convolution. */
interface DrawnEpilogue {
  activation: ActivationName | undefined;
  inputActivation: ActivationName | undefined;
  slope: number | undefined;
  scale: number;
  adds: boolean;
  upsample: number;
}

const besides: fc.Arbitrary<DrawnEpilogue> = fc.record({
  activation: fc.constantFrom(undefined, ...names),
  inputActivation: fc.constantFrom(undefined, ...names),
  slope: fc.constantFrom(undefined, 0.3, -0.7),
  scale: fc.constantFrom(1, 1, 0.5, -1.5),
  adds: fc.boolean(),
  upsample: fc.constantFrom(1, 1, 2),
});

const optionsOf = ({
  activation,
  inputActivation,
  slope,
  scale,
  upsample,
}: DrawnEpilogue): ForwardOptions => ({
  ...(activation && { activation }),
  ...(inputActivation && { inputActivation }),
  ...(activation === 'leakyRelu' && slope !== undefined && { negativeSlope: slope }),
  ...(inputActivation === 'leakyRelu' && slope !== undefined && { inputNegativeSlope: slope }),
  ...(scale !== 1 && { scale }),
  ...(upsample > 1 && { upsample }),
});

/** ⟨activation(scale (convolution of inputActivation(x), repeated) + add), g⟩ in float64, and how near a kink any number is. */
function resultOf(p: Problem, b: DrawnEpilogue, operands: readonly Float64Array[], g: Float32Array) {
  const { activation, inputActivation, slope = 0.01, scale, upsample } = b;
  const [x, weight, bias, addend] = operands;
  const act = (name: ActivationName | undefined) => (v: number) => (name ? activated[name](v, slope) : v);
  const larger = { ...p, input: p.input.map((size) => size * upsample) };
  const times = p.input.map(() => upsample);
  const convolved = reference(
    larger,
    repeated(x.map(act(inputActivation)), inputShape(p), times),
    weight,
    bias,
  );
  const given = convolved.output.map((value, i) => scale * value + (b.adds ? addend[i] : 0));
  const kinks = [-3, 0, 3, 6];
  const gap = (values: Float64Array) =>
    values.reduce((least, v) => Math.min(least, ...kinks.map((kink) => Math.abs(v - kink))), inf);
  const nearest = Math.min(activation ? gap(given) : inf, inputActivation ? gap(x) : inf);
  return { value: inner(given.map(act(activation)), g), nearest, shape: convolved.shape };
}

describe('gradients beside a convolution', () => {
  it('are slopes of the naive reference', () => {
    let compared = 0;
    fc.assert(
      fc.property(drawn, besides, fc.nat(1000), (d, drawnEpilogue, pick) => {
        const p = problemOf(d);
        const b = p.transposed ? { ...drawnEpilogue, upsample: 1 } : drawnEpilogue;
        if (product(inputShape(p)) * p.filters * b.upsample ** p.input.length > 20_000) return;
        const [x, weight, bias] = [product(inputShape(p)), product(weightShape(p)), p.filters].map(
          (length, i) => reals(length, d.values + i),
        );
        const layer = problemLayer(p, true);
        layer.winograd = 'never';
        layer.weight = tensor(weight, weightShape(p));
        layer.bias = tensor(bias, [p.filters]);
        const options = optionsOf(b);
        const { shape } = (layer as AnyLayer as Conv1d).forward(tensor(x, inputShape(p)), options);
        const g = reals(product(shape), d.values + 3);
        const addend = reals(product(shape), d.values + 4);
        const given = [new Parameter(x.slice(), inputShape(p)), new Parameter(addend.slice(), shape)];
        record(() =>
          (layer as AnyLayer as Conv1d).forward(given[0], { ...options, ...(b.adds && { add: given[1] }) }),
        ).backward(tensor(g, shape));
        const parameters = [given[0], layer.weight as Parameter, layer.bias as Parameter, given[1]];
        const operands = [x, weight, bias, addend].map((numbers) => new Float64Array(numbers));
        if (resultOf(p, b, operands, g).nearest < 1e-4) return;
        operands.forEach((numbers, which) => {
          if (numbers.length === 0 || (which === 3 && !b.adds)) return;
          const place = pick % numbers.length;
          const step = 2 ** -18;
          const at = (by: number) => {
            const moved = operands.map((each) => each.slice());
            moved[which][place] += by;
            return resultOf(p, b, moved, g).value;
          };
          const want = (at(step) - at(-step)) / (2 * step);
          const got = parameters[which].grad!.data[place];
          const label = `${['input', 'weight', 'bias', 'add'][which]} ${place} of ${problemLine(p)}, ${JSON.stringify(b)}`;
          assert.ok(
            Math.abs(got - want) <= 1e-5 * (10 + Math.abs(want)),
            `${label}: ${got}, expected ${want}`,
          );
          compared++;
        });
      }),
      { numRuns: 80 },
    );
    assert.ok(compared > 100, `${compared} compared`);
  });

  // by torch 1.13.1 in float64; of hardswish and NaN as its vectors have it
  const numbers = [-inf, -8, -3, -1, 0, 0.5, 3, 6, 20, inf, nan];
  const slopes: Record<ActivationName, number[]> = {
    relu: [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1],
    relu6: [0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1],
    leakyRelu: [0.01, 0.01, 0.01, 0.01, 0.01, 1, 1, 1, 1, 1, 0.01],
    tanh: [
      0,
      4.50140598e-7,
      0.00986603717,
      0.419974342,
      1,
      0.786447733,
      0.00986603717,
      2.45765474e-5,
      0,
      0,
      nan,
    ],
    sigmoid: [
      0,
      0.000335237671,
      0.0451766597,
      0.196611933,
      0.25,
      0.235003712,
      0.0451766597,
      0.00246650929,
      2.06115369e-9,
      0,
      nan,
    ],
    silu: [
      nan,
      -0.00234655124,
      -0.088104106,
      0.0723294881,
      0.5,
      0.739961187,
      1.08810411,
      1.01232643,
      1.00000004,
      nan,
      nan,
    ],
    hardswish: [0, 0, -0.5, 0.166666667, 0.5, 0.666666667, 1, 1, 1, 1, nan],
    gelu: [
      nan,
      -3.9807546e-14,
      -0.0119456472,
      -0.0833154706,
      0.5,
      0.867495125,
      1.01194565,
      1.00000004,
      1,
      nan,
      nan,
    ],
  };
  for (const name of names)
    it(`${name} has PyTorch's slopes, as an activation of the output and of the input`, () => {
      const shape = [1, 1, numbers.length];
      const ones = tensor(new Float32Array(numbers.length).fill(1), shape);
      const layer = new Conv1d(1, 1, 1, { bias: false }).requiresGrad_(false);
      layer.weight = [[[1]]];
      for (const options of [{ activation: name }, { inputActivation: name }]) {
        const x = new Parameter(new Float32Array(numbers), shape);
        record(() => layer.forward(x, options)).backward(ones);
        // tanh and sigmoid are told by a result in float32
        assertNear(x.grad!.data, slopes[name], 3e-7, name);
        const alone = backward(layer, ones, { input: tensor(numbers, shape), ...options })!;
        assertSame(alone.data, x.grad!.data, `backward of ${name}`);
      }
    });
});

describe('calls with something beside them', () => {
  const filled = (inChannels: number, outChannels: number, seed: number) => {
    const layer = new Conv2d(inChannels, outChannels, 3, { padding: 1 });
    layer.weight = tensor(reals(9 * inChannels * outChannels, seed), [outChannels, inChannels, 3, 3]);
    return layer;
  };
  const x = tensor(reals(2 * 3 * 36, 1), [2, 3, 6, 6]);

  it('of a residual block are the same by an add of its own', () => {
    const [first, second] = [filled(3, 4, 2), filled(4, 4, 3)];
    const layers = [first, second];
    const target = tensor(reals(2 * 4 * 36, 4), [2, 4, 6, 6]);
    const gradients = (block: (h: Tensor) => Tensor) => {
      for (const layer of layers) layer.zeroGrad();
      record(() => mseLoss(block(first.forward(x, { activation: 'gelu' })), target)).backward();
      return layers.flatMap((layer) => layer.parameters().map(({ grad }) => grad!.data));
    };
    const own = gradients((h) => add(h, second.forward(h)));
    for (const epilogue of [
      gradients((h) => second.forward(h, { add: h })),
      gradients((h) => second.forward(h, { add: h, scale: 1 })),
    ])
      epilogue.forEach((numbers, i) => {
        assertNear(numbers, own[i], 1e-6, `parameter ${i}`);
      });
    const scaled = gradients((h) => second.forward(h, { add: h, scale: 0.5, activation: 'relu' }));
    assert.ok(scaled.every((numbers) => numbers.some((value) => value !== 0)));
  });

  it('of frozen layers and of functionals are recorded too', () => {
    const head = filled(3, 4, 2);
    const frozen = filled(4, 2, 3).requiresGrad_(false);
    const addend = tensor(reals(2 * 2 * 144, 5), [2, 2, 12, 12]);
    const options = {
      upsample: 2,
      scale: 2,
      add: addend,
      inputActivation: 'silu',
      activation: 'tanh',
    } as const;
    const y = record(() => frozen.forward(head.forward(x), options));
    y.backward(tensor(reals(y.data.length, 6), y.shape));
    assert.equal(frozen.weight.grad, null);
    assert.ok(head.weight.grad!.data.some((value) => value !== 0));
    // nothing leads to a parameter: no record, and no complaint
    record(() =>
      add(head.forward(x), frozen.forward(filled(3, 4, 2).requiresGrad_(false).forward(x), options).data[0]),
    );
    const weight = new Parameter(frozen.weight.data.slice(), frozen.weight.shape);
    const { upsample: _, add: __, ...rest } = options;
    const z = record(() => F.conv2d(head.forward(x), weight, null, { padding: 1, ...rest }));
    z.backward(tensor(reals(z.data.length, 6), z.shape));
    assert.ok(weight.grad!.data.some((value) => value !== 0));
  });

  it('reads channels of a resident tensor, and gives all memory back', () => {
    const layer = filled(3, 4, 2);
    const both = resident({ shape: [2, 5, 6, 6] });
    for (const image of [0, 1])
      both
        .channels(1, 3)
        .channels(image, 1, { axis: 0 })
        .data.set(x.data.subarray(108 * image, 108 * (image + 1)));
    const options = { upsample: 2, inputActivation: 'gelu', activation: 'silu', scale: 3 } as const;
    const g = tensor(reals(2 * 4 * 144, 7), [2, 4, 12, 12]);
    const gradients = (given: Tensor) => {
      layer.zeroGrad();
      record(() => layer.forward(given, options)).backward(g);
      return layer.parameters().map(({ grad }) => grad!.data);
    };
    const plain = gradients(x);
    gradients(both.channels(1, 3)).forEach((numbers, i) => {
      assertSame(numbers, plain[i], `parameter ${i}`);
    });
    const { live } = memoryUsage();
    for (let i = 0; i < 5; i++) gradients(x);
    assert.equal(memoryUsage().live, live);
  });

  it('takes what was computed and then read, as input and as what is added', () => {
    const layer = new Conv2d(2, 2, 3, { padding: 1, paddingMode: 'circular' });
    const x = new Parameter(reals(2 * 2 * 9 * 7, 1), [2, 2, 9, 7]);
    const gradientsOf = (reads: boolean, options: ForwardOptions) => {
      for (const parameter of [x, ...layer.parameters()]) parameter.grad = null;
      record(() => {
        const [h, other] = [layer.forward(x), add(x, x)];
        if (reads) h.data.at(0);
        if (reads) other.data.at(0);
        return layer.forward(h, { ...options, ...(options.scale && { add: other }) });
      }).backward(tensor(reals(x.data.length, 2), x.shape));
      return [x, ...layer.parameters()].map(({ grad }) => grad!.data);
    };
    for (const inputActivation of [undefined, ...names])
      for (const scale of [undefined, 0.5])
        for (const activation of [undefined, 'relu', 'silu'] as const) {
          const options = { inputActivation, scale, activation };
          const [read, kept] = [true, false].map((reads) => gradientsOf(reads, options));
          for (const i of kept.keys()) assertSame(read[i], kept[i], JSON.stringify(options));
        }
  });

  it('refuses what was changed where it is needed to compute again', () => {
    const changed = /has been modified by an inplace operation/;
    const layer = filled(3, 4, 2);
    const g = tensor(integers(2 * 4 * 36, 7), [2, 4, 6, 6]);
    const addend = tensor(reals(2 * 4 * 36, 5), [2, 4, 6, 6]);
    const y = record(() => layer.forward(x, { add: addend, activation: 'gelu' }));
    addend.data[0]++;
    refused(() => y.backward(g), changed, 'add');
    // relu's result tells its slope
    const z = record(() => layer.forward(x, { add: addend, activation: 'relu' }));
    addend.data[0]++;
    z.backward(g);
    const frozen = filled(3, 4, 2).requiresGrad_(false);
    const p = new Parameter(x.data.slice(), x.shape);
    const w = record(() => frozen.forward(p, { inputActivation: 'relu' }));
    p.data[0]++;
    refused(() => w.backward(g), changed, 'input');
  });
});
