// What must hold whatever the numbers are, on integers, so that both sides are equal.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { settings, type Tensor, tensor } from 'convnd';
import { functionalOf, problemLayer } from '../helpers/build.js';
import { assertSame } from '../helpers/compare.js';
import type { Stored } from '../helpers/fixtures.js';
import { parseLine } from '../helpers/lines.js';
import { integers } from '../helpers/numbers.js';
import {
  inputShape,
  outputShape,
  outputSizes,
  type Problem,
  product,
  weightShape,
} from '../reference/reference.js';
import { window } from './explicit.js';

// Equal to the last bit: sums as they are defined.
settings.winograd = 'never';

const problems = [
  'n2 g1 c5 f7 i31 k4 s2 p2 d2',
  'n1 g3 c6 f9 i40 k5 p2',
  'n2 g1 c4 f6 i9x13 k3x3 p1x1',
  'n1 g2 c6 f10 i8x11 k3x2 s2x1 p2x0 d1x3',
  'n1 g8 c8 f8 i12x12 k3x3 p1x1',
  'n3 g1 c3 f12 i7x7 k1x1',
  'n1 g1 c3 f5 i5x6x7 k3x2x3 p1x1x1',
  'n2 g2 c4 f6 i4x5x6 k2x3x2 s2x1x2 p0x1x1 d1x2x1',
];

const fill = (shape: number[], seed: number): Tensor => tensor(integers(product(shape), seed), shape);
const wrapped = ({ data, shape }: Stored): Tensor => tensor(data, shape);
const scaled = (x: Tensor, factor: number): Tensor =>
  tensor(
    x.data.map((v) => factor * v),
    x.shape,
  );
const sum = (a: Tensor, b: Tensor): Tensor =>
  tensor(
    a.data.map((v, i) => v + b.data[i]),
    a.shape,
  );
const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((s, v, i) => s + v * b[i], 0);

/** The functional that computes the problem, as a function of input, weight and bias. */
function computed(p: Problem): (x: Tensor, weight: Tensor, bias?: Tensor | null) => Tensor {
  const call = functionalOf(`conv${p.transposed ? '_transpose' : ''}${p.kernel.length}d`);
  const { stride, dilation, groups, outputPadding } = p;
  const options = { stride, padding: p.padding, dilation, groups, ...(p.transposed && { outputPadding }) };
  return (x, weight, bias = null) => call(x, weight, bias, options);
}

/** Channels `from` to `to` of a tensor (axis 1), or filters (axis 0). */
function part({ data, shape }: Tensor, axis: 0 | 1, from: number, to: number): Tensor {
  const plane = product(shape.slice(axis + 1));
  const outer = product(shape.slice(0, axis));
  const size = (to - from) * plane;
  const cut = new Float32Array(outer * size);
  for (let i = 0; i < outer; i++) {
    const begin = (i * shape[axis] + from) * plane;
    cut.set(data.subarray(begin, begin + size), i * size);
  }
  return tensor(cut, [...shape.slice(0, axis), to - from, ...shape.slice(axis + 1)]);
}

/** The same weight with zeros between its elements, as dilation sees it. */
function spread({ data, shape }: Tensor, dilation: number[]): Tensor {
  const kernel = shape.slice(2);
  const sizes = kernel.map((size, axis) => (size - 1) * dilation[axis] + 1);
  const result = new Float32Array(product(shape.slice(0, 2)) * product(sizes));
  data.forEach((value, at) => {
    let rest = at;
    let to = 0;
    let scale = 1;
    for (let axis = kernel.length - 1; axis >= 0; axis--) {
      to += (rest % kernel[axis]) * dilation[axis] * scale;
      rest = Math.floor(rest / kernel[axis]);
      scale *= sizes[axis];
    }
    result[to + rest * scale] = value;
  });
  return tensor(result, [...shape.slice(0, 2), ...sizes]);
}

/** The transposed convolution that maps the outputs of p back to its inputs. */
function adjoint(p: Problem): Problem {
  const output = outputSizes(p);
  const transposed: Problem = {
    ...p,
    transposed: true,
    channels: p.filters,
    filters: p.channels,
    input: output,
  };
  transposed.outputPadding = p.input.map((size, axis) => size - outputSizes(transposed)[axis]);
  return transposed;
}

