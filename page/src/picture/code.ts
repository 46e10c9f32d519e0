// The layer of the page as a program, for convnd and for PyTorch.

import { type Filter, layerOptions } from './filter.ts';
import type { Kernel } from './kernels.ts';

const numbers = (rows: Kernel, indent: string): string =>
  `[\n${rows.map((row) => `${indent}  [${row.join(', ')}],`).join('\n')}\n${indent}]`;

export function convndCode(filter: Filter): string {
  const { stride, padding, dilation, groups, paddingMode } = layerOptions(filter);
  const size = filter.kernel.length;
  const weight = filter.mix
    ? 'mix.map((shares) => shares.map((share) => kernel.map((row) => row.map((value) => share * value))))'
    : '[[kernel], [kernel], [kernel]]';
  return `import { Conv2d } from 'convnd';

const kernel = ${numbers(filter.kernel, '')};
${filter.mix ? `const mix = ${numbers(filter.mix, '')};\n` : ''}const layer = new Conv2d(3, 3, ${size}, {
  stride: ${stride}, padding: ${padding}, dilation: ${dilation}, groups: ${groups}, bias: false, paddingMode: '${paddingMode}',
});
layer.weight = ${weight};
const y = layer.forward(x); // x: (1, 3, height, width)`;
}

export function torchCode(filter: Filter): string {
  const { stride, padding, dilation, groups, paddingMode } = layerOptions(filter);
  const size = filter.kernel.length;
  const weight = filter.mix ? 'mix[:, :, None, None] * kernel' : 'kernel.expand(3, 1, -1, -1).clone()';
  return `import torch
from torch import nn

kernel = torch.tensor(${numbers(filter.kernel, '')})
${filter.mix ? `mix = torch.tensor(${numbers(filter.mix, '')})\n` : ''}layer = nn.Conv2d(3, 3, ${size}, stride=${stride}, padding=${padding}, dilation=${dilation},
                  groups=${groups}, bias=False, padding_mode='${paddingMode}')
layer.weight = nn.Parameter(${weight})
y = layer(x)  # x: (1, 3, height, width)`;
}
