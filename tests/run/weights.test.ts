// Weights: packed piece by piece, once while they stay the same, whatever they are handed over in.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Conv1d, functional, memoryUsage, resident, type TensorLike, tensor } from 'convnd';
import { algorithms } from '#src/plan/choice.js';
import { packingOf } from '#src/plan/packing.js';
import { convolutionOf } from '#src/problem/convolution.js';
import { parseProblem } from '#src/problem/line.js';
import { problemLayer } from '../helpers/build.js';
import { assertSame, assertTransformed } from '../helpers/compare.js';
import { parseLine } from '../helpers/lines.js';
import { integers } from '../helpers/numbers.js';
import { refused } from '../helpers/refusal.js';
import { takes } from '../helpers/takes.js';
import { inputShape, product, reference } from '../reference/reference.js';

/** Problems whose raw weights are several pieces, and how many groups, channels and filters a piece has. */
const pieces = {
  // filters, five by five
  'n1 g1 c70 f83 i8x8 k5x5': { group: 1, channel: 70, filter: 35 },
  // less than the filters of a register tile
  'n1 g1 c2000 f13 i17 k9': { group: 1, channel: 2000, filter: 3 },
  // channels of one filter
  'n1 g1 c30 f3 i3000 k2999': { group: 1, channel: 21, filter: 1 },
  // groups
  'n1 g300 c300 f600 i16x17 k16x16': { group: 128, channel: 1, filter: 2 },
  'n1 g3 c90 f90 i8x8 k11x11 p5x5': { group: 1, channel: 30, filter: 15 },
  // a transposed weight: channels, or filters of one
  'T n1 g1 c83 f70 i4x4 k5x5': { group: 1, channel: 37, filter: 70 },
  'T n1 g1 c3 f31 i9 k3001': { group: 1, channel: 1, filter: 20 },
  // classes of outputs that read the same, and others
  'T n1 g1 c90 f50 i5x5 k4x4 s4x4': { group: 1, channel: 81, filter: 50 },
  'T n1 g1 c90 f50 i5x5 k5x5 s2x2 p1x1': { group: 1, channel: 52, filter: 50 },
  'T n1 g1 c64 f128 i5x5 k4x4 s2x2 p1x1': { group: 1, channel: 32, filter: 128 },
  'T n1 g2 c6 f22 i2 k4096 s4096': { group: 1, channel: 1, filter: 11 },
};

describe('weights in several pieces', () => {
  for (const [line, taken] of Object.entries(pieces)) {
    it(line, () => {
      const { dimensions, bytes } = packingOf(convolutionOf(parseProblem(line)));
      assert.deepEqual(Object.fromEntries(dimensions.map((each) => [each.of, each.taken])), taken);
      assert.ok(bytes <= 256 << 10, `${bytes} bytes`);
      const p = parseLine(line);
      const layer = problemLayer(p, true);
      const weight = tensor(integers(layer.weight.data.length, 2), layer.weight.shape);
      const bias = tensor(integers(layer.bias!.shape[0], 3), layer.bias!.shape);
      layer.loadStateDict({ weight, bias });
      const x = tensor(integers(product(inputShape(p)), 1), inputShape(p));
      const wanted = reference(p, x.data, weight.data, bias.data);
      for (const { name } of algorithms) {
        layer.algorithm = name;
        if (!takes(layer, x.shape)) continue;
        const y = layer.forward(x).data;
        if (name === 'winograd') assertTransformed(y, wanted, `${name}: ${line}`);
        else assertSame(y, wanted.output, `${name}: ${line}`);
      }
      layer.dispose();
    });
  }
});

