// The figures and worked examples of Dumoulin and Visin's guide to convolution arithmetic.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Conv2d, ConvTranspose2d, functional, settings, tensor } from 'convnd';
import { assertSame } from '../helpers/compare.js';
import { readJson } from '../helpers/fixtures.js';
import { integers } from '../helpers/numbers.js';
import { reference } from '../reference/reference.js';

// Equal to the last bit: sums as they are defined.
settings.winograd = 'never';

interface Figure {
  name: string;
  transposed: boolean;
  input: number;
  kernel: number;
  stride: number;
  padding: number;
  dilation: number;
  output_padding?: number;
  output: number;
}

interface Example {
  name: string;
  stride: number;
  padding: number;
  input: number[][];
  kernel: number[][];
  output: number[][];
}

const { cases, numerical } = readJson<{ cases: Figure[]; numerical: Example[] }>('conv_arithmetic.json');

describe('a guide to convolution arithmetic', () => {
  it('has 15 figures and 2 examples', () => assert.deepEqual([cases.length, numerical.length], [15, 2]));

  for (const figure of cases) {
    const { name, transposed, input, kernel, stride, padding, dilation, output } = figure;
    it(`${name}: ${input} -> ${output}`, () => {
      const layer = transposed
        ? new ConvTranspose2d(1, 1, kernel, {
            stride,
            padding,
            dilation,
            outputPadding: figure.output_padding,
          })
        : new Conv2d(1, 1, kernel, { stride, padding, dilation });
      layer.loadStateDict({ weight: tensor(integers(kernel ** 2, 1), [1, 1, kernel, kernel]), bias: [3] });
      const x = tensor(integers(input ** 2, 2), [1, 1, input, input]);
      const shape = [1, 1, output, output];
      assert.deepEqual(layer.outputShape(x.shape), shape);
      const y = layer.forward(x);
      assert.deepEqual(y.shape, shape);
      const both = (value: number): number[] => [value, value];
      const result = reference(
        {
          transposed,
          batch: 1,
          groups: 1,
          channels: 1,
          filters: 1,
          input: both(input),
          kernel: both(kernel),
          stride: both(stride),
          padding: [
            [padding, padding],
            [padding, padding],
          ],
          dilation: both(dilation),
          outputPadding: both(figure.output_padding ?? 0),
          mode: 'zeros',
        },
        x.data,
        layer.weight.data,
        [3],
      );
      assertSame(y.data, result.output, name);
    });
  }

  for (const { name, stride, padding, input, kernel, output } of numerical) {
    it(name, () => {
      const y = functional.conv2d([[input]], [[kernel]], null, { stride, padding });
      assertSame(y.data, output.flat(), name);
    });
  }
});
