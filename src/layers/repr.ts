// Formats a layer as torch prints it.

import { paddingAsGiven } from '../problem/options.js';
import type { Sides } from '../problem/sizes.js';
import type { LayerSpec } from './spec.js';

/**
 * For example `Conv2d(3, 64, kernel_size=(7, 7), stride=(2, 2), padding=(3, 3), bias=False)`; defaults are omitted.
 * @param name the name of the layer's class
 * @param inChannels the current input channels; those of a lazy layer are not in its spec
 */
export function repr(name: string, inChannels: number, spec: LayerSpec): string {
  const { stride, dilation, outputPadding, groups, paddingMode } = spec.options;
  const padding = paddingAsGiven(spec.options);
  const parts = [
    `${inChannels}`,
    `${spec.outChannels}`,
    `kernel_size=${tuple(spec.kernelSize)}`,
    `stride=${tuple(stride)}`,
  ];
  if (typeof padding === 'string') parts.push(`padding=${padding}`);
  else if (padding.some((size) => size !== 0)) parts.push(`padding=${tuple(padding)}`);
  if (dilation.some((size) => size !== 1)) parts.push(`dilation=${tuple(dilation)}`);
  if (outputPadding.some((size) => size !== 0)) parts.push(`output_padding=${tuple(outputPadding)}`);
  if (groups !== 1) parts.push(`groups=${groups}`);
  if (!spec.hasBias) parts.push('bias=False');
  if (paddingMode !== 'zeros') parts.push(`padding_mode=${paddingMode}`);
  return `${name}(${parts.join(', ')})`;
}

/** Formats a tuple as Python does. */
function tuple(sizes: readonly Sides[]): string {
  const items = sizes.map((size) => (typeof size === 'number' ? size : tuple(size)));
  return `(${items.join(', ')}${items.length === 1 ? ',' : ''})`;
}
