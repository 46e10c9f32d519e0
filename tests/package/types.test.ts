// The types refuse what the library would refuse at run time. The compiler checks the lines that follow its comments.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  Conv1d,
  Conv2d,
  Conv3d,
  ConvTranspose1d,
  ConvTranspose2d,
  functional,
  LazyConv2d,
  type Tensor,
  type TensorLike,
  tensor,
} from 'convnd';

/** Never called: it would throw at its first line. */
export function refusedByTheCompiler(x: Tensor): unknown[] {
  return [
    // @ts-expect-error three sizes for two axes
    new Conv2d(1, 1, [3, 3, 3]),
    // @ts-expect-error a kernel size of one element does not stand for two
    new Conv2d(1, 1, [3]),
    // @ts-expect-error two sizes for one axis
    new Conv1d(1, 1, 3, { stride: [1, 2] }),
    // @ts-expect-error two sizes for three axes
    new Conv3d(1, 1, 3, { padding: [1, 2] }),
    // @ts-expect-error the two sides of an axis are a pair in a list
    new Conv1d(1, 1, 3, { padding: [2, 0] }),
    // @ts-expect-error three sides of an axis
    new Conv2d(1, 1, 3, { padding: [[1, 2, 3], 0] }),
    // @ts-expect-error no such padding
    new Conv2d(1, 1, 3, { padding: 'full' }),
    // @ts-expect-error no such mode
    new Conv2d(1, 1, 3, { paddingMode: 'mirror' }),
    // @ts-expect-error a transposed layer has zeros only
    new ConvTranspose2d(1, 1, 3, { paddingMode: 'reflect' }),
    // @ts-expect-error nor does it take a padding by name
    new ConvTranspose2d(1, 1, 3, { padding: 'same' }),
    // @ts-expect-error a plain layer has no output padding
    new Conv2d(1, 1, 3, { outputPadding: 1 }),
    // @ts-expect-error torch's name, in torch's spelling
    new Conv2d(1, 1, 3, { padding_mode: 'reflect' }),
    // @ts-expect-error a lazy layer takes no input channels
    new LazyConv2d(1, 1, 3, { bias: false }),
    // @ts-expect-error a string is no size
    new Conv2d('1', 1, 3),
    // @ts-expect-error a plain layer takes no output size
    new Conv2d(1, 1, 3).forward(x, { outputSize: [3, 3] }),
    // @ts-expect-error a number is no tensor with a shape
    new Conv2d(1, 1, 3).forward({ data: 3, shape: [1] }),
    // @ts-expect-error text is no tensor
    functional.conv1d('text', x),
    // @ts-expect-error padding modes are the layers'
    functional.conv1d(x, x, null, { paddingMode: 'reflect' }),
    // @ts-expect-error an output is a tensor of float32
    new Conv2d(1, 1, 3).forward(x, { out: { data: new Float64Array(1), shape: [1] } }),
    // @ts-expect-error no such algorithm
    (new Conv2d(1, 1, 3).algorithm = 'magic'),
  ];
}

it('the types take every form that the library takes', () => {
  const inputs: TensorLike[] = [
    tensor([[1, 2, 3]]),
    [[1, 2, 3]],
    { data: new Uint8Array(3), shape: [1, 3] },
    { data: new BigInt64Array(3), dims: [1, 3] as const },
    { data: [1, 2, 3], shape: [1, 3] as readonly number[] },
    new Conv1d(1, 1, 3).weight,
  ];
  const conv = new Conv1d(1, 2, [3], { stride: [1], padding: 'same', dilation: 1, bias: true });
  assert.equal(inputs.length, 6);
  for (const x of inputs) assert.equal(conv.forward(x).data.length, 6);
  const up = new ConvTranspose1d(1, 2, 3, { stride: 2, outputPadding: [1] });
  const out = tensor(new Float32Array(14), [2, 7]);
  const result: Tensor = up.forward(inputs[0], { out, outputSize: [7] });
  assert.equal(result, out);
  assert.deepEqual(new Conv2d(1, 1, 3, { padding: [[0, 1], 2] }).outputShape([1, 5, 5]), [1, 4, 7]);
  using scoped = new Conv2d(1, 1, [3, 1], { stride: [2, 1], padding: [1, 0], paddingMode: 'circular' });
  assert.deepEqual(scoped.outputShape([1, 5, 5]), [1, 3, 5]);
});