for (const line of problems) {
  const direct = parseLine(line);
  for (const p of [direct, adjoint(direct)]) {
    const conv = computed(p);
    const weight = fill(weightShape(p), 1);
    const x = fill(inputShape(p), 2);
    const bias = fill([p.filters], 3);

    describe(`${p.transposed ? 'adjoint of ' : ''}${line}`, () => {
      it('is linear in the input, and in the weight', () => {
        const other = fill(inputShape(p), 4);
        const wanted = sum(scaled(conv(x, weight), 3), scaled(conv(other, weight), -2));
        assertSame(conv(sum(scaled(x, 3), scaled(other, -2)), weight).data, wanted.data, line);
        const second = fill(weightShape(p), 5);
        assertSame(conv(x, sum(weight, second)).data, sum(conv(x, weight), conv(x, second)).data, line);
      });

      it('adds the bias to every element of its filter', () => {
        const [y, shifted] = [conv(x, weight), conv(x, weight, bias)];
        const plane = product(outputSizes(p));
        const wanted = y.data.map((value, at) => value + bias.data[Math.floor(at / plane) % p.filters]);
        assertSame(shifted.data, wanted, line);
      });

      it('of a batch is that of its items', () => {
        const y = conv(x, weight, bias);
        for (let n = 0; n < p.batch; n++) {
          const single = conv(part(x, 0, n, n + 1), weight, bias);
          assertSame(single.data, part(y, 0, n, n + 1).data, `${line}, item ${n}`);
          const unbatched = conv(tensor(part(x, 0, n, n + 1).data, x.shape.slice(1)), weight, bias);
          assert.deepEqual(unbatched.shape, y.shape.slice(1));
          assertSame(unbatched.data, single.data, `${line}, item ${n} unbatched`);
        }
      });

      it('in groups is a convolution for each group', () => {
        const y = conv(x, weight, bias);
        const one = computed({ ...p, groups: 1 });
        const [channels, filters] = [p.channels / p.groups, p.filters / p.groups];
        const rows = p.transposed ? channels : filters;
        for (let g = 0; g < p.groups; g++) {
          const alone = one(
            part(x, 1, g * channels, (g + 1) * channels),
            part(weight, 0, g * rows, (g + 1) * rows),
            part(bias, 0, g * filters, (g + 1) * filters),
          );
          assertSame(alone.data, part(y, 1, g * filters, (g + 1) * filters).data, `${line}, group ${g}`);
        }
      });

      it('with dilation is one with zeros between the elements of the kernel', () => {
        const wide = spread(weight, p.dilation);
        const plain = computed({ ...p, dilation: p.dilation.map(() => 1) });
        assertSame(plain(x, wide, bias).data, conv(x, weight, bias).data, line);
      });

      it('as a layer is the same as the functional', () => {
        const layer = problemLayer(p, true);
        layer.loadStateDict({ weight, bias });
        const y = layer.forward(x);
        assert.deepEqual(y.shape, outputShape(p));
        assertSame(y.data, conv(x, weight, bias).data, line);
      });
    });
  }

  describe(line, () => {
    it('and its transposed convolution are adjoint', () => {
      const back = adjoint(direct);
      const weight = fill(weightShape(direct), 6);
      const x = fill(inputShape(direct), 7);
      const g = fill(outputShape(direct), 8);
      assert.deepEqual(weightShape(back), weightShape(direct));
      const forward = computed(direct)(x, weight);
      const backward = computed(back)(g, weight);
      assert.deepEqual(backward.shape, x.shape);
      assert.equal(dot(forward.data, g.data), dot(x.data, backward.data));
    });

    it('of a shifted input is the shifted output', () => {
      const p = { ...direct, padding: direct.padding.map((): [number, number] => [0, 0]) };
      const conv = computed(p);
      const weight = fill(weightShape(p), 9);
      const x = fill(inputShape(p), 10);
      const y = conv(x, weight);
      const axes = p.input.map((_, axis) => axis);
      const cut = p.stride.map((step, axis) => (outputSizes(p)[axis] > 1 ? step : 0));
      const shifted = conv(
        wrapped(
          window(
            x,
            cut,
            axes.map((axis) => p.input[axis] - cut[axis]),
          ),
        ),
        weight,
      );
      const begin = cut.map((step) => (step > 0 ? 1 : 0));
      const wanted = window(
        y,
        begin,
        axes.map((axis) => outputSizes(p)[axis] - begin[axis]),
      );
      assert.deepEqual(shifted.shape, wanted.shape);
      assertSame(shifted.data, wanted.data, line);
    });
  });
}

describe('padding of each side', () => {
  // functionals one after the other, so that a plan made for other sides would show
  for (const [before, after] of [
    [2, 0],
    [2, 1],
    [0, 2],
    [0, 3],
  ]) {
    it(`(${before}, ${after}) is a padded input, and a cropped output of a transposed convolution`, () => {
      const p = parseLine('n2 c4 f4 i9 k4 s2');
      const pads: Problem = { ...p, padding: [[before, after]] };
      const [x, weight] = [fill(inputShape(p), 13), fill(weightShape(p), 14)];
      const padded = computed(p)(tensor(window(x, [-before], [9 + before + after])), weight);
      assert.deepEqual(computed(pads)(x, weight), padded);
      const whole = computed({ ...p, transposed: true })(x, weight);
      const cropped = tensor(window(whole, [before], [whole.shape[2] - before - after]));
      assert.deepEqual(computed({ ...pads, transposed: true })(x, weight), cropped);
    });
  }
});

describe("padding 'same'", () => {
  for (const [size, kernel, dilation] of [
    [11, 4, 1],
    [12, 3, 2],
    [9, 2, 3],
    [7, 6, 1],
  ]) {
    for (const mode of ['zeros', 'reflect', 'replicate', 'circular'] as const) {
      it(`${mode}: size ${size}, kernel ${kernel}, dilation ${dilation} is the input padded, the odd one at the end`, () => {
        const total = dilation * (kernel - 1);
        const begin = Math.floor(total / 2);
        const p = parseLine(`n1 c2 f3 i${size} k${kernel} d${dilation}`);
        const same = problemLayer({ ...p, padding: [[begin, total - begin]], mode }, false);
        const weight = fill(weightShape(p), 11);
        same.loadStateDict({ weight });
        const x = fill(inputShape(p), 12);
        const padded = fill([1, 2, size + total], 0);
        padded.data.forEach((_, at) => {
          const [channel, place] = [Math.floor(at / (size + total)), (at % (size + total)) - begin];
          const last = size - 1;
          const from = {
            zeros: place,
            reflect: last - Math.abs(last - Math.abs(place)),
            replicate: Math.min(Math.max(place, 0), last),
            circular: (place + size) % size,
          }[mode];
          padded.data[at] = from >= 0 && from <= last ? x.data[channel * size + from] : 0;
        });
        const wanted = computed(p)(padded, weight);
        assert.deepEqual(same.forward(x).shape, [1, 3, size]);
        assertSame(same.forward(x).data, wanted.data, mode);
      });
    }
  }
});