describe('the weights of a functional', () => {
  const shape = [40, 30, 3, 3];
  const values = integers(product(shape), 2);
  const x = tensor(integers(30 * 49, 3), [1, 30, 7, 7]);
  // twice, as weights that come again keep their plan and its memory
  const own = tensor(values, shape);
  const [, wanted] = [1, 2].map(() => functional.conv2d(x, own).data);

  /** Bytes that a first call takes, and those that a hundred more do. */
  function growth(weight: () => TensorLike): [number, number] {
    const before = memoryUsage().live;
    assertSame(functional.conv2d(x, weight()).data, wanted, 'first');
    const first = memoryUsage().live;
    for (let i = 0; i < 100; i++) assertSame(functional.conv2d(x, weight()).data, wanted, `call ${i}`);
    return [first - before, memoryUsage().live - first];
  }

  it('are packed once, whatever holds them as long as that is the same', () => {
    using kept = resident(tensor(values, shape));
    const float64 = { data: Float64Array.from(values), shape };
    const dims = { data: Float32Array.from(values), dims: shape };
    const numbers = { data: [...values], shape };
    for (const [name, weight] of Object.entries({ kept, float64, dims, numbers })) {
      const [first, more] = growth(() => weight);
      assert.ok(first > 4 * values.length, `${name}: ${first} bytes`);
      assert.equal(more, 0, name);
    }
  });

  it('are looked at in every call, also those of a resident tensor and of other kinds', () => {
    using kept = resident(tensor(values, shape));
    const float64 = { data: Float64Array.from(values), shape };
    for (const weight of [kept, float64]) {
      const before = functional.conv2d(x, weight).data;
      for (const place of [0, 4321, product(shape) - 1]) {
        weight.data[place] += 1;
        assert.notDeepEqual(functional.conv2d(x, weight).data, before, `number ${place}`);
        weight.data[place] -= 1;
        assertSame(functional.conv2d(x, weight).data, before, `number ${place}, as it was`);
      }
    }
  });

  it('and its bias may be resident while memory grows', () => {
    using weight = resident(tensor(values, shape));
    using bias = resident(tensor(integers(40, 4), [40]));
    const long = tensor(bias.data.slice(), [40]);
    const { total } = memoryUsage();
    for (let size = 50; memoryUsage().total === total; size *= 2) {
      const wide = tensor(integers(30 * 7 * size, 5), [1, 30, 7, size]);
      const plain = functional.conv2d(wide, tensor(values.slice(), shape), long).data;
      assertSame(functional.conv2d(wide, weight, bias).data, plain, `width ${size}`);
    }
  });

  it('that are views of wasm memory which grew, or were transferred away, are refused by name', () => {
    const layer = new Conv1d(2, 3, 3);
    structuredClone(layer.weight.data, { transfer: [layer.weight.data.buffer as ArrayBuffer] });
    const call = () =>
      layer.forward([
        [1, 2, 3],
        [4, 5, 6],
      ]);
    for (let i = 0; i < 2; i++) refused(call, /^parameter: its buffer is detached/, 'a layer');
    assertSame(functional.conv2d(x, tensor(values, shape)).data, wanted, 'afterwards');
  });
});

describe('a parameter that was read', () => {
  it('is compared piece by piece, to the last number', () => {
    for (const channels of [3, 130, 200]) {
      const layer = new Conv1d(channels, channels, 3);
      layer.weight = tensor(integers(3 * channels ** 2, 6), [channels, channels, 3]);
      layer.bias = Array(channels).fill(0);
      const x = tensor(new Float32Array(3 * channels).fill(1), [channels, 3]);
      const { data } = layer.weight;
      for (const place of [0, 16_383, 16_384, 16_385, data.length - 1]) {
        if (place >= data.length) continue;
        const y = layer.forward(x).data;
        data[place] += 1;
        const z = layer.forward(x).data;
        y[Math.floor(place / 3 / channels)] += 1;
        assertSame(z, y, `${channels} channels, number ${place}`);
      }
      layer.bias!.data[channels - 1] = 100;
      assert.ok(layer.forward(x).data[channels - 1] >= 100 - 12 * channels, 'the bias');
    }
  });
});
