// Repr: a layer as torch prints it.

import type { Operator } from '../problem/options.js';

/** What torch's `extra_repr` shows. */
export interface Described {
  readonly name: string;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: readonly number[];
  readonly operator: Operator;
  readonly hasBias: boolean;
}

/** `Conv2d(3, 64, kernel_size=(7, 7), stride=(2, 2), padding=(3, 3), bias=False)`: what has its default is left out. */
export function repr(layer: Described): string {
  const { operator } = layer;
  const parts = [
    `${layer.inChannels}`,
    `${layer.outChannels}`,
    `kernel_size=${tuple(layer.kernelSize)}`,
    `stride=${tuple(operator.stride)}`,
  ];
  if (typeof operator.padding === 'string') parts.push(`padding=${operator.padding}`);
  else if (operator.padding.some((size) => size !== 0)) parts.push(`padding=${tuple(operator.padding)}`);
  if (operator.dilation.some((size) => size !== 1)) parts.push(`dilation=${tuple(operator.dilation)}`);
  if (operator.outputPadding.some((size) => size !== 0))
    parts.push(`output_padding=${tuple(operator.outputPadding)}`);
  if (operator.groups !== 1) parts.push(`groups=${operator.groups}`);
  if (!layer.hasBias) parts.push('bias=False');
  if (operator.paddingMode !== 'zeros') parts.push(`padding_mode=${operator.paddingMode}`);
  return `${layer.name}(${parts.join(', ')})`;
}

/** Python's way to write a tuple. */
function tuple(sizes: readonly number[]): string {
  return sizes.length === 1 ? `(${sizes[0]},)` : `(${sizes.join(', ')})`;
}
